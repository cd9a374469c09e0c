//! Password hashes: their form, their cost, and how many are made at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use latchkey_adapters::{
    crypto::password::{Argon2Hasher, Argon2Settings, HasherSetupError},
    system::OsRandom,
};
use latchkey_domain::{
    secret::SecretText,
    user::{Password, PasswordHash, PasswordHasher, PasswordHasherError, Verification},
};
use latchkey_test_support::memory::system::SeededRandomness;

fn password(text: &str) -> Password {
    Password::present(&SecretText::new(text.to_owned())).unwrap()
}

fn real() -> Argon2Hasher {
    Argon2Hasher::new(Argon2Settings::default(), Arc::new(OsRandom)).unwrap()
}

/// What an operator has who raised the cost.
fn dearer() -> Argon2Hasher {
    let settings = Argon2Settings {
        memory_kib: 24_576,
        ..Argon2Settings::default()
    };
    Argon2Hasher::new(settings, Arc::new(OsRandom)).unwrap()
}

/// argon2id of "correct horse battery staple" with the salt "0123456789abcdef", made with the reference
/// implementation: m=19456, t=2, p=1.
fn reference(algorithm: &str) -> PasswordHash {
    PasswordHash::from_phc(format!(
        "${algorithm}$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0"
    ))
}

#[tokio::test]
async fn a_hash_says_how_it_was_made() {
    let hash = real().hash(password("correct horse")).await.unwrap();
    let fields: Vec<_> = hash.as_phc().split('$').collect();
    assert_eq!(fields[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    assert_eq!(fields[4].len(), 22, "16 bytes of salt");
    assert_eq!(fields[5].len(), 43, "32 bytes of hash");
}

#[tokio::test]
async fn it_agrees_with_the_reference_implementation() {
    let verdict = real()
        .verify(
            password("correct horse battery staple"),
            Some(reference("argon2id")),
        )
        .await;
    assert_eq!(verdict.unwrap(), Verification::Matches { outdated: false });
    let verdict = real()
        .verify(
            password("correct horse battery stable"),
            Some(reference("argon2id")),
        )
        .await;
    assert_eq!(verdict.unwrap(), Verification::Differs);
}

#[tokio::test]
async fn the_same_password_never_gives_the_same_hash() {
    let hasher = real();
    let one = hasher.hash(password("correct horse")).await.unwrap();
    let two = hasher.hash(password("correct horse")).await.unwrap();
    assert_ne!(one.as_phc(), two.as_phc());
    for hash in [one, two] {
        let verdict = hasher
            .verify(password("correct horse"), Some(hash.clone()))
            .await;
        assert_eq!(verdict.unwrap(), Verification::Matches { outdated: false });
        let verdict = hasher.verify(password("wrong horse"), Some(hash)).await;
        assert_eq!(verdict.unwrap(), Verification::Differs);
    }
}

#[tokio::test]
async fn nobody_never_matches() {
    let verdict = real().verify(password("correct horse"), None).await;
    assert_eq!(verdict.unwrap(), Verification::Differs);
}

#[tokio::test]
async fn nobody_costs_as_much_as_somebody() {
    let hasher = real();
    let hash = hasher.hash(password("correct horse")).await.unwrap();
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for _ in 0..9 {
        for (hash, times) in [(Some(hash.clone()), &mut known), (None, &mut unknown)] {
            let start = Instant::now();
            hasher.verify(password("wrong horse"), hash).await.unwrap();
            times.push(start.elapsed());
        }
    }
    // The work is the same; the least of nine is what the machine's other load disturbs least.
    let [known, unknown] = [known, unknown].map(|times| times.into_iter().min().unwrap());
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{known:?} and {unknown:?}");
    assert!(
        unknown > Duration::from_millis(1),
        "{unknown:?} is no argon2"
    );
}

#[tokio::test]
async fn a_cheaper_hash_is_outdated_and_a_dearer_one_is_not() {
    let cheaper = real().hash(password("correct horse")).await.unwrap();
    let verdict = dearer()
        .verify(password("correct horse"), Some(cheaper))
        .await;
    assert_eq!(verdict.unwrap(), Verification::Matches { outdated: true });
    let dear = dearer().hash(password("correct horse")).await.unwrap();
    let verdict = real().verify(password("correct horse"), Some(dear)).await;
    assert_eq!(verdict.unwrap(), Verification::Matches { outdated: false });
}

#[tokio::test]
async fn hashes_of_another_kind_or_beyond_all_reason_are_not_computed() {
    let strange = [
        reference("argon2i"),
        reference("argon2d"),
        PasswordHash::from_phc(reference("argon2id").as_phc().replace("v=19", "v=16")),
        PasswordHash::from_phc(
            reference("argon2id")
                .as_phc()
                .replace("m=19456", "m=4194304"),
        ),
        PasswordHash::from_phc(
            reference("argon2id")
                .as_phc()
                .replace("t=2", "t=4000000000"),
        ),
        PasswordHash::from_phc("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg".to_owned()),
        PasswordHash::from_phc("hunter2".to_owned()),
        PasswordHash::from_phc(String::new()),
    ];
    for hash in strange {
        let outcome = real()
            .verify(password("correct horse"), Some(hash.clone()))
            .await;
        assert!(
            matches!(outcome, Err(PasswordHasherError::Failed(_))),
            "{}",
            hash.as_phc()
        );
    }
}

#[test]
fn the_cost_can_only_be_raised() {
    let least = Argon2Settings::LEAST;
    let refused = [
        Argon2Settings {
            memory_kib: 19_455,
            ..least
        },
        Argon2Settings { passes: 1, ..least },
        Argon2Settings { lanes: 0, ..least },
        Argon2Settings {
            memory_kib: 2 * 1024 * 1024,
            ..least
        },
        Argon2Settings {
            passes: 65,
            ..least
        },
    ];
    for settings in refused {
        let outcome = Argon2Hasher::new(settings, Arc::new(OsRandom));
        assert!(
            matches!(outcome, Err(HasherSetupError::TooCheap(_))),
            "{settings:?}"
        );
    }
    let dearer = Argon2Settings {
        memory_kib: 65_536,
        passes: 3,
        lanes: 1,
    };
    assert!(Argon2Hasher::new(dearer, Arc::new(OsRandom)).is_ok());
}

#[tokio::test]
async fn without_randomness_there_is_no_hash() {
    let random = Arc::new(SeededRandomness::new(1));
    let hasher = Argon2Hasher::new(Argon2Settings::default(), random.clone()).unwrap();
    random.set_failing(true);
    let outcome = hasher.hash(password("correct horse")).await;
    assert!(matches!(outcome, Err(PasswordHasherError::Failed(_))));
}

#[tokio::test]
async fn beyond_the_queue_the_answer_is_busy_at_once_and_the_queue_is_served() {
    let hasher = Arc::new(real());
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.verify(password("correct horse"), None).await })
        })
        .collect();
    let (mut busy, mut served) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Ok(Verification::Differs) => served += 1,
            Err(PasswordHasherError::Busy) => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    let cores = std::thread::available_parallelism().unwrap().get();
    let places = (cores / 2).max(1) + 16;
    assert_eq!((served, busy), (places, 200 - places));
    let verdict = hasher.verify(password("correct horse"), None).await;
    assert_eq!(
        verdict.unwrap(),
        Verification::Differs,
        "and afterwards there is room again"
    );
}

#[tokio::test]
async fn a_caller_that_leaves_gives_its_place_back() {
    let hasher = Arc::new(real());
    for _ in 0..3 {
        let tasks: Vec<_> = (0..17)
            .map(|_| {
                let hasher = Arc::clone(&hasher);
                tokio::spawn(async move { hasher.verify(password("correct horse"), None).await })
            })
            .collect();
        tokio::task::yield_now().await;
        for task in &tasks {
            task.abort();
        }
        for task in tasks {
            // One may have been turned away, because the hash of a caller that left is still being made.
            let outcome = task.await;
            assert!(matches!(
                outcome,
                Err(_) | Ok(Err(PasswordHasherError::Busy))
            ));
        }
    }
    // At most one hash is still being made; those that waited are gone.
    let verdict = hasher.verify(password("correct horse"), None).await;
    assert_eq!(verdict.unwrap(), Verification::Differs);
}
