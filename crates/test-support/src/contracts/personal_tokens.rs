//! What every [`PersonalTokens`] promises.

use std::{collections::HashSet, sync::Arc};

use latchkey_domain::personal_token::PersonalTokens;

use crate::memory::system::SeededRandomness;

/// A maker of tokens.
pub struct PersonalTokensSetup {
    /// The maker.
    pub tokens: Arc<dyn PersonalTokens>,
    /// Where it draws its randomness.
    pub randomness: Arc<SeededRandomness>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! personal_tokens_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { personal_tokens, $factory;
            a_token_has_the_hash_that_it_came_with,
            each_token_is_its_own,
            a_hint_is_the_end_of_its_token,
            a_changed_token_is_not_recognised,
            another_text_is_not_recognised,
            without_randomness_no_token_is_made,
        }
    };
}
pub use personal_tokens_cases as cases;

/// "A new token" and "the hash of a token".
pub fn a_token_has_the_hash_that_it_came_with(setup: &PersonalTokensSetup) {
    for _ in 0..100 {
        let new = setup.tokens.generate().unwrap();
        assert!(new.secret.expose().starts_with("lk_"));
        assert_eq!(setup.tokens.recognise(new.secret.expose()), Some(new.hash));
    }
}

/// "A token is 256 random bits …"
pub fn each_token_is_its_own(setup: &PersonalTokensSetup) {
    let new = (0..1_000).map(|_| setup.tokens.generate().unwrap());
    let (tokens, hashes): (HashSet<String>, HashSet<[u8; 32]>) = new
        .map(|new| (new.secret.expose().to_owned(), new.hash.0))
        .unzip();
    assert_eq!((tokens.len(), hashes.len()), (1_000, 1_000));
}

/// "By which its owner tells it from others": few characters, of those that nobody has to guess.
pub fn a_hint_is_the_end_of_its_token(setup: &PersonalTokensSetup) {
    let new = setup.tokens.generate().unwrap();
    let shown = new.hint.strip_prefix('…').unwrap();
    assert_eq!(shown.len(), 4);
    assert!(new.secret.expose().ends_with(shown));
}

/// "None for … a wrong checksum", whatever character is changed.
pub fn a_changed_token_is_not_recognised(setup: &PersonalTokensSetup) {
    let new = setup.tokens.generate().unwrap();
    let token = new.secret.expose();
    for position in 0..token.len() {
        let changed: String = token
            .chars()
            .enumerate()
            .map(|(index, c)| match (index == position, c) {
                (true, 'a') => 'b',
                (true, _) => 'a',
                (false, c) => c,
            })
            .collect();
        assert_eq!(setup.tokens.recognise(&changed), None, "{position}");
    }
}

/// "None for a text that can't be one: another prefix or length …"
pub fn another_text_is_not_recognised(setup: &PersonalTokensSetup) {
    let new = setup.tokens.generate().unwrap();
    let token = new.secret.expose();
    for length in 0..token.len() {
        assert_eq!(setup.tokens.recognise(token.get(..length).unwrap()), None);
    }
    let tail = token.strip_prefix("lk_").unwrap();
    let huge = "a".repeat(1_000_000);
    for text in [
        &format!("{token}a"),
        &format!("{token} "),
        &format!(" {token}"),
        &format!("lkr_{tail}"),
        &format!("LK_{tail}"),
        tail,
        "lk_",
        "lk_0000000000000000",
        "' OR 1=1 --",
        "\0",
        "lk_äöü",
        &huge,
    ] {
        assert_eq!(setup.tokens.recognise(text), None);
    }
}

/// "RandomnessError when the system has no random bytes."
pub fn without_randomness_no_token_is_made(setup: &PersonalTokensSetup) {
    setup.randomness.set_failing(true);
    assert!(setup.tokens.generate().is_err());
}
