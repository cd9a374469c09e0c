//! Secrets of links: base64url(256 random bits).

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{
    secret::SecretText,
    share::{NewShareToken, ShareTokenHash, ShareTokens},
    system::{Randomness, RandomnessError},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const DOMAIN: &[u8] = b"latchkey-share-v1";
const BODY_LEN: usize = 32;
/// 32 bytes in base64url.
const BODY_CHARS: usize = 43;

/// Makes secrets of links from the system's randomness.
pub struct RandomShareTokens {
    random: Arc<dyn Randomness>,
}

impl RandomShareTokens {
    /// Secrets from this randomness.
    pub fn new(random: Arc<dyn Randomness>) -> Self {
        Self { random }
    }
}

impl ShareTokens for RandomShareTokens {
    fn generate(&self) -> Result<NewShareToken, RandomnessError> {
        let mut body = Zeroizing::new([0; BODY_LEN]);
        self.random.fill(body.as_mut_slice())?;
        let mut secret = Zeroizing::new(String::with_capacity(BODY_CHARS));
        URL_SAFE_NO_PAD.encode_string(body.as_slice(), &mut secret);
        Ok(NewShareToken {
            hash: hash(&body),
            secret: SecretText::from(secret),
        })
    }

    fn recognise(&self, presented: &str) -> Option<ShareTokenHash> {
        if presented.len() != BODY_CHARS {
            return None;
        }
        let body = Zeroizing::new(URL_SAFE_NO_PAD.decode(presented).ok()?);
        Some(hash(body.as_slice().try_into().ok()?))
    }
}

fn hash(body: &[u8; BODY_LEN]) -> ShareTokenHash {
    ShareTokenHash(
        Sha256::new_with_prefix(DOMAIN)
            .chain_update(body)
            .finalize()
            .into(),
    )
}
