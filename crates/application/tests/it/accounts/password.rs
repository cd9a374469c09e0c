//! Passwords: given again, changed, reset.

use std::{sync::Arc, time::Duration};

use latchkey_application::accounts::{AccountsError, SignedInTokens};
use latchkey_domain::{
    audit::AuditAction,
    personal_token::TokenFate,
    rate_limit::LimitName,
    secret::SecretText,
    user::{InvalidPassword, MockPasswordStrength, PasswordWeakness, UserStatus},
};

use crate::world::{PASSWORD, World, address, email, login, secret};

const NEW_PASSWORD: &str = "a lighthouse of cinnamon";

async fn can_sign_in(world: &World, password: &str) -> bool {
    let mut command = login("ada");
    command.password = secret(password);
    world.app.accounts.login(command).await.is_ok()
}

#[tokio::test]
async fn the_password_given_again_counts_for_five_minutes() {
    let world = World::new();
    let tokens = world.register("ada").await;
    world.clock.advance(Duration::from_mins(6));
    let stale = world.signed_in_of(&tokens).await;
    assert!(!stale.session.is_stepped_up(world.now()));
    let accounts = &world.app.accounts;
    accounts
        .reauthenticate(&stale, secret(PASSWORD))
        .await
        .unwrap();
    let fresh = world.signed_in_of(&tokens).await;
    assert!(fresh.session.is_stepped_up(world.now()));
    world.clock.advance(Duration::from_mins(5));
    assert!(!fresh.session.is_stepped_up(world.now()));
}

#[tokio::test]
async fn wrong_passwords_given_again_are_counted_like_wrong_sign_ins() {
    let world = World::new();
    let tokens = world.register("ada").await;
    world.clock.advance(Duration::from_mins(6));
    let actor = world.signed_in_of(&tokens).await;
    let give = |text: &str| world.app.accounts.reauthenticate(&actor, secret(text));
    for _ in 0..10 {
        let answer = give("wrong horse battery staple!").await;
        assert!(matches!(answer, Err(AccountsError::BadCredentials)));
    }
    let Err(AccountsError::LimitReached(reached)) = give(PASSWORD).await else {
        panic!("the eleventh was looked at");
    };
    assert_eq!(reached.name, LimitName::LoginFailuresPerAccount);
    let actor = world.signed_in_of(&tokens).await;
    assert!(!actor.session.is_stepped_up(world.now()));
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_takes_no_password() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    let accounts = &world.app.accounts;
    accounts
        .end_session(&actor, actor.session.id)
        .await
        .unwrap();
    let answer = accounts.reauthenticate(&actor, secret(PASSWORD)).await;
    assert!(matches!(answer, Err(AccountsError::NotSignedIn)));
}

async fn change(world: &World, by: &SignedInTokens) -> Result<SignedInTokens, AccountsError> {
    let actor = world.signed_in_of(by).await;
    let accounts = &world.app.accounts;
    accounts
        .change_password(&actor, secret(NEW_PASSWORD), TokenFate::Keep)
        .await
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions_and_every_older_token() {
    let world = World::new();
    let here = world.register("ada").await;
    let elsewhere = world.login("ada").await;
    let changed = change(&world, &here).await.unwrap();

    assert!(world.is_signed_out(&elsewhere).await);
    let refresh = elsewhere.refresh_token.0.expose();
    let refreshed = world.app.accounts.refresh(refresh).await;
    assert!(matches!(refreshed, Err(AccountsError::SessionOver)));
    assert!(world.is_signed_out(&here).await);

    let actor = world.signed_in_of(&changed).await;
    assert_eq!(actor.user.security_version, here.user.security_version + 1);
    let refresh = changed.refresh_token.0.expose();
    assert!(world.app.accounts.refresh(refresh).await.is_ok());
    assert!(can_sign_in(&world, NEW_PASSWORD).await);
    assert!(!can_sign_in(&world, PASSWORD).await);
    let audit = world.audit_of(here.user.id).await;
    assert!(audit.contains(&AuditAction::PasswordChanged));
}

#[tokio::test]
async fn changing_the_password_asks_for_the_old_one_within_five_minutes() {
    let world = World::new();
    let tokens = world.register("ada").await;
    world.clock.advance(Duration::from_mins(5));
    let answer = change(&world, &tokens).await;
    assert!(matches!(answer, Err(AccountsError::StepUpRequired)));
    assert!(can_sign_in(&world, PASSWORD).await);
    let actor = world.signed_in_of(&tokens).await;
    let accounts = &world.app.accounts;
    accounts
        .reauthenticate(&actor, secret(PASSWORD))
        .await
        .unwrap();
    assert!(change(&world, &tokens).await.is_ok());
}

#[tokio::test]
async fn a_new_password_must_be_as_good_as_a_first_one() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    let accounts = &world.app.accounts;
    let short = accounts
        .change_password(&actor, secret("elevenchars"), TokenFate::Keep)
        .await;
    assert!(matches!(
        short,
        Err(AccountsError::InvalidPassword(InvalidPassword::TooShort {
            min: 12
        }))
    ));
    let picky = world.rewired(|ports| {
        let mut strength = MockPasswordStrength::new();
        strength
            .expect_judge()
            .returning(|_, _| Err(PasswordWeakness::Common));
        ports.strength = Arc::new(strength);
    });
    let weak = picky
        .app
        .accounts
        .change_password(&actor, secret(NEW_PASSWORD), TokenFate::Keep)
        .await;
    assert!(matches!(
        weak,
        Err(AccountsError::WeakPassword(PasswordWeakness::Common))
    ));
    assert!(can_sign_in(&world, PASSWORD).await);
}

#[tokio::test]
async fn the_refresh_token_after_a_change_is_the_one_in_force_even_if_a_refresh_ran_beside_it() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let stale = world.signed_in_of(&tokens).await;
    let refresh = tokens.refresh_token.0.expose();
    let refreshed = world.app.accounts.refresh(refresh).await.unwrap();
    let accounts = &world.app.accounts;
    let changed = accounts
        .change_password(&stale, secret(NEW_PASSWORD), TokenFate::Keep)
        .await
        .unwrap();
    assert_eq!(changed.refresh_token, refreshed.refresh_token);
}

async fn reset(world: &World, code: &SecretText, new: &str) -> Result<(), AccountsError> {
    let from = address("203.0.113.7");
    let accounts = &world.app.accounts;
    accounts
        .reset_password(code.clone(), secret(new), TokenFate::Delete, from)
        .await
}

async fn start_reset(world: &World) -> SecretText {
    let (code, expires_at) = world.app.accounts.start_reset(&email("ada")).await.unwrap();
    assert_eq!(expires_at, world.now().plus(Duration::from_hours(1)));
    code
}

#[tokio::test]
async fn a_reset_code_sets_a_new_password_once_and_ends_every_session() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let code = start_reset(&world).await;
    reset(&world, &code, NEW_PASSWORD).await.unwrap();
    assert!(world.is_signed_out(&tokens).await);
    assert!(can_sign_in(&world, NEW_PASSWORD).await);
    assert!(!can_sign_in(&world, PASSWORD).await);
    let again = reset(&world, &code, PASSWORD).await;
    assert!(matches!(again, Err(AccountsError::InvalidResetCode)));
    let audit = world.audit_of(tokens.user.id).await;
    assert!(audit.contains(&AuditAction::PasswordResetStarted));
    assert!(audit.contains(&AuditAction::PasswordReset));
}

#[tokio::test]
async fn a_reset_code_is_good_for_an_hour_and_until_the_next_one() {
    let world = World::new();
    world.register("ada").await;
    let first = start_reset(&world).await;
    let second = start_reset(&world).await;
    let replaced = reset(&world, &first, NEW_PASSWORD).await;
    assert!(matches!(replaced, Err(AccountsError::InvalidResetCode)));
    world.clock.advance(Duration::from_hours(1));
    let late = reset(&world, &second, NEW_PASSWORD).await;
    assert!(matches!(late, Err(AccountsError::InvalidResetCode)));
    assert!(can_sign_in(&world, PASSWORD).await);
}

#[tokio::test]
async fn a_password_that_is_refused_leaves_the_code_as_it_was() {
    let world = World::new();
    world.register("ada").await;
    let code = start_reset(&world).await;
    let short = reset(&world, &code, "elevenchars").await;
    assert!(matches!(short, Err(AccountsError::InvalidPassword(_))));
    assert!(reset(&world, &code, NEW_PASSWORD).await.is_ok());
}

#[tokio::test]
async fn guessed_reset_codes_are_counted_per_address() {
    let world = World::new();
    world.register("ada").await;
    let code = start_reset(&world).await;
    for number in 0..100 {
        let guess = secret(&format!("guess {number}"));
        let answer = reset(&world, &guess, NEW_PASSWORD).await;
        assert!(matches!(answer, Err(AccountsError::InvalidResetCode)));
    }
    let Err(AccountsError::LimitReached(reached)) = reset(&world, &code, NEW_PASSWORD).await else {
        panic!("the next one was looked at");
    };
    assert_eq!(reached.name, LimitName::LoginFailuresPerAddress);
}

#[tokio::test]
async fn a_reset_does_not_enable_a_disabled_account() {
    let world = World::new();
    world.register("ada").await;
    let accounts = &world.app.accounts;
    let disabled = UserStatus::Disabled;
    accounts
        .set_user_status(&email("ada"), disabled)
        .await
        .unwrap();
    let code = start_reset(&world).await;
    reset(&world, &code, NEW_PASSWORD).await.unwrap();
    assert!(!can_sign_in(&world, NEW_PASSWORD).await);
}
