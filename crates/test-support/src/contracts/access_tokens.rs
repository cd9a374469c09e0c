//! What every [`AccessTokens`] promises.

use std::{collections::HashSet, sync::Arc, time::Duration};

use latchkey_domain::{
    id::{SessionId, UserId},
    session::{ACCESS_TOKEN_LIFE, AccessClaims, AccessTokenError, AccessTokens},
    time::Timestamp,
};

use crate::{builders::Samples, memory::system::SeededRandomness};

/// Two signers.
pub struct AccessTokensSetup {
    /// The signer.
    pub tokens: Arc<dyn AccessTokens>,
    /// One with another secret, of another server.
    pub foreign: Arc<dyn AccessTokens>,
    /// Where both draw their randomness.
    pub randomness: Arc<SeededRandomness>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! access_tokens_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { access_tokens, $factory;
            a_token_says_what_was_put_in,
            each_token_is_its_own,
            a_token_is_good_until_half_a_minute_after_its_end,
            a_token_isnt_good_long_before_it_was_made,
            a_token_of_another_server_is_void,
            a_changed_token_is_void,
            a_cut_or_lengthened_token_is_void,
            any_other_text_is_void,
            without_randomness_no_token_is_issued,
        }
    };
}
pub use access_tokens_cases as cases;

/// "The claims of a token that this server signed."
pub fn a_token_says_what_was_put_in(setup: &AccessTokensSetup) {
    let samples = Samples::new();
    for security_version in [0, 1, u32::MAX] {
        let claims = AccessClaims {
            security_version,
            ..claims(&samples)
        };
        let token = setup.tokens.issue(&claims).unwrap();
        let verified = setup.tokens.verify(token.0.expose(), claims.issued_at);
        assert_eq!(verified, Ok(claims));
    }
}

/// "… with these claims and an id of its own."
pub fn each_token_is_its_own(setup: &AccessTokensSetup) {
    let claims = claims(&Samples::new());
    let tokens: HashSet<String> = (0..100)
        .map(|_| setup.tokens.issue(&claims).unwrap().0.expose().to_owned())
        .collect();
    assert_eq!(tokens.len(), 100);
}

/// Thirty seconds of leeway for clocks that differ, and not one more.
pub fn a_token_is_good_until_half_a_minute_after_its_end(setup: &AccessTokensSetup) {
    let (token, claims) = issued(setup);
    let end = claims.expires_at;
    for (late, expected) in [
        (0, Ok(&claims)),
        (29, Ok(&claims)),
        (31, Err(&AccessTokenError::Expired)),
        (86_400, Err(&AccessTokenError::Expired)),
    ] {
        let verified = setup
            .tokens
            .verify(&token, end.plus(Duration::from_secs(late)));
        assert_eq!(verified.as_ref(), expected, "{late} s late");
    }
}

/// "… not yet valid."
pub fn a_token_isnt_good_long_before_it_was_made(setup: &AccessTokensSetup) {
    let (token, claims) = issued(setup);
    let slightly = claims.issued_at.minus(Duration::from_secs(29));
    assert_eq!(setup.tokens.verify(&token, slightly), Ok(claims.clone()));
    let much = claims.issued_at.minus(Duration::from_hours(1));
    let verified = setup.tokens.verify(&token, much);
    assert_eq!(verified, Err(AccessTokenError::Invalid));
}

/// "… another … key."
pub fn a_token_of_another_server_is_void(setup: &AccessTokensSetup) {
    let claims = claims(&Samples::new());
    let token = setup.foreign.issue(&claims).unwrap();
    void(setup, token.0.expose(), claims.issued_at);
}

/// Whatever character is changed.
pub fn a_changed_token_is_void(setup: &AccessTokensSetup) {
    let (token, claims) = issued(setup);
    // The last character may have bits that stand for nothing.
    for position in 0..token.len() - 1 {
        let changed: String = token
            .chars()
            .enumerate()
            .map(|(index, c)| match (index == position, c) {
                (true, 'A') => 'B',
                (true, _) => 'A',
                (false, c) => c,
            })
            .collect();
        void(setup, &changed, claims.issued_at);
    }
}

/// Nothing may be missing, nothing may follow.
pub fn a_cut_or_lengthened_token_is_void(setup: &AccessTokensSetup) {
    let (token, claims) = issued(setup);
    for length in 0..token.len() {
        void(setup, token.get(..length).unwrap(), claims.issued_at);
    }
    for more in [" ", "A", ".", "=", "\n", ".AAAA"] {
        void(setup, &format!("{token}{more}"), claims.issued_at);
        void(setup, &format!("{more}{token}"), claims.issued_at);
    }
    void(
        setup,
        &format!("{token}{}", "A".repeat(4_000)),
        claims.issued_at,
    );
}

/// "… for everything else … more than 2 KB."
pub fn any_other_text_is_void(setup: &AccessTokensSetup) {
    let now = claims(&Samples::new()).issued_at;
    let huge = "A".repeat(1_000_000);
    let texts = [
        "",
        ".",
        "..",
        "...",
        "' OR 1=1 --",
        "\0",
        "ä.ö.ü",
        // {"alg":"none"}.{"sub":"x"}.
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        // {"alg":"HS256","typ":"JWT"}.{"sub":"x"} with a wrong signature
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        &huge,
    ];
    for text in texts {
        void(setup, text, now);
    }
}

/// "RandomnessError when no unique id could be drawn."
pub fn without_randomness_no_token_is_issued(setup: &AccessTokensSetup) {
    setup.randomness.set_failing(true);
    let claims = claims(&Samples::new());
    assert!(setup.tokens.issue(&claims).is_err());
}

fn claims(samples: &Samples) -> AccessClaims {
    // Tokens count in whole seconds.
    let issued_at = Timestamp::from_micros(1_767_225_600_000_000);
    AccessClaims {
        user: UserId::new(samples.ids()),
        session: SessionId::new(samples.ids()),
        security_version: 3,
        issued_at,
        expires_at: issued_at.plus(ACCESS_TOKEN_LIFE),
    }
}

fn issued(setup: &AccessTokensSetup) -> (String, AccessClaims) {
    let claims = claims(&Samples::new());
    let token = setup.tokens.issue(&claims).unwrap();
    (token.0.expose().to_owned(), claims)
}

fn void(setup: &AccessTokensSetup, token: &str, now: Timestamp) {
    let verified = setup.tokens.verify(token, now);
    assert_eq!(verified, Err(AccessTokenError::Invalid));
}
