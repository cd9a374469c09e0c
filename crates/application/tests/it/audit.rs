//! The rule of the audit: what was done stands, also when its line is lost.

use crate::world::{World, login, new_key};

#[tokio::test]
async fn what_was_done_stands_when_its_line_is_lost() {
    let world = World::new();
    let actor = world.actor("ada").await;
    world.store.faults().fail_always("append_audit");
    assert!(world.app.accounts.login(login("ada")).await.is_ok());
    let key = world
        .app
        .api_keys
        .add(&actor, new_key("work"))
        .await
        .unwrap();
    world.app.api_keys.delete(&actor, key.id).await.unwrap();
    assert!(world.app.api_keys.list(&actor).await.unwrap().is_empty());
    // The line of the registration, and three that were tried.
    assert_eq!(world.store.faults().calls("append_audit"), 4);
    assert_eq!(world.store.audit_events().len(), 1);
}
