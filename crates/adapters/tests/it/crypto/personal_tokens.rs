//! Personal access tokens: their form, their checksum, and never another spelling.

use std::{fmt::Write as _, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_adapters::{crypto::tokens::RandomPersonalTokens, system::OsRandom};
use latchkey_domain::{
    personal_token::PersonalTokens,
    system::{Randomness, RandomnessError},
};

/// Gives the bytes 0, 1, 2 …
struct Counting;

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        for (number, byte) in (0..).zip(bytes) {
            *byte = number;
        }
        Ok(())
    }
}

fn tokens() -> RandomPersonalTokens {
    RandomPersonalTokens::new(Arc::new(OsRandom))
}

#[test]
fn the_same_bits_give_the_same_token_and_hash_for_ever() {
    let tokens = RandomPersonalTokens::new(Arc::new(Counting));
    let new = tokens.generate().unwrap();
    // CRC and SHA-256 were computed with Python's zlib and hashlib.
    assert_eq!(
        new.secret.expose(),
        "lk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8B1QAmg"
    );
    assert_eq!(new.hint, "…QAmg");
    assert_eq!(
        hex(&new.hash.0),
        "499fb73d7a4a90dd18a386faf2f4ed85ece9e97a1da29054ece718209812253d"
    );
    assert_eq!(tokens.recognise(new.secret.expose()), Some(new.hash));
}

#[test]
fn another_token_with_a_good_checksum_has_another_hash() {
    let tokens = tokens();
    let new = tokens.generate().unwrap();
    let token = new.secret.expose();
    for at in 3..token.len() - 7 {
        let mut changed = token.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(tokens.recognise(&changed), None, "{at}");
        let other = tokens.recognise(&with_good_checksum(&changed));
        assert!(other.is_some_and(|other| other != new.hash), "{at}");
    }
    assert_eq!(with_good_checksum(token), token);
}

#[test]
fn another_spelling_of_the_same_bytes_is_not_recognised() {
    let tokens = tokens();
    let new = tokens.generate().unwrap();
    let token = new.secret.expose();
    // The last character of the body holds four bits; the others must be zero.
    let last = token.len() - 7;
    let mut recognised = 0;
    for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
        let mut spelt = token.as_bytes().to_vec();
        spelt[last] = *other;
        let spelt = with_good_checksum(std::str::from_utf8(&spelt).unwrap());
        if let Some(hash) = tokens.recognise(&spelt) {
            recognised += 1;
            assert_eq!(hash == new.hash, spelt == token);
        }
    }
    assert_eq!(recognised, 16);
}

#[test]
fn what_latchkey_gives_out_else_is_no_personal_token() {
    let tokens = tokens();
    let new = tokens.generate().unwrap();
    let tail = new.secret.expose().strip_prefix("lk_").unwrap();
    for text in [
        format!("lkr_{tail}"),
        format!("lkc_{tail}"),
        "lkc_7K3F-0QZM-7K3F-0QZM-7K3F-0QZM-7K3F-0QZM".to_owned(),
        "eyJhbGciOiJIUzI1NiJ9.e30.c2ln".to_owned(),
        "é".repeat(26),
        "sk-ant-api03-0123456789abcdef0123456789abcdef0123456789".to_owned(),
    ] {
        assert_eq!(tokens.recognise(&text), None, "{text}");
    }
}

fn with_good_checksum(token: &str) -> String {
    let checked = &token[..token.len() - 6];
    let check = crc32fast::hash(checked.as_bytes()).to_be_bytes();
    format!("{checked}{}", URL_SAFE_NO_PAD.encode(check))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
