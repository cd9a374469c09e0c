//! Personal access tokens: `lk_` + base64url(256 random bits) + base64url(CRC-32 of all before it).
//!
//! The CRC lets scanners for leaked secrets be sure, and refuses a mistyped token without a look into the store; it keeps
//! nobody out.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{
    personal_token::{NewPersonalToken, PersonalTokenHash, PersonalTokens},
    secret::SecretText,
    system::{Randomness, RandomnessError},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const PREFIX: &str = "lk_";
const DOMAIN: &[u8] = b"latchkey-personal-token-v1";
const BODY_LEN: usize = 32;
/// 32 bytes in base64url.
const BODY_CHARS: usize = 43;
/// 4 bytes in base64url.
const CHECK_CHARS: usize = 6;
/// Of the checksum, so that a hint says nothing about the random bits that they don't say about themselves.
const HINT_CHARS: usize = 4;

/// Makes personal access tokens from the system's randomness.
pub struct RandomPersonalTokens {
    random: Arc<dyn Randomness>,
}

impl RandomPersonalTokens {
    /// Tokens from this randomness.
    pub fn new(random: Arc<dyn Randomness>) -> Self {
        Self { random }
    }
}

impl PersonalTokens for RandomPersonalTokens {
    fn generate(&self) -> Result<NewPersonalToken, RandomnessError> {
        let mut body = Zeroizing::new([0; BODY_LEN]);
        self.random.fill(body.as_mut_slice())?;
        let token = write(&body);
        let tail = token.get(token.len().saturating_sub(HINT_CHARS)..);
        Ok(NewPersonalToken {
            hint: format!("…{}", tail.unwrap_or_default()),
            hash: hash(&body),
            secret: SecretText::from(token),
        })
    }

    fn recognise(&self, presented: &str) -> Option<PersonalTokenHash> {
        read(presented).map(|body| hash(&body))
    }
}

fn hash(body: &[u8; BODY_LEN]) -> PersonalTokenHash {
    PersonalTokenHash(
        Sha256::new_with_prefix(DOMAIN)
            .chain_update(body)
            .finalize()
            .into(),
    )
}

fn write(body: &[u8; BODY_LEN]) -> Zeroizing<String> {
    let mut token = Zeroizing::new(String::with_capacity(
        PREFIX.len() + BODY_CHARS + CHECK_CHARS,
    ));
    token.push_str(PREFIX);
    URL_SAFE_NO_PAD.encode_string(body, &mut token);
    let check = crc32fast::hash(token.as_bytes()).to_be_bytes();
    URL_SAFE_NO_PAD.encode_string(check, &mut token);
    token
}

/// The bytes of a token of the right form; other spellings of the same bytes are none.
fn read(token: &str) -> Option<Zeroizing<[u8; BODY_LEN]>> {
    if token.len() != PREFIX.len() + BODY_CHARS + CHECK_CHARS {
        return None;
    }
    let (checked, check) = token.split_at_checked(PREFIX.len() + BODY_CHARS)?;
    let check = URL_SAFE_NO_PAD.decode(check).ok()?;
    if check != crc32fast::hash(checked.as_bytes()).to_be_bytes() {
        return None;
    }
    let body = Zeroizing::new(URL_SAFE_NO_PAD.decode(checked.strip_prefix(PREFIX)?).ok()?);
    Some(Zeroizing::new(body.as_slice().try_into().ok()?))
}
