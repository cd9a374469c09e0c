//! Access tokens: JWTs signed with HS256 and nothing else.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use latchkey_domain::{
    id::{SessionId, UserId},
    secret::SecretText,
    session::{AccessClaims, AccessToken, AccessTokenError, AccessTokens},
    system::{Randomness, RandomnessError},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::crypto::keyring::AccessTokenSecrets;

/// The only algorithm.
const ALGORITHM: Algorithm = Algorithm::HS256;
/// The type of access tokens (RFC 9068), which no other token of ours has.
const TYPE: &str = "at+jwt";
/// Longer texts are no tokens of ours and aren't looked into.
const MAX_LEN: usize = 2_048;
/// How far the clocks of two servers may differ.
const LEEWAY: Duration = Duration::from_secs(30);

/// Makes and checks access tokens.
pub struct JwtAccessTokens {
    issuer: String,
    audience: String,
    signing_id: String,
    signing_key: EncodingKey,
    verifying_keys: BTreeMap<String, DecodingKey>,
    validation: Validation,
    random: Arc<dyn Randomness>,
}

/// The header as we write it. Any other field, such as one that points to a key, is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OurHeader {
    alg: String,
    typ: String,
    kid: String,
}

/// The claims. None may be missing, and none may be of another type.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    ver: u32,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

/// The keyring has no secret with the id that should sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keyring does not hold the secret that signs access tokens")]
pub struct NoSigningSecret;

impl JwtAccessTokens {
    /// Tokens of `issuer` for `audience`, signed with the keyring's secrets.
    ///
    /// # Errors
    /// [`NoSigningSecret`] when the id that signs is not among the secrets.
    pub fn new(
        secrets: &AccessTokenSecrets,
        issuer: String,
        audience: String,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, NoSigningSecret> {
        let signing_secret = secrets
            .secrets
            .get(&secrets.signing)
            .ok_or(NoSigningSecret)?;
        let verifying_keys = secrets
            .secrets
            .iter()
            .map(|(id, secret)| (id.clone(), DecodingKey::from_secret(secret)))
            .collect();
        Ok(Self {
            validation: validation(&issuer, &audience),
            issuer,
            audience,
            signing_id: secrets.signing.clone(),
            signing_key: EncodingKey::from_secret(signing_secret),
            verifying_keys,
            random,
        })
    }

    fn read(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_LEN {
            return None;
        }
        let header = read_header(token)?;
        if header.alg != "HS256" || header.typ != TYPE {
            return None;
        }
        let key = self.verifying_keys.get(&header.kid)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation)
            .ok()?
            .claims;
        // The library also takes a list that holds the right name; `Claims` doesn't. And it skips what isn't there.
        let is_ours = claims.iss == self.issuer && claims.aud == self.audience;
        is_ours.then_some(claims)
    }
}

impl AccessTokens for JwtAccessTokens {
    fn issue(&self, claims: &AccessClaims) -> Result<AccessToken, RandomnessError> {
        let mut id = [0; 16];
        self.random.fill(&mut id)?;
        let issued_at = claims.issued_at.as_seconds();
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.signing_id.clone());
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: claims.user.to_string(),
            sid: claims.session.to_string(),
            ver: claims.security_version,
            iat: issued_at,
            nbf: issued_at,
            exp: claims.expires_at.as_seconds(),
            jti: URL_SAFE_NO_PAD.encode(id),
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.signing_key).map_err(|error| {
            // HS256 over plain texts and numbers has no way to fail.
            tracing::error!(%error, "an access token could not be signed");
            RandomnessError
        })?;
        Ok(AccessToken(SecretText::new(token)))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, AccessTokenError> {
        let claims = self.read(token).ok_or(AccessTokenError::Invalid)?;
        let issued_at = seconds(claims.iat)?;
        let not_before = seconds(claims.nbf)?;
        let expires_at = seconds(claims.exp)?;
        if now.plus(LEEWAY) < not_before || now.plus(LEEWAY) < issued_at {
            return Err(AccessTokenError::Invalid);
        }
        if now > expires_at.plus(LEEWAY) {
            return Err(AccessTokenError::Expired);
        }
        Ok(AccessClaims {
            user: UserId::parse(&claims.sub).ok_or(AccessTokenError::Invalid)?,
            session: SessionId::parse(&claims.sid).ok_or(AccessTokenError::Invalid)?,
            security_version: claims.ver,
            issued_at,
            expires_at,
        })
    }
}

/// What the library checks: algorithm, signature, issuer and audience, which must be there. Time is checked here,
/// against the instant that is passed in.
fn validation(issuer: &str, audience: &str) -> Validation {
    let mut validation = Validation::new(ALGORITHM);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

fn read_header(token: &str) -> Option<OurHeader> {
    let (header, _) = token.split_once('.')?;
    let header = URL_SAFE_NO_PAD.decode(header).ok()?;
    serde_json::from_slice(&header).ok()
}

fn seconds(since_epoch: i64) -> Result<Timestamp, AccessTokenError> {
    since_epoch
        .checked_mul(1_000_000)
        .map(Timestamp::from_micros)
        .ok_or(AccessTokenError::Invalid)
}
