//! Access tokens: what they are and everything that isn't one.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use latchkey_adapters::{
    crypto::{
        keyring::{AccessTokenSecrets, Keyring},
        tokens::{HmacRefreshTokens, JwtAccessTokens},
    },
    system::OsRandom,
};
use latchkey_domain::{
    id::{SessionId, UserId},
    session::{AccessClaims, AccessTokenError, AccessTokens, RefreshTokens},
    system::Randomness,
    time::Timestamp,
};
use latchkey_test_support::memory::system::SeededRandomness;
use serde_json::{Value, json};
use uuid::Uuid;

const ISSUER: &str = "https://chat.example";
const AUDIENCE: &str = "latchkey";

struct Fixture {
    secrets: AccessTokenSecrets,
    tokens: JwtAccessTokens,
}

impl Fixture {
    fn new() -> Self {
        let keyring = Keyring::generate(&OsRandom).unwrap();
        let secrets = AccessTokenSecrets {
            signing: keyring.access_tokens().signing.clone(),
            secrets: keyring.access_tokens().secrets.clone(),
        };
        let tokens = tokens(&secrets);
        Self { secrets, tokens }
    }

    fn verify(&self, token: &str) -> Result<AccessClaims, AccessTokenError> {
        self.tokens.verify(token, now())
    }

    fn secret(&self) -> &[u8] {
        &self.secrets.secrets["1"]
    }

    /// A token with our secret over any header and claims.
    fn forge(&self, header: &Value, claims: &Value) -> String {
        let parts = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let message = parts.join(".");
        let key = EncodingKey::from_secret(self.secret());
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }
}

fn tokens(secrets: &AccessTokenSecrets) -> JwtAccessTokens {
    JwtAccessTokens::new(
        secrets,
        ISSUER.to_owned(),
        AUDIENCE.to_owned(),
        Arc::new(OsRandom),
    )
    .unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000)
}

fn claims() -> AccessClaims {
    AccessClaims {
        user: UserId::from_uuid(Uuid::from_u128(1)),
        session: SessionId::from_uuid(Uuid::from_u128(2)),
        security_version: 3,
        issued_at: now(),
        expires_at: now().plus(Duration::from_mins(15)),
    }
}

fn header() -> Value {
    json!({ "typ": "at+jwt", "alg": "HS256", "kid": "1" })
}

fn body() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::from_u128(1).to_string(),
        "sid": Uuid::from_u128(2).to_string(), "ver": 3, "iat": now().as_seconds(),
        "nbf": now().as_seconds(), "exp": now().as_seconds() + 900, "jti": "one",
    })
}

fn with(mut json: Value, field: &str, value: Value) -> Value {
    json[field] = value;
    json
}

fn without(mut json: Value, field: &str) -> Value {
    json.as_object_mut().unwrap().remove(field).unwrap();
    json
}

#[test]
fn a_token_gives_its_claims_back() {
    let fixture = Fixture::new();
    let token = fixture.tokens.issue(&claims()).unwrap();
    assert_eq!(fixture.verify(token.0.expose()), Ok(claims()));
    let again = fixture.tokens.issue(&claims()).unwrap();
    assert_ne!(token, again, "each has an id of its own");
    // What the other cases change one thing of is good.
    assert_eq!(
        fixture.verify(&fixture.forge(&header(), &body())),
        Ok(claims())
    );
}

#[test]
fn every_claim_must_be_there() {
    let fixture = Fixture::new();
    for name in [
        "iss", "aud", "sub", "sid", "ver", "iat", "nbf", "exp", "jti",
    ] {
        let token = fixture.forge(&header(), &without(body(), name));
        assert_eq!(
            fixture.verify(&token),
            Err(AccessTokenError::Invalid),
            "{name}"
        );
    }
}

#[test]
fn claims_of_another_type_or_value_are_refused() {
    let fixture = Fixture::new();
    let wrong = [
        ("iss", json!("https://other.example")),
        ("iss", json!([ISSUER])),
        ("iss", json!(null)),
        ("aud", json!("other")),
        ("aud", json!([AUDIENCE])),
        ("aud", json!([AUDIENCE, "other"])),
        ("sub", json!(1)),
        ("sub", json!("nobody")),
        ("sid", json!("")),
        ("ver", json!("3")),
        ("ver", json!(-1)),
        ("ver", json!(3.5)),
        ("ver", json!(4_294_967_296_u64)),
        ("iat", json!("now")),
        ("nbf", json!(now().as_seconds().to_string())),
        ("nbf", json!([now().as_seconds()])),
        ("exp", json!((now().as_seconds() + 900).to_string())),
        ("exp", json!(1.8e9)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(null)),
        ("jti", json!(7)),
    ];
    for (name, value) in wrong {
        let token = fixture.forge(&header(), &with(body(), name, value.clone()));
        assert_eq!(
            fixture.verify(&token),
            Err(AccessTokenError::Invalid),
            "{name} {value}"
        );
    }
}

#[test]
fn it_is_good_until_exactly_thirty_seconds_after_its_end() {
    let fixture = Fixture::new();
    let token = fixture.tokens.issue(&claims()).unwrap();
    let after = |seconds| claims().expires_at.plus(Duration::from_secs(seconds));
    let verify = |at| fixture.tokens.verify(token.0.expose(), at);
    assert!(verify(after(29)).is_ok());
    assert!(verify(after(30)).is_ok());
    assert_eq!(
        verify(after(30).plus(Duration::from_micros(1))),
        Err(AccessTokenError::Expired)
    );
    assert_eq!(verify(after(31)), Err(AccessTokenError::Expired));
}

#[test]
fn it_is_not_good_before_its_time() {
    let fixture = Fixture::new();
    for name in ["nbf", "iat"] {
        for (ahead, is_good) in [(29, true), (30, true), (31, false), (3_600, false)] {
            let value = json!(now().as_seconds() + ahead);
            let token = fixture.forge(&header(), &with(body(), name, value));
            assert_eq!(fixture.verify(&token).is_ok(), is_good, "{name} {ahead}");
        }
    }
}

#[test]
fn headers_that_are_not_ours_are_refused() {
    let fixture = Fixture::new();
    let wrong = [
        with(header(), "typ", json!("JWT")),
        with(header(), "typ", json!("AT+JWT")),
        without(header(), "typ"),
        with(header(), "alg", json!("none")),
        with(header(), "alg", json!("HS384")),
        with(header(), "alg", json!("hs256")),
        with(header(), "alg", json!("RS256")),
        without(header(), "alg"),
        with(header(), "kid", json!("2")),
        with(header(), "kid", json!("../../dev/null")),
        with(header(), "kid", json!("1' OR '1'='1")),
        without(header(), "kid"),
        with(header(), "jku", json!("http://127.0.0.1:9/keys")),
        with(header(), "jku", json!(null)),
        with(header(), "x5u", json!("http://127.0.0.1:9/cert")),
        with(header(), "x5c", json!([])),
        with(header(), "jwk", json!({ "kty": "oct", "k": "AAAA" })),
        with(header(), "crit", json!(["exp"])),
        with(header(), "crit", json!([])),
        with(header(), "cty", json!("JWT")),
        with(header(), "zip", json!("DEF")),
    ];
    for header in wrong {
        let token = fixture.forge(&header, &body());
        assert_eq!(
            fixture.verify(&token),
            Err(AccessTokenError::Invalid),
            "{header}"
        );
    }
}

#[test]
fn another_algorithm_or_key_is_refused() {
    let fixture = Fixture::new();
    let key = EncodingKey::from_secret(fixture.secret());
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let mut header = Header::new(algorithm);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some("1".to_owned());
        let token = jsonwebtoken::encode(&header, &body(), &key).unwrap();
        assert_eq!(fixture.verify(&token), Err(AccessTokenError::Invalid));
    }
    let stranger = Fixture::new().tokens.issue(&claims()).unwrap();
    assert_eq!(
        fixture.verify(stranger.0.expose()),
        Err(AccessTokenError::Invalid)
    );
}

#[test]
fn a_changed_token_is_refused() {
    let fixture = Fixture::new();
    let token = fixture.tokens.issue(&claims()).unwrap();
    let token = token.0.expose();
    for at in 0..token.len() {
        let mut changed = token.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(
            fixture.verify(&changed),
            Err(AccessTokenError::Invalid),
            "{at}"
        );
    }
    let (signed, _) = token.rsplit_once('.').unwrap();
    for changed in [
        format!("{signed}."),
        signed.to_owned(),
        format!("{token}."),
        format!("{token}A"),
    ] {
        assert_eq!(fixture.verify(&changed), Err(AccessTokenError::Invalid));
    }
}

#[test]
fn texts_that_are_no_tokens_are_refused() {
    let fixture = Fixture::new();
    let long = with(body(), "jti", json!("x".repeat(2_000)));
    let long = fixture.forge(&header(), &long);
    assert!(long.len() > 2_048);
    let texts = [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "' OR 1=1 --",
        "nul\0",
        "\u{202e}",
        "e30.e30.",
        &"x".repeat(8_192),
        &long,
    ];
    for text in texts {
        assert_eq!(fixture.verify(text), Err(AccessTokenError::Invalid));
    }
}

#[test]
fn an_old_secret_verifies_until_it_is_dropped() {
    let mut fixture = Fixture::new();
    let old = fixture.tokens.issue(&claims()).unwrap();
    let mut next = zeroize::Zeroizing::new(vec![0; 32]);
    OsRandom.fill(&mut next).unwrap();
    fixture.secrets.secrets.insert("2".to_owned(), next);
    fixture.secrets.signing = "2".to_owned();
    let both = tokens(&fixture.secrets);
    let new = both.issue(&claims()).unwrap();
    assert!(both.verify(old.0.expose(), now()).is_ok());
    assert!(both.verify(new.0.expose(), now()).is_ok());
    fixture.secrets.secrets.remove("1");
    let only_new = tokens(&fixture.secrets);
    assert!(only_new.verify(old.0.expose(), now()).is_err());
    assert!(only_new.verify(new.0.expose(), now()).is_ok());
}

#[test]
fn the_secret_that_signs_must_be_held() {
    let mut secrets = Fixture::new().secrets;
    secrets.signing = "2".to_owned();
    let outcome = JwtAccessTokens::new(&secrets, String::new(), String::new(), Arc::new(OsRandom));
    assert!(outcome.is_err());
}

#[test]
fn a_refresh_token_is_no_access_token() {
    let fixture = Fixture::new();
    let refresh = HmacRefreshTokens::new(fixture.secret()).derive(claims().session, 1);
    assert_eq!(
        fixture.verify(refresh.0.expose()),
        Err(AccessTokenError::Invalid)
    );
    let access = fixture.tokens.issue(&claims()).unwrap();
    assert_eq!(
        HmacRefreshTokens::new(fixture.secret()).recognise(access.0.expose()),
        None
    );
}

#[test]
fn without_randomness_there_is_no_token() {
    let random = Arc::new(SeededRandomness::new(1));
    random.set_failing(true);
    let secrets = Fixture::new().secrets;
    let tokens = JwtAccessTokens::new(&secrets, String::new(), String::new(), random).unwrap();
    assert!(tokens.issue(&claims()).is_err());
}
