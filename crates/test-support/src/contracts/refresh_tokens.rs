//! What every [`RefreshTokens`] promises.

use std::{collections::HashSet, sync::Arc};

use latchkey_domain::{
    id::SessionId,
    secret::SecretText,
    session::{RefreshToken, RefreshTokens},
};

use crate::builders::Samples;

/// Three makers of tokens.
pub struct RefreshTokensSetup {
    /// The maker.
    pub tokens: Arc<dyn RefreshTokens>,
    /// The same in another process: with the same secret.
    pub restarted: Arc<dyn RefreshTokens>,
    /// One with another secret.
    pub foreign: Arc<dyn RefreshTokens>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! refresh_tokens_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { refresh_tokens, $factory;
            the_same_session_and_generation_give_the_same_token,
            no_two_tokens_or_hashes_are_equal,
            a_hash_belongs_to_its_token,
            a_token_is_recognised,
            a_token_of_another_server_isnt_recognised,
            a_changed_token_isnt_recognised,
            any_other_text_isnt_recognised,
        }
    };
}
pub use refresh_tokens_cases as cases;

/// "… always the same for the same two."
pub fn the_same_session_and_generation_give_the_same_token(setup: &RefreshTokensSetup) {
    let session = SessionId::new(Samples::new().ids());
    for generation in [0, 1, 2, u32::MAX] {
        let token = setup.tokens.derive(session, generation);
        assert_eq!(setup.tokens.derive(session, generation), token);
        assert_eq!(setup.restarted.derive(session, generation), token);
        assert_ne!(setup.foreign.derive(session, generation), token);
    }
}

/// Neither the session's neighbour nor the next generation can be told from a token.
pub fn no_two_tokens_or_hashes_are_equal(setup: &RefreshTokensSetup) {
    let samples = Samples::new();
    let mut seen = HashSet::new();
    for _ in 0..10 {
        let session = SessionId::new(samples.ids());
        for generation in 1..=10 {
            let token = setup.tokens.derive(session, generation);
            assert!(seen.insert(setup.tokens.hash(&token).0));
        }
    }
}

/// "The hash under which a token is stored."
pub fn a_hash_belongs_to_its_token(setup: &RefreshTokensSetup) {
    let token = setup.tokens.derive(SessionId::new(Samples::new().ids()), 1);
    let hash = setup.tokens.hash(&token);
    assert_eq!(setup.restarted.hash(&token), hash);
    let presented = RefreshToken(SecretText::new(token.0.expose().to_owned()));
    assert_eq!(setup.tokens.hash(&presented), hash);
    let other = RefreshToken(SecretText::new(format!("{}x", token.0.expose())));
    assert_ne!(setup.tokens.hash(&other), hash);
}

/// "The session and generation of a token that this server made."
pub fn a_token_is_recognised(setup: &RefreshTokensSetup) {
    let session = SessionId::new(Samples::new().ids());
    for generation in [0, 1, 2, u32::MAX] {
        let token = setup.tokens.derive(session, generation);
        let expected = Some((session, generation));
        assert_eq!(setup.tokens.recognise(token.0.expose()), expected);
        assert_eq!(setup.restarted.recognise(token.0.expose()), expected);
    }
}

/// "`None` for any other text": also for a token of the same form.
pub fn a_token_of_another_server_isnt_recognised(setup: &RefreshTokensSetup) {
    let token = setup
        .foreign
        .derive(SessionId::new(Samples::new().ids()), 1);
    assert_eq!(setup.tokens.recognise(token.0.expose()), None);
}

/// Whatever character is changed, left out or added.
pub fn a_changed_token_isnt_recognised(setup: &RefreshTokensSetup) {
    let token = setup.tokens.derive(SessionId::new(Samples::new().ids()), 1);
    let token = token.0.expose();
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
        assert_eq!(setup.tokens.recognise(&changed), None, "at {position}");
    }
    for length in 0..token.len() {
        assert_eq!(setup.tokens.recognise(token.get(..length).unwrap()), None);
    }
    for more in [" ", "A", "\n", "0"] {
        assert_eq!(setup.tokens.recognise(&format!("{token}{more}")), None);
        assert_eq!(setup.tokens.recognise(&format!("{more}{token}")), None);
    }
}

/// No text is too odd to be refused.
pub fn any_other_text_isnt_recognised(setup: &RefreshTokensSetup) {
    let huge = "A".repeat(1_000_000);
    for text in [
        "",
        "_",
        "lkr_",
        "lkr_lkr_",
        "\0",
        "äöü",
        "' OR 1=1 --",
        &huge,
    ] {
        assert_eq!(setup.tokens.recognise(text), None);
    }
}
