//! Reset codes: 160 random bits as a person can read them aloud and type them,
//! `lkc_7K3F-0QZM-…` with eight groups of Crockford's base 32.

use std::sync::Arc;

use latchkey_domain::{
    secret::SecretText,
    system::{Randomness, RandomnessError},
    user::{ResetCodeHash, ResetCodes},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const PREFIX: &str = "lkc_";
const DOMAIN: &[u8] = b"latchkey-reset-code-v1";
const CODE_LEN: usize = 20;
const SYMBOLS: usize = 32;
const GROUP: usize = 4;
/// Longer texts are no code, however many spaces somebody put in.
const MAX_TYPED: usize = 256;
/// Crockford's alphabet: no I, L, O or U, which are read as others.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes reset codes from the system's randomness.
pub struct RandomResetCodes {
    random: Arc<dyn Randomness>,
}

impl RandomResetCodes {
    /// Codes from this randomness.
    pub fn new(random: Arc<dyn Randomness>) -> Self {
        Self { random }
    }
}

impl ResetCodes for RandomResetCodes {
    fn generate(&self) -> Result<(SecretText, ResetCodeHash), RandomnessError> {
        let mut code = Zeroizing::new([0; CODE_LEN]);
        self.random.fill(code.as_mut_slice())?;
        Ok((write(&code), hash(&code)))
    }

    fn hash(&self, typed: &str) -> Option<ResetCodeHash> {
        read(typed).map(|code| hash(&code))
    }
}

fn hash(code: &[u8; CODE_LEN]) -> ResetCodeHash {
    ResetCodeHash(
        Sha256::new_with_prefix(DOMAIN)
            .chain_update(code)
            .finalize()
            .into(),
    )
}

fn write(code: &[u8; CODE_LEN]) -> SecretText {
    let mut text = Zeroizing::new(String::with_capacity(
        PREFIX.len() + SYMBOLS + SYMBOLS / GROUP,
    ));
    text.push_str(PREFIX);
    let mut pending: u16 = 0;
    let mut bits = 0;
    let mut written = 0;
    for &byte in code {
        pending = (pending << 8) | u16::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            if written > 0 && written % GROUP == 0 {
                text.push('-');
            }
            let symbol = usize::from((pending >> bits) & 31);
            text.extend(ALPHABET.get(symbol).copied().map(char::from));
            written += 1;
        }
    }
    SecretText::from(text)
}

/// The bytes of a code as somebody typed it: with or without prefix, dashes and spaces, in either case.
fn read(typed: &str) -> Option<Zeroizing<[u8; CODE_LEN]>> {
    if typed.len() > MAX_TYPED {
        return None;
    }
    let mut plain = Zeroizing::new(String::with_capacity(MAX_TYPED));
    plain.extend(typed.chars().filter(|c| *c != '-' && !c.is_whitespace()));
    let symbols = match plain.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
        _ => plain.as_str(),
    };
    let mut code = Zeroizing::new([0; CODE_LEN]);
    let mut bytes = code.iter_mut();
    let mut pending: u16 = 0;
    let mut bits = 0;
    let mut count = 0;
    for symbol in symbols.chars() {
        pending = (pending << 5) | value(symbol)?;
        bits += 5;
        count += 1;
        if bits >= 8 {
            bits -= 8;
            *bytes.next()? = u8::try_from((pending >> bits) & 0xFF).ok()?;
        }
    }
    drop(bytes);
    (count == SYMBOLS).then_some(code)
}

fn value(symbol: char) -> Option<u16> {
    let symbol = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = ALPHABET.iter().position(|&it| char::from(it) == symbol)?;
    u16::try_from(at).ok()
}
