//! Refresh tokens: derived, recognised, and never in another spelling.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_adapters::crypto::tokens::HmacRefreshTokens;
use latchkey_domain::{
    id::SessionId,
    secret::SecretText,
    session::{RefreshToken, RefreshTokens},
};
use uuid::Uuid;

fn session(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

#[test]
fn the_same_session_and_generation_give_the_same_token_for_ever() {
    let tokens = HmacRefreshTokens::new(&[7; 32]);
    let token = tokens.derive(session(0x0123_4567_89ab_cdef), 5);
    // HMAC and CRC were computed with Python's hmac and zlib.
    assert_eq!(
        token.0.expose(),
        "lkr_AAAAAAAAAAABI0VniavN7wAAAAXeld85bnjYxkPzBLPNg_2XnLlI3kp4axus9xCv73CYVAsXQOuA"
    );
    assert_eq!(
        tokens.recognise(token.0.expose()),
        Some((session(0x0123_4567_89ab_cdef), 5))
    );
}

#[test]
fn each_session_generation_and_secret_gives_another() {
    let tokens = HmacRefreshTokens::new(&[7; 32]);
    let all = [
        tokens.derive(session(1), 1),
        tokens.derive(session(1), 2),
        tokens.derive(session(2), 1),
        HmacRefreshTokens::new(&[8; 32]).derive(session(1), 1),
    ];
    for (at, token) in all.iter().enumerate() {
        for other in &all[at + 1..] {
            assert_ne!(token, other);
            assert_ne!(tokens.hash(token), tokens.hash(other));
        }
    }
    assert_eq!(
        tokens.recognise(all[3].0.expose()),
        None,
        "of another server"
    );
}

#[test]
fn the_hash_is_over_the_text() {
    let tokens = HmacRefreshTokens::new(&[7; 32]);
    let token = RefreshToken(SecretText::new("abc".to_owned()));
    assert_eq!(tokens.hash(&token).0[..4], [0xba, 0x78, 0x16, 0xbf]);
}

#[test]
fn a_changed_token_is_not_recognised_also_with_its_checksum_made_good() {
    let tokens = HmacRefreshTokens::new(&[7; 32]);
    let token = tokens.derive(session(1), 1);
    let token = token.0.expose();
    for at in 0..token.len() {
        let mut changed = token.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(tokens.recognise(&changed), None, "{at}");
        let made_good = with_good_checksum(&changed);
        assert_eq!(
            tokens.recognise(&made_good).is_some(),
            made_good == token,
            "{at}"
        );
    }
    assert_eq!(with_good_checksum(token), token);
}

#[test]
fn another_spelling_of_the_same_bytes_is_not_recognised() {
    let tokens = HmacRefreshTokens::new(&[7; 32]);
    let token = tokens.derive(session(1), 1);
    let token = token.0.expose();
    // The last character of the body holds two bits; the others must be zero.
    let last = token.len() - 7;
    for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
        let mut spelt = token.as_bytes().to_vec();
        spelt[last] = *other;
        let spelt = with_good_checksum(std::str::from_utf8(&spelt).unwrap());
        assert_eq!(
            tokens.recognise(&spelt).is_some(),
            spelt == token,
            "{other}"
        );
    }
}

#[test]
fn other_texts_are_not_recognised() {
    let tokens = HmacRefreshTokens::new(&[7; 32]);
    let token = tokens.derive(session(1), 1);
    let token = token.0.expose();
    let texts = [
        String::new(),
        "lkr_".to_owned(),
        format!("{token} "),
        format!(" {token}"),
        token.replace("lkr_", "lkc_"),
        token.to_uppercase(),
        token[..token.len() - 1].to_owned(),
        "é".repeat(40),
        "x".repeat(8_192),
    ];
    for text in texts {
        assert_eq!(tokens.recognise(&text), None, "{text}");
    }
}

fn with_good_checksum(token: &str) -> String {
    let checked = &token[..token.len() - 6];
    let check = crc32fast::hash(checked.as_bytes()).to_be_bytes();
    format!("{checked}{}", URL_SAFE_NO_PAD.encode(check))
}
