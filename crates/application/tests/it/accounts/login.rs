//! Signing in.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use latchkey_application::accounts::AccountsError;
use latchkey_domain::{
    audit::AuditAction,
    rate_limit::LimitName,
    user::{
        MockPasswordHasher, Password, PasswordHash, PasswordHasher, PasswordHasherError, User,
        UserStatus, Verification,
    },
};
use latchkey_test_support::builders::Samples;
use tokio::sync::Notify;

use crate::world::{PASSWORD, World, address, login, secret};

#[tokio::test]
async fn the_right_password_begins_a_session_of_its_own() {
    let world = World::new();
    let registered = world.signed_in("ada").await;
    let tokens = world.app.accounts.login(login("ada")).await.unwrap();
    let actor = world.signed_in_of(&tokens).await;
    assert_eq!(actor.user.id, registered.user.id);
    assert_ne!(actor.session.id, registered.session.id);
    assert_eq!(
        world.audit_of(actor.user.id).await,
        [AuditAction::SignedIn, AuditAction::UserRegistered]
    );
}

#[tokio::test]
async fn composed_and_decomposed_characters_are_one_password_but_case_matters() {
    let world = World::new();
    let mut command = crate::world::register("ada");
    command.password = secret("caf\u{e9} battery staple");
    world.app.accounts.register(command).await.unwrap();
    let with = |text: &str| {
        let mut command = login("ada");
        command.password = secret(text);
        world.app.accounts.login(command)
    };
    assert!(with("cafe\u{301} battery staple").await.is_ok());
    assert!(matches!(
        with("CAF\u{c9} battery staple").await,
        Err(AccountsError::BadCredentials)
    ));
}

/// A hasher that notes what it was asked to verify and finds every hash but `None` right.
fn noting_hasher(asked: &Arc<Mutex<Vec<Option<PasswordHash>>>>) -> MockPasswordHasher {
    let asked = Arc::clone(asked);
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().returning(move |_, hash| {
        asked.lock().unwrap().push(hash.clone());
        Ok(match hash {
            Some(_) => Verification::Matches { outdated: false },
            None => Verification::Differs,
        })
    });
    hasher
}

#[tokio::test]
async fn who_may_not_sign_in_gets_one_answer_after_the_same_work() {
    let asked = Arc::default();
    let world = World::with_ports(|ports| ports.hasher = Arc::new(noting_hasher(&asked)));
    let samples = Samples::new();
    let disabled = User {
        status: UserStatus::Disabled,
        ..samples.user("disabled")
    };
    let without_password = User {
        password_hash: None,
        ..samples.user("passwordless")
    };
    for user in [&disabled, &without_password] {
        world.ports.users.insert_user(user).await.unwrap();
    }
    for name in ["unknown", "disabled", "passwordless"] {
        let answer = world.app.accounts.login(login(name)).await;
        assert!(
            matches!(answer, Err(AccountsError::BadCredentials)),
            "{name}"
        );
    }
    assert_eq!(*asked.lock().unwrap(), [None, None, None]);
}

#[tokio::test]
async fn an_account_without_a_hash_never_signs_in_whatever_the_hasher_says() {
    let world = World::with_ports(|ports| {
        let mut hasher = MockPasswordHasher::new();
        hasher
            .expect_verify()
            .returning(|_, _| Ok(Verification::Matches { outdated: true }));
        ports.hasher = Arc::new(hasher);
    });
    let user = User {
        password_hash: None,
        ..Samples::new().user("passwordless")
    };
    world.ports.users.insert_user(&user).await.unwrap();
    for name in ["unknown", "passwordless"] {
        let answer = world.app.accounts.login(login(name)).await;
        assert!(matches!(answer, Err(AccountsError::BadCredentials)));
    }
}

#[tokio::test]
async fn a_text_too_long_for_a_password_is_wrong_without_being_hashed_and_counts() {
    let world = World::with_ports(|ports| ports.hasher = Arc::new(MockPasswordHasher::new()));
    let user = Samples::new().user("ada");
    world.ports.users.insert_user(&user).await.unwrap();
    let mut command = login("ada");
    command.password = secret(&"x".repeat(100_000));
    for _ in 0..10 {
        let answer = world.app.accounts.login(command.clone()).await;
        assert!(matches!(answer, Err(AccountsError::BadCredentials)));
    }
    let answer = world.app.accounts.login(command).await;
    assert!(matches!(answer, Err(AccountsError::LimitReached(_))));
}

#[tokio::test]
async fn after_ten_wrong_passwords_that_address_has_to_wait_but_no_other() {
    let world = World::new();
    world.register("ada").await;
    for name in ["ada", "nobody"] {
        for _ in 0..10 {
            let answer = world.wrong_login(name, "203.0.113.7").await;
            assert!(matches!(answer, AccountsError::BadCredentials));
        }
        let AccountsError::LimitReached(reached) = world.wrong_login(name, "203.0.113.7").await
        else {
            panic!("the eleventh wrong password of {name} was looked at");
        };
        assert_eq!(reached.name, LimitName::LoginFailuresPerAccount);
        assert!(reached.retry_after.as_secs() >= 1);
    }
    let mut right = login("ada");
    right.address = address("203.0.113.7");
    let waits = world.app.accounts.login(right.clone()).await;
    assert!(matches!(waits, Err(AccountsError::LimitReached(_))));
    right.address = address("198.51.100.1");
    assert!(world.app.accounts.login(right).await.is_ok());
}

/// Finds the right password only after the test allows it, and wrong ones at once.
#[derive(Default)]
struct GatedHasher {
    asked: Notify,
    allowed: Notify,
}

#[async_trait]
impl PasswordHasher for GatedHasher {
    async fn hash(&self, _: Password) -> Result<PasswordHash, PasswordHasherError> {
        Err(PasswordHasherError::Busy)
    }

    async fn verify(
        &self,
        password: Password,
        _: Option<PasswordHash>,
    ) -> Result<Verification, PasswordHasherError> {
        if password.expose() != PASSWORD {
            return Ok(Verification::Differs);
        }
        self.asked.notify_one();
        self.allowed.notified().await;
        Ok(Verification::Matches { outdated: false })
    }
}

#[tokio::test]
async fn guessing_many_at_once_is_no_way_around_the_limit() {
    let hasher = Arc::new(GatedHasher::default());
    let world = World::with_ports(|ports| ports.hasher = hasher.clone());
    let user = Samples::new().user("ada");
    world.ports.users.insert_user(&user).await.unwrap();
    let mut right = login("ada");
    right.address = address("203.0.113.7");
    let accounts = world.app.accounts.clone();
    let right = tokio::spawn(async move { accounts.login(right).await });
    hasher.asked.notified().await;
    for _ in 0..10 {
        world.wrong_login("ada", "203.0.113.7").await;
    }
    hasher.allowed.notify_one();
    let answer = right.await.unwrap();
    assert!(matches!(answer, Err(AccountsError::LimitReached(_))));
}

#[tokio::test]
async fn after_a_hundred_wrong_passwords_an_address_waits_whatever_the_accounts() {
    let world = World::new();
    for number in 0..100 {
        let answer = world
            .wrong_login(&format!("user{number}"), "203.0.113.7")
            .await;
        assert!(matches!(answer, AccountsError::BadCredentials));
    }
    let AccountsError::LimitReached(reached) = world.wrong_login("another", "203.0.113.7").await
    else {
        panic!("the address was let on");
    };
    assert_eq!(reached.name, LimitName::LoginFailuresPerAddress);
}

#[tokio::test]
async fn right_passwords_never_count() {
    let world = World::new();
    world.register("ada").await;
    for _ in 0..120 {
        assert!(world.app.accounts.login(login("ada")).await.is_ok());
    }
}

#[tokio::test]
async fn a_weaker_hash_is_replaced_after_the_right_password_alone() {
    let world = World::with_ports(|ports| {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(|password, _| {
            Ok(if password.expose() == PASSWORD {
                Verification::Matches { outdated: true }
            } else {
                Verification::Differs
            })
        });
        hasher
            .expect_hash()
            .once()
            .returning(|_| Ok(PasswordHash::from_phc("$stronger".to_owned())));
        ports.hasher = Arc::new(hasher);
    });
    let user = Samples::new().user("ada");
    world.ports.users.insert_user(&user).await.unwrap();
    world.wrong_login("ada", "203.0.113.7").await;
    assert_eq!(
        world.stored_user(user.id).await.password_hash,
        user.password_hash
    );
    world.app.accounts.login(login("ada")).await.unwrap();
    let stronger = PasswordHash::from_phc("$stronger".to_owned());
    let stored = world.stored_user(user.id).await;
    assert_eq!(stored.password_hash, Some(stronger));
    assert_eq!(stored.security_version, user.security_version);
}

#[tokio::test]
async fn nobody_is_kept_out_because_a_weaker_hash_could_not_be_replaced() {
    let world = World::with_ports(|ports| {
        let mut hasher = MockPasswordHasher::new();
        hasher
            .expect_verify()
            .returning(|_, _| Ok(Verification::Matches { outdated: true }));
        hasher
            .expect_hash()
            .once()
            .returning(|_| Err(PasswordHasherError::Busy));
        ports.hasher = Arc::new(hasher);
    });
    let user = Samples::new().user("ada");
    world.ports.users.insert_user(&user).await.unwrap();
    assert!(world.app.accounts.login(login("ada")).await.is_ok());
}

#[tokio::test]
async fn when_the_hasher_has_too_much_to_do_the_try_does_not_count() {
    let world = World::with_ports(|ports| {
        let mut hasher = MockPasswordHasher::new();
        hasher
            .expect_verify()
            .returning(|_, _| Err(PasswordHasherError::Busy));
        ports.hasher = Arc::new(hasher);
    });
    for _ in 0..30 {
        let answer = world.app.accounts.login(login("ada")).await;
        assert!(matches!(answer, Err(AccountsError::Busy)));
    }
}

#[tokio::test]
async fn an_account_that_changes_while_its_password_is_checked_lets_nobody_in() {
    for disabled in [false, true] {
        let world = World::new();
        let user = world.signed_in("ada").await.user;
        let mut pause = world.store.faults().pause("insert_session");
        let accounts = world.app.accounts.clone();
        let signing_in = tokio::spawn(async move { accounts.login(login("ada")).await });
        pause.reached(1).await;
        let users = &world.ports.users;
        if disabled {
            let status = UserStatus::Disabled;
            users
                .set_user_status(user.id, status, world.now())
                .await
                .unwrap();
        } else {
            let change = Samples::new().password_change(user.id);
            users.change_password(&change).await.unwrap();
        }
        pause.end();
        let answer = signing_in.await.unwrap();
        assert!(matches!(answer, Err(AccountsError::BadCredentials)));
        let sessions = world.ports.sessions.list_sessions(user.id).await.unwrap();
        assert!(sessions.is_empty());
    }
}
