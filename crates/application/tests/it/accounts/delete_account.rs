//! Deleting one's own account.

use std::{sync::Arc, time::Duration};

use latchkey_application::accounts::AccountsError;
use latchkey_domain::{Owner, api_key::MockKeyVault, audit::AuditAction};
use mockall::predicate::eq;

use crate::world::{World, login};

#[tokio::test]
async fn everything_of_a_deleted_account_is_gone_but_the_audit() {
    let world = World::new();
    let tokens = world.register("ada").await;
    let actor = world.signed_in_of(&tokens).await;
    let key = world.add_key(&actor.clone().into(), "work").await;
    world.app.accounts.delete_account(&actor).await.unwrap();
    assert!(world.is_signed_out(&tokens).await);
    assert!(world.users().await.is_empty());
    let found = world
        .ports
        .api_keys
        .find_api_key(Owner::User(actor.user.id), key.id)
        .await;
    assert_eq!(found.unwrap(), None);
    let answer = world.app.accounts.login(login("ada")).await;
    assert!(matches!(answer, Err(AccountsError::BadCredentials)));
    assert_eq!(
        world.audit_of(actor.user.id).await[0],
        AuditAction::UserDeleted
    );
}

#[tokio::test]
async fn its_opened_keys_are_wiped_from_memory() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    let key = world.add_key(&actor.clone().into(), "work").await;
    let watched = world.rewired(|ports| {
        let mut vault = MockKeyVault::new();
        vault
            .expect_forget()
            .with(eq(key.id))
            .once()
            .return_const(());
        ports.vault = Arc::new(vault);
    });
    watched.app.accounts.delete_account(&actor).await.unwrap();
}

#[tokio::test]
async fn deleting_asks_for_the_password_within_five_minutes() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    world.clock.advance(Duration::from_mins(5));
    let answer = world.app.accounts.delete_account(&actor).await;
    assert!(matches!(answer, Err(AccountsError::StepUpRequired)));
    assert_eq!(world.users().await.len(), 1);
}

#[tokio::test]
async fn an_account_is_deleted_once() {
    let world = World::new();
    let actor = world.signed_in("ada").await;
    world.app.accounts.delete_account(&actor).await.unwrap();
    let again = world.app.accounts.delete_account(&actor).await;
    assert!(matches!(again, Err(AccountsError::NotSignedIn)));
}
