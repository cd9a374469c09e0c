//! Personal access tokens: made, used, and refused at once when they are void.

use std::time::Duration;

use latchkey_application::{
    Actor, Credential,
    accounts::AccountsError,
    personal_tokens::{CreatePersonalToken, CreatedPersonalToken, PersonalTokensError},
};
use latchkey_domain::{
    StoreError, Timestamp,
    audit::AuditAction,
    personal_token::{MAX_TOKENS_PER_USER, PersonalToken, Scope, Scopes, TokenFate},
    session::SignedIn,
    user::UserStatus,
};
use latchkey_test_support::builders::Samples;

use crate::world::{World, address, email, secret};

const NEW_PASSWORD: &str = "another plover-gneiss-47 quill";

fn is_refused(answer: &Result<Actor, AccountsError>) -> bool {
    matches!(answer, Err(AccountsError::NotSignedIn))
}

async fn listed(world: &World, by: &SignedIn) -> Vec<PersonalToken> {
    world.app.personal_tokens.list(by).await.unwrap()
}

/// The token's last use, once it is noted: that happens beside the request.
async fn noted_use(world: &World, by: &SignedIn) -> Timestamp {
    for _ in 0..100_000 {
        let tokens = listed(world, by).await;
        if let Some(at) = tokens.first().and_then(|token| token.last_used_at) {
            return at;
        }
        tokio::task::yield_now().await;
    }
    panic!("the use isn't noted");
}

#[tokio::test]
async fn a_token_signs_its_owner_in_for_its_scopes() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let token = world
        .personal_token(&ada, &[Scope::Chat, Scope::UsageRead])
        .await;
    let actor = world.holder_of(&token).await.unwrap();
    assert_eq!(actor.user, ada.user);
    assert!(matches!(&actor.by, Credential::PersonalToken(by) if by.id == token.token.id));
    let may: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|scope| actor.may(*scope))
        .collect();
    assert_eq!(may, [Scope::Chat, Scope::UsageRead]);
    assert!(actor.into_signed_in().is_none(), "a token is no session");
    let by_session = Actor::from(ada.clone());
    assert!(Scope::ALL.into_iter().all(|scope| by_session.may(scope)));
    assert_eq!(
        world.audit_of(ada.user.id).await[0],
        AuditAction::TokenCreated
    );
}

#[tokio::test]
async fn only_its_hash_is_stored() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let token = world.personal_token(&ada, &Scope::ALL).await;
    let random_part = &token.secret.expose()[3..40];
    assert!(!world.store.dump().contains(random_part));
    assert!(!format!("{token:?}").contains(random_part));
}

#[tokio::test]
async fn a_mistyped_token_never_reaches_the_store() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let token = world.personal_token(&ada, &Scope::ALL).await;
    let mut mistyped = token.secret.expose().to_owned();
    let last = mistyped.pop().unwrap();
    mistyped.push(if last == '0' { '1' } else { '0' });
    world.store.faults().fail_everything();
    for text in [mistyped.as_str(), "lk_", "lk_0000000000000000"] {
        assert!(is_refused(&world.app.accounts.authenticate(text).await));
    }
    let good = world.holder_of(&token).await;
    assert!(matches!(
        good,
        Err(AccountsError::Store(StoreError::Unavailable(_)))
    ));
}

#[tokio::test]
async fn a_token_is_void_from_its_expiry_on() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let command = CreatePersonalToken {
        name: "for an hour".to_owned(),
        scopes: Scopes::of([Scope::Chat]).unwrap(),
        expires_at: Some(world.now().plus(Duration::from_hours(1))),
    };
    let tokens = &world.app.personal_tokens;
    let token = tokens.create(&ada, command).await.unwrap();
    world
        .clock
        .advance(Duration::from_hours(1) - Duration::from_micros(1));
    assert!(world.holder_of(&token).await.is_ok());
    world.clock.advance(Duration::from_micros(1));
    assert!(is_refused(&world.holder_of(&token).await));
    // It stays in the list for a while, and then is tidied away.
    world.clock.advance(Duration::from_hours(30 * 24 - 1));
    assert_eq!(world.app.tidy_up().await.unwrap().personal_tokens, 0);
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(world.app.tidy_up().await.unwrap().personal_tokens, 1);
    assert_eq!(listed(&world, &ada).await, []);
}

#[tokio::test]
async fn a_deleted_token_is_refused_at_once() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let [kept, token] = [(); 2].map(|()| world.personal_token(&ada, &Scope::ALL));
    let (kept, token) = (kept.await, token.await);
    let tokens = &world.app.personal_tokens;
    tokens.delete(&ada, token.token.id).await.unwrap();
    assert!(is_refused(&world.holder_of(&token).await));
    assert!(world.holder_of(&kept).await.is_ok());
    let again = tokens.delete(&ada, token.token.id).await;
    assert!(matches!(again, Err(PersonalTokensError::NotFound)));
    assert_eq!(
        world.audit_of(ada.user.id).await[0],
        AuditAction::TokenDeleted
    );
}

#[tokio::test]
async fn nobody_sees_or_deletes_somebody_elses_token() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let eve = world.signed_in("eve").await;
    let token = world.personal_token(&ada, &Scope::ALL).await;
    assert_eq!(listed(&world, &eve).await, []);
    let stolen = world.app.personal_tokens.delete(&eve, token.token.id).await;
    assert!(matches!(stolen, Err(PersonalTokensError::NotFound)));
    assert!(world.holder_of(&token).await.is_ok());
}

#[tokio::test]
async fn a_disabled_accounts_tokens_are_gone_for_good() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let token = world.personal_token(&ada, &Scope::ALL).await;
    for status in [UserStatus::Disabled, UserStatus::Active] {
        let accounts = &world.app.accounts;
        accounts
            .set_user_status(&email("ada"), status)
            .await
            .unwrap();
        assert!(is_refused(&world.holder_of(&token).await));
    }
}

#[tokio::test]
async fn a_token_of_a_disabled_account_is_refused_even_if_it_is_still_there() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let accounts = &world.app.accounts;
    let address = email("ada");
    let disabled = accounts.set_user_status(&address, UserStatus::Disabled);
    disabled.await.unwrap();
    let new = world.ports.personal_token_secrets.generate().unwrap();
    let late = PersonalToken {
        hash: new.hash,
        ..Samples::new().personal_token(ada.user.id)
    };
    let inserted = world.ports.personal_tokens.insert_personal_token(&late);
    inserted.await.unwrap();
    assert!(is_refused(
        &accounts.authenticate(new.secret.expose()).await
    ));
}

#[tokio::test]
async fn a_new_password_keeps_the_tokens_unless_it_shall_not() {
    for (fate, survives) in [(TokenFate::Keep, true), (TokenFate::Delete, false)] {
        let world = World::new();
        let ada = world.signed_in("ada").await;
        let token = world.personal_token(&ada, &Scope::ALL).await;
        let accounts = &world.app.accounts;
        let changed = accounts.change_password(&ada, secret(NEW_PASSWORD), fate);
        changed.await.unwrap();
        assert_eq!(
            is_refused(&world.holder_of(&token).await),
            !survives,
            "{fate:?}"
        );
    }
}

#[tokio::test]
async fn a_reset_deletes_the_tokens_unless_they_shall_stay() {
    for (fate, survives) in [(TokenFate::Keep, true), (TokenFate::Delete, false)] {
        let world = World::new();
        let ada = world.signed_in("ada").await;
        let token = world.personal_token(&ada, &Scope::ALL).await;
        let accounts = &world.app.accounts;
        let (code, _) = accounts.start_reset(&email("ada")).await.unwrap();
        let reset = accounts.reset_password(code, secret(NEW_PASSWORD), fate, address("192.0.2.1"));
        reset.await.unwrap();
        assert_eq!(
            is_refused(&world.holder_of(&token).await),
            !survives,
            "{fate:?}"
        );
    }
}

#[tokio::test]
async fn a_token_that_is_made_while_its_session_ends_does_not_outlive_it() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let mut pause = world.store.faults().pause("insert_personal_token");
    let (tokens, by) = (world.app.personal_tokens.clone(), ada.clone());
    let creating = tokio::spawn(async move {
        let command = CreatePersonalToken {
            name: "late".to_owned(),
            scopes: Scopes::of(Scope::ALL).unwrap(),
            expires_at: None,
        };
        tokens.create(&by, command).await
    });
    pause.reached(1).await;
    let accounts = &world.app.accounts;
    for status in [UserStatus::Disabled, UserStatus::Active] {
        accounts
            .set_user_status(&email("ada"), status)
            .await
            .unwrap();
    }
    pause.end();
    let refused = creating.await.unwrap();
    assert!(matches!(refused, Err(PersonalTokensError::NotSignedIn)));
    assert_eq!(listed(&world, &ada).await, []);
}

#[tokio::test]
async fn there_are_so_many_tokens_and_no_more() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    for _ in 0..MAX_TOKENS_PER_USER {
        world.personal_token(&ada, &[Scope::Chat]).await;
    }
    let one_more = CreatePersonalToken {
        name: "one more".to_owned(),
        scopes: Scopes::of([Scope::Chat]).unwrap(),
        expires_at: None,
    };
    let refused = world.app.personal_tokens.create(&ada, one_more).await;
    assert!(matches!(refused, Err(PersonalTokensError::TooMany)));
}

#[tokio::test]
async fn a_use_is_noted_at_most_once_a_minute() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let token = world.personal_token(&ada, &[Scope::Chat]).await;
    let first = world.now();
    world.holder_of(&token).await.unwrap();
    assert_eq!(noted_use(&world, &ada).await, first);
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(10));
        world.holder_of(&token).await.unwrap();
    }
    assert_eq!(world.store.faults().calls("mark_personal_token_used"), 1);
    world.clock.advance(Duration::from_secs(10));
    world.holder_of(&token).await.unwrap();
    while world.store.faults().calls("mark_personal_token_used") < 2 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn many_requests_at_once_note_one_use_and_wait_for_none() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let token = world.personal_token(&ada, &[Scope::Chat]).await;
    let mut pause = world.store.faults().pause("mark_personal_token_used");
    for _ in 0..20 {
        assert!(world.holder_of(&token).await.is_ok());
    }
    pause.reached(1).await;
    pause.end();
    noted_use(&world, &ada).await;
    assert_eq!(world.store.faults().calls("mark_personal_token_used"), 1);
}

#[tokio::test]
async fn a_use_that_cant_be_noted_keeps_nobody_out() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let token: CreatedPersonalToken = world.personal_token(&ada, &[Scope::Chat]).await;
    world.store.faults().fail("mark_personal_token_used", 1);
    assert!(world.holder_of(&token).await.is_ok());
    while world.store.faults().calls("mark_personal_token_used") < 1 {
        tokio::task::yield_now().await;
    }
    // The next one tries again.
    let mut tries = 0;
    while listed(&world, &ada).await[0].last_used_at.is_none() {
        tries += 1;
        assert!(tries < 100_000, "the use isn't noted");
        world.holder_of(&token).await.unwrap();
        tokio::task::yield_now().await;
    }
}
