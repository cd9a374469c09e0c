//! What every [`PasswordHasher`] promises.

use std::{any::Any, sync::Arc};

use latchkey_domain::{
    secret::SecretText,
    user::{Password, PasswordHash, PasswordHasher, PasswordHasherError, Verification},
};

use super::all_at_once;

/// Two hashers of one kind.
pub struct PasswordHasherSetup {
    /// The hasher.
    pub hasher: Arc<dyn PasswordHasher>,
    /// One whose hashes are weaker, as the product made them before its settings were raised.
    pub weaker: Arc<dyn PasswordHasher>,
    /// What lives exactly as long as the case.
    pub guard: Box<dyn Any + Send + Sync>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! password_hasher_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { password_hasher, $factory;
            the_right_password_matches,
            any_other_password_differs,
            each_hash_has_its_own_salt,
            without_a_hash_every_password_differs,
            a_weaker_hash_is_outdated,
            a_hash_that_cant_be_read_is_a_failure,
            a_hash_shows_nothing_of_the_password,
            a_crowd_is_served_or_sent_away_at_once,
        }
    };
}
pub use password_hasher_cases as cases;

/// "It is the one."
pub async fn the_right_password_matches(setup: &PasswordHasherSetup) {
    for text in [
        "correct horse battery staple!",
        "пароль пароль 🔑",
        "x",
        " spaces count ",
    ] {
        let hash = hash(setup, text).await;
        let verdict = verify(setup, text, Some(hash)).await.unwrap();
        assert_eq!(verdict, Verification::Matches { outdated: false }, "{text}");
    }
}

/// "It is another."
pub async fn any_other_password_differs(setup: &PasswordHasherSetup) {
    let hash = hash(setup, "correct horse battery staple!").await;
    let others = [
        "",
        "correct horse battery staple",
        "Correct horse battery staple!",
        "correct horse battery staple! ",
        "correct horse battery staple!\0",
    ];
    for other in others {
        let verdict = verify(setup, other, Some(hash.clone())).await.unwrap();
        assert_eq!(verdict, Verification::Differs, "{other:?}");
    }
}

/// "… with a fresh salt."
pub async fn each_hash_has_its_own_salt(setup: &PasswordHasherSetup) {
    let [first, second] = [hash(setup, "same").await, hash(setup, "same").await];
    assert_ne!(first, second);
}

/// "Without a hash the answer is `Differs` …"
pub async fn without_a_hash_every_password_differs(setup: &PasswordHasherSetup) {
    for text in ["correct horse battery staple!", "", "dummy"] {
        let verdict = verify(setup, text, None).await.unwrap();
        assert_eq!(verdict, Verification::Differs, "{text:?}");
    }
}

/// "`outdated` when the hash is weaker than hashes made today."
pub async fn a_weaker_hash_is_outdated(setup: &PasswordHasherSetup) {
    let weak = setup.weaker.hash(password("old password")).await.unwrap();
    let verdict = verify(setup, "old password", Some(weak.clone()))
        .await
        .unwrap();
    assert_eq!(verdict, Verification::Matches { outdated: true });
    let verdict = verify(setup, "another one", Some(weak)).await.unwrap();
    assert_eq!(verdict, Verification::Differs);
}

/// "Failed: … the stored hash can't be read": it must never match.
pub async fn a_hash_that_cant_be_read_is_a_failure(setup: &PasswordHasherSetup) {
    let good = hash(setup, "password").await;
    let cut = good
        .as_phc()
        .get(..good.as_phc().len() / 2)
        .unwrap_or_default();
    for damaged in ["", "plain text", "$", "$unknown$v=1$c2FsdA$aGFzaA", cut] {
        let damaged = PasswordHash::from_phc(damaged.to_owned());
        let result = verify(setup, "password", Some(damaged)).await;
        assert!(
            matches!(result, Err(PasswordHasherError::Failed(_))),
            "{result:?}"
        );
    }
}

/// A hash is no hiding place.
pub async fn a_hash_shows_nothing_of_the_password(setup: &PasswordHasherSetup) {
    let hash = hash(setup, "correct horse").await;
    assert!(!hash.as_phc().contains("correct"));
    assert!(!hash.as_phc().contains("horse"));
}

/// "Busy at once when as many hashes wait as may wait": nothing else, and not for everybody.
pub async fn a_crowd_is_served_or_sent_away_at_once(setup: &PasswordHasherSetup) {
    let results = all_at_once(200, |_| {
        let hasher = setup.hasher.clone();
        async move { hasher.hash(password("one of many")).await }
    })
    .await;
    let served = results.iter().filter(|result| result.is_ok()).count();
    let busy = |result: &&_| matches!(result, Err(PasswordHasherError::Busy));
    let sent_away = results.iter().filter(busy).count();
    assert!(served > 0);
    assert_eq!(served + sent_away, 200);
    hash(setup, "after the crowd").await;
}

fn password(text: &str) -> Password {
    Password::present(&SecretText::new(text.to_owned())).expect("not too long")
}

async fn hash(setup: &PasswordHasherSetup, text: &str) -> PasswordHash {
    setup.hasher.hash(password(text)).await.unwrap()
}

async fn verify(
    setup: &PasswordHasherSetup,
    text: &str,
    hash: Option<PasswordHash>,
) -> Result<Verification, PasswordHasherError> {
    setup.hasher.verify(password(text), hash).await
}
