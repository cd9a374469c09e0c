//! Making an account.

use std::sync::Arc;

use latchkey_application::{SignupMode, accounts::AccountsError};
use latchkey_domain::{
    audit::AuditAction,
    rate_limit::LimitName,
    user::{InvalidPassword, MockPasswordHasher, MockPasswordStrength, PasswordWeakness, UserRole},
};

use crate::world::{World, address, email, register, secret};

#[tokio::test]
async fn the_first_account_is_the_operators_and_the_next_ones_are_not() {
    let world = World::new();
    let first = world.register("ada").await;
    let second = world.register("bob").await;
    assert_eq!(first.user.role, UserRole::Admin);
    assert_eq!(second.user.role, UserRole::User);
}

#[tokio::test]
async fn who_registers_is_signed_in() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let actor = world.signed_in_of(&tokens).await;
    assert_eq!(actor.user.email, email("ada"));
    assert_eq!(actor.session.user_agent.as_deref(), Some("test browser"));
    assert!(actor.session.is_stepped_up(world.now()));
    assert_eq!(
        world.audit_of(actor.user.id).await,
        [AuditAction::UserRegistered]
    );
}

#[tokio::test]
async fn accepted_terms_are_noted_with_their_time() {
    let world = World::new();
    let accepts = world.app.accounts.register(register("ada")).await.unwrap();
    assert_eq!(accepts.user.terms_accepted_at, Some(world.now()));
    let mut command = register("bob");
    command.accept_terms = false;
    let does_not = world.app.accounts.register(command).await.unwrap();
    assert_eq!(does_not.user.terms_accepted_at, None);
}

#[tokio::test]
async fn what_the_client_calls_itself_is_kept_short_and_printable() {
    let world = World::new();
    let mut command = register("ada");
    command.user_agent = Some(format!("curl\r\n\u{1b}[31m{}", "x".repeat(5_000)));
    let tokens = world.app.accounts.register(command).await.unwrap();
    let kept = world
        .signed_in_of(&tokens)
        .await
        .session
        .user_agent
        .unwrap();
    assert!(kept.starts_with("curl[31mx"), "{kept}");
    assert_eq!(kept.chars().count(), 200);
}

#[tokio::test]
async fn a_password_has_at_least_as_many_characters_as_the_operator_wants() {
    let too_short = async |world: &World, text: &str| {
        let mut command = register("ada");
        command.password = secret(text);
        match world.app.accounts.register(command).await {
            Ok(_) => None,
            Err(AccountsError::InvalidPassword(why)) => Some(why),
            Err(other) => panic!("{other:?}"),
        }
    };
    let world = World::new();
    let short = Some(InvalidPassword::TooShort { min: 12 });
    assert_eq!(too_short(&world, "elevenchars").await, short);
    assert_eq!(too_short(&world, "twelve chars").await, None);
    let strict = World::with_policy(|policy| policy.min_password_chars = 13);
    let short = Some(InvalidPassword::TooShort { min: 13 });
    assert_eq!(too_short(&strict, "twelve chars").await, short);
    let long = Some(InvalidPassword::TooLong { max: 256 });
    assert_eq!(too_short(&World::new(), &"long ".repeat(60)).await, long);
}

#[tokio::test]
async fn a_password_that_can_be_guessed_is_refused_before_it_is_hashed() {
    let world = World::with_ports(|ports| {
        let mut strength = MockPasswordStrength::new();
        strength
            .expect_judge()
            .once()
            .withf(|_, personal| {
                [
                    "ada.lovelace@example.org",
                    "ada.lovelace",
                    "ada",
                    "lovelace",
                    "augusta",
                ]
                .iter()
                .all(|word| personal.iter().any(|known| known == word))
            })
            .returning(|_, _| Err(PasswordWeakness::Personal));
        ports.strength = Arc::new(strength);
        ports.hasher = Arc::new(MockPasswordHasher::new());
    });
    let mut command = register("ada.lovelace");
    command.name = Some("Augusta of K".to_owned());
    let refused = world.app.accounts.register(command).await;
    assert!(matches!(
        refused,
        Err(AccountsError::WeakPassword(PasswordWeakness::Personal))
    ));
    assert!(world.users().await.is_empty());
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_spelt() {
    let world = World::new();
    world.register("ada").await;
    let mut command = register("ada");
    command.email = latchkey_domain::user::Email::parse("ADA@Example.ORG").unwrap();
    let again = world.app.accounts.register(command).await;
    assert!(matches!(again, Err(AccountsError::EmailTaken)));
    assert_eq!(world.users().await.len(), 1);
}

#[tokio::test]
async fn when_sign_up_is_closed_only_the_very_first_account_can_be_made() {
    for mode in [SignupMode::Closed, SignupMode::Invite] {
        let world = World::with_policy(|policy| policy.signup = mode);
        assert_eq!(world.register("ada").await.user.role, UserRole::Admin);
        let second = world.app.accounts.register(register("bob")).await;
        assert!(matches!(second, Err(AccountsError::SignupClosed)));
        assert_eq!(world.users().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_find_a_closed_server_empty_one_gets_an_account() {
    let world = World::with_policy(|policy| policy.signup = SignupMode::Closed);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..10 {
        let accounts = world.app.accounts.clone();
        tasks.spawn(async move { accounts.register(register(&format!("user{number}"))).await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let users = world.users().await;
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].role, UserRole::Admin);
}

#[tokio::test]
async fn the_twenty_first_sign_up_of_an_hour_from_one_address_is_refused() {
    let world = World::new();
    for number in 0..20 {
        world.register(&format!("user{number}")).await;
    }
    let refused = world.app.accounts.register(register("ada")).await;
    let Err(AccountsError::LimitReached(reached)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(reached.name, LimitName::Registrations);
    assert!(reached.retry_after.as_secs() >= 1);
    let mut elsewhere = register("ada");
    elsewhere.address = address("198.51.100.9");
    assert!(world.app.accounts.register(elsewhere).await.is_ok());
}
