//! Refresh tokens, derived from the session and its generation, so that none is stored and each can be given again.
//!
//! `lkr_` + base64url(session 16 bytes ‖ generation u32 big-endian ‖ HMAC-SHA256 32 bytes) + base64url(CRC-32 of all
//! before it). The CRC lets scanners for leaked secrets be sure; it keeps nobody out.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{
    id::SessionId,
    secret::SecretText,
    session::{RefreshToken, RefreshTokenHash, RefreshTokens},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::crypto::{keyring::SecretBytes, mac::hmac_sha256};

const PREFIX: &str = "lkr_";
const DOMAIN: &[u8] = b"latchkey-refresh-v1";
const SESSION_LEN: usize = 16;
const GENERATION_LEN: usize = 4;
const BODY_LEN: usize = SESSION_LEN + GENERATION_LEN + 32;
/// 52 bytes in base64url.
const BODY_CHARS: usize = 70;
/// 4 bytes in base64url.
const CHECK_CHARS: usize = 6;

/// Derives refresh tokens from the keyring's secret.
pub struct HmacRefreshTokens {
    secret: SecretBytes,
}

impl HmacRefreshTokens {
    /// Tokens derived from `secret`, the keyring's.
    pub fn new(secret: &[u8]) -> Self {
        Self {
            secret: Zeroizing::new(secret.to_vec()),
        }
    }

    fn mac(&self, session: &[u8; SESSION_LEN], generation: [u8; GENERATION_LEN]) -> [u8; 32] {
        hmac_sha256(&self.secret, &[DOMAIN, session, &generation])
    }
}

impl RefreshTokens for HmacRefreshTokens {
    fn derive(&self, session: SessionId, generation: u32) -> RefreshToken {
        let session = session.as_uuid().into_bytes();
        let generation = generation.to_be_bytes();
        let mac = Zeroizing::new(self.mac(&session, generation));
        let mut body = Zeroizing::new(Vec::with_capacity(BODY_LEN));
        body.extend_from_slice(&session);
        body.extend_from_slice(&generation);
        body.extend_from_slice(mac.as_slice());

        let mut token = Zeroizing::new(String::with_capacity(
            PREFIX.len() + BODY_CHARS + CHECK_CHARS,
        ));
        token.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(&*body, &mut token);
        let check = crc32fast::hash(token.as_bytes()).to_be_bytes();
        URL_SAFE_NO_PAD.encode_string(check, &mut token);
        RefreshToken(SecretText::from(token))
    }

    fn hash(&self, token: &RefreshToken) -> RefreshTokenHash {
        RefreshTokenHash(Sha256::digest(token.0.expose()).into())
    }

    fn recognise(&self, token: &str) -> Option<(SessionId, u32)> {
        let body = check_form(token)?;
        let (session, rest) = body.split_first_chunk::<SESSION_LEN>()?;
        let (generation, mac) = rest.split_first_chunk::<GENERATION_LEN>()?;
        let expected = Zeroizing::new(self.mac(session, *generation));
        bool::from(expected.as_slice().ct_eq(mac)).then(|| {
            (
                SessionId::from_uuid(Uuid::from_bytes(*session)),
                u32::from_be_bytes(*generation),
            )
        })
    }
}

/// The bytes of a token of the right form; other spellings of the same bytes are none.
fn check_form(token: &str) -> Option<Zeroizing<Vec<u8>>> {
    if token.len() != PREFIX.len() + BODY_CHARS + CHECK_CHARS {
        return None;
    }
    let (checked, check) = token.split_at_checked(PREFIX.len() + BODY_CHARS)?;
    let check = URL_SAFE_NO_PAD.decode(check).ok()?;
    if check != crc32fast::hash(checked.as_bytes()).to_be_bytes() {
        return None;
    }
    let body = checked.strip_prefix(PREFIX)?;
    URL_SAFE_NO_PAD.decode(body).ok().map(Zeroizing::new)
}
