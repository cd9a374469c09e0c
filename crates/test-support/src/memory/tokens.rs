//! Tokens and codes that are checked by a hash: quick, and strict about every character.

use std::{sync::Arc, time::Duration};

use latchkey_domain::{
    id::{SessionId, UserId},
    personal_token::{NewPersonalToken, PersonalTokenHash, PersonalTokens},
    secret::SecretText,
    session::{
        AccessClaims, AccessToken, AccessTokenError, AccessTokens, RefreshToken, RefreshTokenHash,
        RefreshTokens,
    },
    share::{NewShareToken, ShareTokenHash, ShareTokens},
    system::{Randomness, RandomnessError},
    time::Timestamp,
    user::{ResetCodeHash, ResetCodes},
};

use super::digest::{digest, hex};

/// How far clocks may differ.
const LEEWAY: Duration = Duration::from_secs(30);

/// Access tokens: `mat_CLAIMS.SEAL`.
pub struct MemoryAccessTokens {
    secret: String,
    randomness: Arc<dyn Randomness>,
}

impl MemoryAccessTokens {
    /// Tokens sealed with this secret.
    pub fn new(secret: &str, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            secret: secret.to_owned(),
            randomness,
        }
    }

    fn read(&self, token: &str) -> Option<AccessClaims> {
        let (body, seal) = token.rsplit_once('.')?;
        if seal != sealed(&self.secret, body) {
            return None;
        }
        let mut fields = body.strip_prefix("mat_")?.split('_');
        Some(AccessClaims {
            user: UserId::parse(fields.next()?)?,
            session: SessionId::parse(fields.next()?)?,
            security_version: fields.next()?.parse().ok()?,
            issued_at: Timestamp::from_micros(fields.next()?.parse().ok()?),
            expires_at: Timestamp::from_micros(fields.next()?.parse().ok()?),
        })
    }
}

impl AccessTokens for MemoryAccessTokens {
    fn issue(&self, claims: &AccessClaims) -> Result<AccessToken, RandomnessError> {
        let mut id = [0; 16];
        self.randomness.fill(&mut id)?;
        let body = format!(
            "mat_{}_{}_{}_{}_{}_{}",
            claims.user,
            claims.session,
            claims.security_version,
            claims.issued_at.as_micros(),
            claims.expires_at.as_micros(),
            hex(&id),
        );
        let seal = sealed(&self.secret, &body);
        Ok(AccessToken(SecretText::new(format!("{body}.{seal}"))))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, AccessTokenError> {
        let claims = self.read(token).ok_or(AccessTokenError::Invalid)?;
        if now.plus(LEEWAY) < claims.issued_at {
            return Err(AccessTokenError::Invalid);
        }
        if now >= claims.expires_at.plus(LEEWAY) {
            return Err(AccessTokenError::Expired);
        }
        Ok(claims)
    }
}

/// Refresh tokens: `mrt_SESSION_GENERATION.SEAL`.
pub struct MemoryRefreshTokens {
    secret: String,
}

impl MemoryRefreshTokens {
    /// Tokens derived from this secret.
    pub fn new(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
        }
    }
}

impl RefreshTokens for MemoryRefreshTokens {
    fn derive(&self, session: SessionId, generation: u32) -> RefreshToken {
        let body = format!("mrt_{session}_{generation}");
        let seal = sealed(&self.secret, &body);
        RefreshToken(SecretText::new(format!("{body}.{seal}")))
    }

    fn hash(&self, token: &RefreshToken) -> RefreshTokenHash {
        RefreshTokenHash(digest(&[b"refresh token", token.0.expose().as_bytes()]))
    }

    fn recognise(&self, token: &str) -> Option<(SessionId, u32)> {
        let (body, seal) = token.rsplit_once('.')?;
        if seal != sealed(&self.secret, body) {
            return None;
        }
        let (session, generation) = body.strip_prefix("mrt_")?.split_once('_')?;
        Some((SessionId::parse(session)?, generation.parse().ok()?))
    }
}

fn sealed(secret: &str, body: &str) -> String {
    hex(&digest(&[b"token", secret.as_bytes(), body.as_bytes()]))
}

/// Personal access tokens: `lk_`, 64 hexadecimal digits and a seal of four.
pub struct MemoryPersonalTokens {
    randomness: Arc<dyn Randomness>,
}

impl MemoryPersonalTokens {
    /// Tokens from this randomness.
    pub fn new(randomness: Arc<dyn Randomness>) -> Self {
        Self { randomness }
    }
}

impl PersonalTokens for MemoryPersonalTokens {
    fn generate(&self) -> Result<NewPersonalToken, RandomnessError> {
        let mut bytes = [0; 32];
        self.randomness.fill(&mut bytes)?;
        let digits = hex(&bytes);
        let check = check_of(&digits);
        Ok(NewPersonalToken {
            hint: format!("…{check}"),
            hash: personal_hash(&digits),
            secret: SecretText::new(format!("lk_{digits}{check}")),
        })
    }

    fn recognise(&self, presented: &str) -> Option<PersonalTokenHash> {
        let (digits, check) = presented.strip_prefix("lk_")?.split_at_checked(64)?;
        (check == check_of(digits)).then(|| personal_hash(digits))
    }
}

fn check_of(digits: &str) -> String {
    sealed("personal token", digits).chars().take(4).collect()
}

fn personal_hash(digits: &str) -> PersonalTokenHash {
    PersonalTokenHash(digest(&[b"personal token", digits.as_bytes()]))
}

/// Secrets of links: 64 hexadecimal digits.
pub struct MemoryShareTokens {
    randomness: Arc<dyn Randomness>,
}

impl MemoryShareTokens {
    /// Secrets from this randomness.
    pub fn new(randomness: Arc<dyn Randomness>) -> Self {
        Self { randomness }
    }
}

impl ShareTokens for MemoryShareTokens {
    fn generate(&self) -> Result<NewShareToken, RandomnessError> {
        let mut bytes = [0; 32];
        self.randomness.fill(&mut bytes)?;
        let digits = hex(&bytes);
        Ok(NewShareToken {
            hash: share_hash(&digits),
            secret: SecretText::new(digits),
        })
    }

    fn recognise(&self, presented: &str) -> Option<ShareTokenHash> {
        let is_secret = presented.len() == 64 && presented.bytes().all(|b| b.is_ascii_hexdigit());
        is_secret.then(|| share_hash(presented))
    }
}

fn share_hash(digits: &str) -> ShareTokenHash {
    ShareTokenHash(digest(&[b"share", digits.as_bytes()]))
}

/// One-time codes: `lkc_` and forty hexadecimal digits in groups of five.
pub struct MemoryResetCodes {
    randomness: Arc<dyn Randomness>,
}

impl MemoryResetCodes {
    /// Codes from this randomness.
    pub fn new(randomness: Arc<dyn Randomness>) -> Self {
        Self { randomness }
    }
}

impl ResetCodes for MemoryResetCodes {
    fn generate(&self) -> Result<(SecretText, ResetCodeHash), RandomnessError> {
        let mut bytes = [0; 20];
        self.randomness.fill(&mut bytes)?;
        let digits = hex(&bytes);
        let mut code = String::from("lkc_");
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && index % 5 == 0 {
                code.push('-');
            }
            code.push(digit);
        }
        Ok((SecretText::new(code), hash_of(&digits)))
    }

    fn hash(&self, typed: &str) -> Option<ResetCodeHash> {
        let kept = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let typed: String = kept.flat_map(char::to_lowercase).collect();
        let digits = typed.strip_prefix("lkc_")?;
        let is_code = digits.len() == 40 && digits.chars().all(|c| c.is_ascii_hexdigit());
        is_code.then(|| hash_of(digits))
    }
}

fn hash_of(digits: &str) -> ResetCodeHash {
    ResetCodeHash(digest(&[b"reset code", digits.as_bytes()]))
}
