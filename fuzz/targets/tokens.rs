//! All that Latchkey gives out to sign in by: each token has one spelling, and no other text is one.
#![no_main]

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_adapters::crypto::{
    keyring::AccessTokenSecrets,
    tokens::{HmacRefreshTokens, JwtAccessTokens, RandomPersonalTokens, RandomResetCodes},
};
use latchkey_domain::{
    id::{SessionId, UserId},
    personal_token::PersonalTokens,
    session::{AccessClaims, AccessTokenError, AccessTokens, RefreshTokens},
    time::Timestamp,
    user::ResetCodes,
};
use latchkey_fuzz::{Given, number, with_one_changed};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

const SECRET: [u8; 32] = [0x42; 32];

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        personal_as_presented(text);
        refresh_as_presented(text);
        access_as_presented(text);
    }
    let change = Change::of(data);
    personal_as_made(data, &change);
    refresh_as_made(data, &change);
    access_as_made(data, &change);
    reset_code_as_made(data, &change);
});

/// A character of a token, and what stands there instead.
struct Change {
    at: usize,
    by: u8,
}

impl Change {
    fn of(data: &[u8]) -> Self {
        let mut last = data.iter().rev().copied();
        Self {
            by: last.next().unwrap_or_default(),
            at: last.next().map(usize::from).unwrap_or_default(),
        }
    }

    fn apply(&self, text: &str) -> Option<String> {
        with_one_changed(text, self.at, self.by)
    }
}

fn personal(random: &[u8]) -> RandomPersonalTokens {
    RandomPersonalTokens::new(Arc::new(Given(random.to_vec())))
}

fn personal_as_presented(text: &str) {
    if let Some(hash) = personal(b"").recognise(text) {
        let body = URL_SAFE_NO_PAD.decode(&text[3..46]).expect("32 bytes");
        let made = personal(&body).generate().expect("bytes were given");
        assert_eq!(made.secret.expose(), text);
        assert_eq!(made.hash, hash);
    }
}

fn personal_as_made(random: &[u8], change: &Change) {
    let tokens = personal(random);
    let made = tokens.generate().expect("bytes were given");
    let text = made.secret.expose();
    assert_eq!(tokens.recognise(text), Some(made.hash));
    assert!(text.ends_with(made.hint.trim_start_matches('…')));
    if let Some(changed) = change.apply(text) {
        assert_eq!(tokens.recognise(&changed), None, "{changed}");
    }
}

fn refresh_as_presented(text: &str) {
    let tokens = HmacRefreshTokens::new(&SECRET);
    if let Some((session, generation)) = tokens.recognise(text) {
        assert_eq!(tokens.derive(session, generation).0.expose(), text);
    }
}

fn refresh_as_made(data: &[u8], change: &Change) {
    let tokens = HmacRefreshTokens::new(&SECRET);
    let (session, generation) = (SessionId::from_uuid(uuid(data)), version(data));
    let made = tokens.derive(session, generation);
    let text = made.0.expose();
    assert_eq!(tokens.recognise(text), Some((session, generation)));
    assert_eq!(HmacRefreshTokens::new(&[7; 32]).recognise(text), None);
    if let Some(changed) = change.apply(text) {
        assert_eq!(tokens.recognise(&changed), None, "{changed}");
    }
}

fn access(random: &[u8]) -> JwtAccessTokens {
    let secrets = AccessTokenSecrets {
        signing: "1".into(),
        secrets: BTreeMap::from([("1".into(), SECRET.to_vec().into())]),
    };
    let random = Arc::new(Given(random.to_vec()));
    JwtAccessTokens::new(&secrets, "issuer".into(), "audience".into(), random).expect("it signs")
}

fn access_as_presented(text: &str) {
    // The corpus has one that is good at this time. Whatever else is good by then was made with the secret, too.
    if let Ok(claims) = access(b"").verify(text, Timestamp::from_micros(1_000_000_000_000)) {
        assert!(text.len() <= 2_048 && claims.issued_at <= claims.expires_at);
    }
}

fn access_as_made(data: &[u8], change: &Change) {
    let tokens = access(data);
    let seconds = |data: &[u8]| i64::from(u32::try_from(number(data) >> 32).unwrap_or_default());
    let issued = seconds(data);
    let expires = issued + i64::from(data.get(4).copied().unwrap_or(1));
    let claims = AccessClaims {
        user: UserId::from_uuid(uuid(data)),
        session: SessionId::from_uuid(uuid(data.get(8..).unwrap_or_default())),
        security_version: version(data),
        issued_at: Timestamp::from_micros(issued * 1_000_000),
        expires_at: Timestamp::from_micros(expires * 1_000_000),
    };
    let made = tokens.issue(&claims).expect("bytes were given");
    let text = made.0.expose();
    let late = Timestamp::from_micros((expires + 31) * 1_000_000);
    let early = Timestamp::from_micros((issued - 31) * 1_000_000);
    assert_eq!(tokens.verify(text, claims.issued_at), Ok(claims.clone()));
    assert_eq!(tokens.verify(text, late), Err(AccessTokenError::Expired));
    assert_eq!(tokens.verify(text, early), Err(AccessTokenError::Invalid));
    if let Some(changed) = change.apply(text) {
        assert_eq!(
            tokens.verify(&changed, claims.issued_at),
            Err(AccessTokenError::Invalid),
            "{changed}"
        );
    }
}

fn reset_code_as_made(data: &[u8], change: &Change) {
    let codes = RandomResetCodes::new(Arc::new(Given(data.to_vec())));
    let (code, hash) = codes.generate().expect("bytes were given");
    let text = code.expose();
    assert_eq!(codes.hash(text), Some(hash));
    assert_eq!(
        codes.hash(&text.to_lowercase().replace('-', " ")),
        Some(hash)
    );
    if let Some(typed) = std::str::from_utf8(data).ok().and_then(|text| {
        // What somebody typed has the same hash as its plain spelling, or none.
        let plain: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        (plain.len() == text.len()).then_some(text)
    }) {
        assert_eq!(codes.hash(typed), codes.hash(&typed.to_ascii_uppercase()));
    }
    if let Some(changed) = change.apply(text)
        && codes.hash(&changed) == Some(hash)
    {
        // Only what reads the same: another case, a dash left out, O for 0, I or L for 1.
        assert_eq!(plain(&changed), plain(text), "{changed}");
    }
}

fn plain(code: &str) -> String {
    let symbols = code.chars().filter(|c| *c != '-' && !c.is_whitespace());
    let plain: String = symbols
        .map(|symbol| match symbol.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    plain
}

fn uuid(data: &[u8]) -> Uuid {
    let (high, low) = (number(data), number(data.get(8..).unwrap_or_default()));
    Uuid::from_u64_pair(high, low)
}

fn version(data: &[u8]) -> u32 {
    u32::try_from(number(data.get(16..).unwrap_or_default()) >> 32).unwrap_or_default()
}
