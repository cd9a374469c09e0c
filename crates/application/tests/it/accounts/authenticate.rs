//! Who sends a request.

use std::time::Duration;

use latchkey_application::accounts::AccountsError;
use latchkey_domain::{StoreError, session::AccessClaims, user::UserStatus};

use crate::world::{World, email};

#[tokio::test]
async fn a_good_token_is_its_account_and_session() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let actor = world.signed_in_of(&tokens).await;
    assert_eq!(actor.user, world.stored_user(tokens.user.id).await);
    assert_eq!(actor.session.user, actor.user.id);
}

#[tokio::test]
async fn what_is_no_token_signs_nobody_in() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let refresh = tokens.refresh_token.0.expose().to_owned();
    for text in ["", "' OR 1=1 --", "a.b.c", &refresh, &"x".repeat(8_192)] {
        let answer = world.app.accounts.authenticate(text).await;
        assert!(
            matches!(answer, Err(AccountsError::NotSignedIn)),
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn an_access_token_is_good_for_a_quarter_of_an_hour() {
    let world = World::new();
    let tokens = world.register("ada").await;
    assert_eq!(tokens.expires_in, Duration::from_mins(15));
    world
        .clock
        .advance(Duration::from_mins(15) - Duration::from_secs(1));
    assert!(!world.is_signed_out(&tokens).await);
    world.clock.advance(Duration::from_mins(1));
    assert!(world.is_signed_out(&tokens).await);
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_at_once_and_stays_so_when_enabled_again() {
    let world = World::new();
    let tokens = world.register("ada").await;
    for status in [UserStatus::Disabled, UserStatus::Active] {
        let accounts = &world.app.accounts;
        accounts
            .set_user_status(&email("ada"), status)
            .await
            .unwrap();
        assert!(world.is_signed_out(&tokens).await);
    }
}

#[tokio::test]
async fn each_claim_must_still_hold() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let bob = world.signed_in("bob").await;
    let good = AccessClaims {
        user: ada.user.id,
        session: ada.session.id,
        security_version: ada.user.security_version,
        issued_at: world.now(),
        expires_at: world.now().plus(Duration::from_mins(15)),
    };
    let faulty = [
        AccessClaims {
            user: bob.user.id,
            ..good.clone()
        },
        AccessClaims {
            session: bob.session.id,
            ..good.clone()
        },
        AccessClaims {
            security_version: good.security_version + 1,
            ..good.clone()
        },
    ];
    let authenticate = async |claims: &AccessClaims| {
        let token = world.ports.access_tokens.issue(claims).unwrap();
        world.app.accounts.authenticate(token.0.expose()).await
    };
    assert!(authenticate(&good).await.is_ok());
    for claims in faulty {
        let answer = authenticate(&claims).await;
        assert!(
            matches!(answer, Err(AccountsError::NotSignedIn)),
            "{claims:?}"
        );
    }
}

#[tokio::test]
async fn a_session_that_is_over_signs_nobody_in_even_with_a_fresh_token() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    world.clock.set(actor.session.expires_at);
    let claims = AccessClaims {
        user: actor.user.id,
        session: actor.session.id,
        security_version: actor.user.security_version,
        issued_at: world.now(),
        expires_at: world.now().plus(Duration::from_mins(15)),
    };
    let token = world.ports.access_tokens.issue(&claims).unwrap();
    let answer = world.app.accounts.authenticate(token.0.expose()).await;
    assert!(matches!(answer, Err(AccountsError::NotSignedIn)));
}

#[tokio::test]
async fn when_the_store_is_away_nobody_is_taken_for_anybody() {
    let world = World::new();
    let tokens = world.register("ada").await;
    world.store.faults().fail_always("find_session");
    let token = tokens.access_token.0.expose();
    let answer = world.app.accounts.authenticate(token).await;
    assert!(matches!(
        answer,
        Err(AccountsError::Store(StoreError::Unavailable(_)))
    ));
}
