//! Changes of one's own account.

use std::time::Duration;

use latchkey_application::accounts::{AccountsError, UpdateMe};
use latchkey_domain::user::{CacheLifetime, OnDisconnect, SettingsChange};

use crate::world::World;

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let actor = world.signed_in_of(&tokens).await;
    world.clock.advance(Duration::from_secs(1));
    let change = UpdateMe {
        name: None,
        settings: SettingsChange {
            on_disconnect: Some(OnDisconnect::Stop),
            retention_days: Some(Some(30)),
            ..SettingsChange::default()
        },
    };
    let changed = world.app.accounts.update_me(&actor, change).await.unwrap();
    assert_eq!(changed.name.as_deref(), Some("ada"));
    assert_eq!(changed.settings.on_disconnect, OnDisconnect::Stop);
    assert_eq!(changed.settings.retention_days, Some(30));
    assert_eq!(changed.settings.prompt_cache, CacheLifetime::FiveMinutes);
    assert_eq!(changed.updated_at, world.now());
    assert_eq!(world.stored_user(actor.user.id).await, changed);
    assert!(!world.is_signed_out(&tokens).await);
}

#[tokio::test]
async fn a_name_can_be_taken_away() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    let change = UpdateMe {
        name: Some(None),
        ..UpdateMe::default()
    };
    let changed = world.app.accounts.update_me(&actor, change).await.unwrap();
    assert_eq!(changed.name, None);
}

#[tokio::test]
async fn an_account_that_is_gone_is_not_changed() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    world.app.accounts.delete_account(&actor).await.unwrap();
    let answer = world
        .app
        .accounts
        .update_me(&actor, UpdateMe::default())
        .await;
    assert!(matches!(answer, Err(AccountsError::NotSignedIn)));
}
