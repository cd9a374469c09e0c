//! Refresh tokens: replaced, repeated, re-used, given up.

use std::time::Duration;

use latchkey_application::accounts::{AccountsError, LogoutBy, SignedInTokens};
use latchkey_domain::{
    audit::AuditAction,
    rate_limit::LimitName,
    session::{SESSION_IDLE_LIFE, SESSION_LIFE},
    user::UserStatus,
};

use crate::world::{World, email};

fn text(tokens: &SignedInTokens) -> String {
    tokens.refresh_token.0.expose().to_owned()
}

async fn refresh(world: &World, token: &str) -> Result<SignedInTokens, AccountsError> {
    world.app.accounts.refresh(token).await
}

async fn is_over(world: &World, token: &str) -> bool {
    matches!(refresh(world, token).await, Err(AccountsError::SessionOver))
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_session() {
    let world = World::new();
    let first = world.register("ada").await;
    let before = world.signed_in_of(&first).await;
    world.clock.advance(Duration::from_mins(14));
    let second = refresh(&world, &text(&first)).await.unwrap();
    assert_ne!(text(&second), text(&first));
    assert_eq!(second.expires_in, Duration::from_mins(15));
    assert_eq!(second.session_expires_at, first.session_expires_at);
    let after = world.signed_in_of(&second).await;
    assert_eq!(after.session.id, before.session.id);
    assert_eq!(after.session.refreshed_at, world.now());
}

#[tokio::test]
async fn the_token_just_replaced_gives_the_same_successor_for_a_minute() {
    let world = World::new();
    let first = text(&world.register("ada").await);
    let second = text(&refresh(&world, &first).await.unwrap());
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(text(&refresh(&world, &first).await.unwrap()), second);
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(text(&refresh(&world, &first).await.unwrap()), second);
    assert!(refresh(&world, &second).await.is_ok());
}

#[tokio::test]
async fn after_a_minute_the_token_just_replaced_ends_the_session() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let first = text(&tokens);
    let second = text(&refresh(&world, &first).await.unwrap());
    world.clock.advance(Duration::from_secs(61));
    assert!(is_over(&world, &first).await);
    assert!(is_over(&world, &second).await);
    assert_eq!(
        world.audit_of(tokens.user.id).await[0],
        AuditAction::RefreshReuse
    );
}

#[tokio::test]
async fn an_older_token_ends_the_whole_session_at_once() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let first = text(&tokens);
    let second = text(&refresh(&world, &first).await.unwrap());
    let third = refresh(&world, &second).await.unwrap();
    world.clock.advance(Duration::from_secs(10));
    assert!(is_over(&world, &first).await);
    assert!(is_over(&world, &second).await);
    assert!(is_over(&world, &text(&third)).await);
    assert!(world.is_signed_out(&third).await);
    let audit = world.audit_lines_of(tokens.user.id).await;
    assert_eq!(audit[0].action, AuditAction::RefreshReuse);
    assert_eq!(audit[0].actor, None);
    let reuses = audit
        .iter()
        .filter(|line| line.action == AuditAction::RefreshReuse);
    assert_eq!(reuses.count(), 1);
}

#[tokio::test]
async fn what_was_never_a_refresh_token_is_none() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let access = tokens.access_token.0.expose().to_owned();
    for text in ["", "x", "bkr_", "' OR 1=1 --", &access, &"a".repeat(8_192)] {
        assert!(is_over(&world, text).await, "{text:?}");
    }
    assert!(!world.is_signed_out(&tokens).await);
}

#[tokio::test]
async fn idle_and_old_sessions_give_no_more_tokens() {
    let idle = World::new();
    let token = text(&idle.register("ada").await);
    idle.clock.advance(SESSION_IDLE_LIFE);
    assert!(is_over(&idle, &token).await);

    let old = World::new();
    let mut tokens = old.register("ada").await;
    for _ in 0..9 {
        old.clock
            .advance((SESSION_LIFE - Duration::from_mins(5)) / 9);
        tokens = refresh(&old, &text(&tokens)).await.unwrap();
    }
    let left = tokens.session_expires_at.since(old.now());
    assert_eq!(tokens.expires_in, left);
    assert!(left < Duration::from_mins(6));
    old.clock.advance(left);
    assert!(is_over(&old, &text(&tokens)).await);
}

#[tokio::test]
async fn a_disabled_account_gets_no_more_tokens() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let disabled = UserStatus::Disabled;
    let accounts = &world.app.accounts;
    accounts
        .set_user_status(&email("ada"), disabled)
        .await
        .unwrap();
    assert!(is_over(&world, &text(&tokens)).await);
    assert!(world.is_signed_out(&tokens).await);
}

#[tokio::test]
async fn a_session_refreshes_thirty_times_a_minute_at_most() {
    let world = World::new();
    let mut token = text(&world.register("ada").await);
    for _ in 0..30 {
        token = text(&refresh(&world, &token).await.unwrap());
    }
    let refused = refresh(&world, &token).await;
    let Err(AccountsError::LimitReached(reached)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(reached.name, LimitName::Refreshes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tabs_that_refresh_together_get_the_same_successor() {
    let world = World::new();
    let first = text(&world.register("ada").await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (accounts, token) = (world.app.accounts.clone(), first.clone());
        tasks.spawn(async move { text(&accounts.refresh(&token).await.unwrap()) });
    }
    let mut successors = tasks.join_all().await;
    successors.dedup();
    assert_eq!(successors.len(), 1);
    assert!(refresh(&world, &successors[0]).await.is_ok());
}

#[tokio::test]
async fn who_loses_the_race_for_the_next_token_gets_what_the_winner_got() {
    let world = World::new();
    let first = text(&world.register("ada").await);
    let mut pause = world.store.faults().pause("rotate_refresh");
    let refreshing = || {
        let (accounts, token) = (world.app.accounts.clone(), first.clone());
        tokio::spawn(async move { accounts.refresh(&token).await.unwrap() })
    };
    let (one, two) = (refreshing(), refreshing());
    pause.reached(2).await;
    pause.end();
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    assert_eq!(text(&one), text(&two));
    assert_eq!(world.signed_in_of(&one).await.session.generation, 1);
    assert!(refresh(&world, &text(&two)).await.is_ok());
}

#[tokio::test]
async fn who_loses_the_race_to_a_logout_is_signed_out() {
    let world = World::new();
    let first = world.register("ada").await;
    let mut pause = world.store.faults().pause("rotate_refresh");
    let (accounts, token) = (world.app.accounts.clone(), text(&first));
    let refreshing = tokio::spawn(async move { accounts.refresh(&token).await });
    pause.reached(1).await;
    let by = LogoutBy::RefreshToken(text(&first));
    world.app.accounts.logout(by).await.unwrap();
    pause.end();
    let refreshed = refreshing.await.unwrap();
    assert!(matches!(refreshed, Err(AccountsError::SessionOver)));
}

#[tokio::test]
async fn after_a_logout_neither_token_is_good() {
    for by_token in [false, true] {
        let world = World::new();
        let tokens = world.register("ada").await;
        let elsewhere = world.login("ada").await;
        let by = if by_token {
            LogoutBy::RefreshToken(text(&tokens))
        } else {
            LogoutBy::Session(world.signed_in_of(&tokens).await)
        };
        world.app.accounts.logout(by.clone()).await.unwrap();
        assert!(world.is_signed_out(&tokens).await);
        assert!(is_over(&world, &text(&tokens)).await);
        assert!(!world.is_signed_out(&elsewhere).await);
        assert!(world.app.accounts.logout(by).await.is_ok());
        let audit = world.audit_of(tokens.user.id).await;
        let ended = audit
            .iter()
            .filter(|action| **action == AuditAction::SessionEnded);
        assert_eq!(ended.count(), 1);
    }
}

#[tokio::test]
async fn logging_out_with_any_other_text_does_nothing() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let by = LogoutBy::RefreshToken("no token".to_owned());
    assert!(world.app.accounts.logout(by).await.is_ok());
    assert!(!world.is_signed_out(&tokens).await);
}
