//! What every [`ShareTokens`] promises.

use std::{collections::HashSet, sync::Arc};

use latchkey_domain::share::ShareTokens;

use crate::memory::system::SeededRandomness;

/// A maker of secrets of links.
pub struct ShareTokensSetup {
    /// The maker.
    pub tokens: Arc<dyn ShareTokens>,
    /// Where it draws its randomness.
    pub randomness: Arc<SeededRandomness>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! share_tokens_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { share_tokens, $factory;
            a_secret_has_the_hash_that_it_came_with,
            each_secret_is_its_own,
            an_address_takes_a_secret_as_it_is,
            another_text_is_not_recognised,
            without_randomness_no_secret_is_made,
        }
    };
}
pub use share_tokens_cases as cases;

/// "A new secret" and "the hash of a secret".
pub fn a_secret_has_the_hash_that_it_came_with(setup: &ShareTokensSetup) {
    for _ in 0..100 {
        let new = setup.tokens.generate().unwrap();
        assert_eq!(setup.tokens.recognise(new.secret.expose()), Some(new.hash));
    }
}

/// "256 random bits …"
pub fn each_secret_is_its_own(setup: &ShareTokensSetup) {
    let new = (0..1_000).map(|_| setup.tokens.generate().unwrap());
    let (secrets, hashes): (HashSet<String>, HashSet<[u8; 32]>) = new
        .map(|new| (new.secret.expose().to_owned(), new.hash.0))
        .unzip();
    assert_eq!((secrets.len(), hashes.len()), (1_000, 1_000));
    assert!(secrets.iter().all(|secret| secret.len() >= 43));
}

/// "… in characters that an address takes as they are."
pub fn an_address_takes_a_secret_as_it_is(setup: &ShareTokensSetup) {
    let new = setup.tokens.generate().unwrap();
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    assert!(new.secret.expose().bytes().all(is_plain));
}

/// "None for a text that can't be one: another length or other characters."
pub fn another_text_is_not_recognised(setup: &ShareTokensSetup) {
    let new = setup.tokens.generate().unwrap();
    let secret = new.secret.expose();
    for length in 0..secret.len() {
        assert_eq!(setup.tokens.recognise(secret.get(..length).unwrap()), None);
    }
    let tail = secret.get(1..).unwrap();
    let huge = "a".repeat(1_000_000);
    for text in [
        &format!("{secret}a"),
        &format!("{secret} "),
        &format!(" {tail}"),
        &format!("%{tail}"),
        &format!("ä{}", tail.get(1..).unwrap()),
        "' OR 1=1 --",
        "\0",
        &huge,
    ] {
        assert_eq!(setup.tokens.recognise(text), None);
    }
}

/// "RandomnessError when the system has no random bytes."
pub fn without_randomness_no_secret_is_made(setup: &ShareTokensSetup) {
    setup.randomness.set_failing(true);
    assert!(setup.tokens.generate().is_err());
}
