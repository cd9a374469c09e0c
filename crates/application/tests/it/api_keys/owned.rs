//! Reading, changing and deleting keys, one's own alone.

use std::{sync::Arc, time::Duration};

use latchkey_application::{Actor, api_keys::ApiKeysError};
use latchkey_domain::{
    api_key::{ApiKey, KeyChange, MockKeyVault},
    audit::AuditAction,
    id::ApiKeyId,
    llm::MockLlmClient,
};
use mockall::predicate::eq;

use crate::world::{PASSWORD, World, login, new_key, register};

#[tokio::test]
async fn keys_are_listed_in_order_of_use() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let mut added = Vec::new();
    for name in ["first", "second", "third"] {
        added.push(world.add_key(&actor, name).await);
    }
    assert_eq!(world.app.api_keys.list(&actor).await.unwrap(), added);
    assert!(added.is_sorted_by_key(|key| key.position));
}

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    world.clock.advance(Duration::from_secs(1));
    let expiry = world.now().plus(Duration::from_hours(1));
    let change = KeyChange {
        name: Some("home".to_owned()),
        is_active: Some(false),
        expires_at: Some(Some(expiry)),
    };
    let changed = world
        .app
        .api_keys
        .update(&actor, key.id, change)
        .await
        .unwrap();
    let expected = ApiKey {
        name: "home".to_owned(),
        is_active: false,
        expires_at: Some(expiry),
        updated_at: world.now(),
        ..key.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(
        world.app.api_keys.get(&actor, key.id).await.unwrap(),
        expected
    );
    assert_eq!(
        world.audit_of(actor.user.id).await[0],
        AuditAction::KeyUpdated
    );

    let clear = KeyChange {
        expires_at: Some(None),
        ..KeyChange::default()
    };
    let cleared = world
        .app
        .api_keys
        .update(&actor, key.id, clear)
        .await
        .unwrap();
    assert_eq!(cleared.expires_at, None);
    assert_eq!(cleared.name, "home");
}

#[tokio::test]
async fn a_deleted_key_is_gone_and_wiped_and_the_others_still_work() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let kept = world.add_key(&actor, "kept").await;
    let deleted = world.add_key(&actor, "deleted").await;
    let watched = world.rewired(|ports| {
        let mut vault = MockKeyVault::new();
        vault
            .expect_forget()
            .with(eq(deleted.id))
            .once()
            .return_const(());
        ports.vault = Arc::new(vault);
    });
    watched
        .app
        .api_keys
        .delete(&actor, deleted.id)
        .await
        .unwrap();
    assert_eq!(
        world.audit_of(actor.user.id).await[0],
        AuditAction::KeyDeleted
    );
    let gone = world.app.api_keys.get(&actor, deleted.id).await;
    assert!(matches!(gone, Err(ApiKeysError::NotFound)));
    let tested = world.app.api_keys.test_stored(&actor, kept.id).await;
    assert!(tested.is_ok());
    let twice = watched.app.api_keys.delete(&actor, deleted.id).await;
    assert!(matches!(twice, Err(ApiKeysError::NotFound)));
}

/// Every use of a key by its id, over ports that would notice if a key were opened, sent or forgotten.
async fn every_use(world: &World, actor: &Actor, id: ApiKeyId) -> Vec<Result<(), ApiKeysError>> {
    let api_keys = &world.app.api_keys;
    vec![
        api_keys.get(actor, id).await.map(drop),
        api_keys
            .update(actor, id, KeyChange::default())
            .await
            .map(drop),
        api_keys.test_stored(actor, id).await.map(drop),
        api_keys.delete(actor, id).await,
    ]
}

#[tokio::test]
async fn somebody_elses_key_is_not_found_like_one_that_never_was() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    let bobs = world.add_key(&bob, "work").await;
    let untouched = world.rewired(|ports| {
        ports.vault = Arc::new(MockKeyVault::new());
        ports.llm = Arc::new(MockLlmClient::new());
    });
    let never = ApiKeyId::new(world.ports.ids.as_ref());
    for id in [bobs.id, never] {
        for answer in every_use(&untouched, &ada, id).await {
            assert!(matches!(answer, Err(ApiKeysError::NotFound)), "{answer:?}");
        }
    }
    assert_eq!(world.app.api_keys.get(&bob, bobs.id).await.unwrap(), bobs);
    assert!(world.app.api_keys.list(&ada).await.unwrap().is_empty());
}

#[tokio::test]
async fn no_debug_text_holds_a_secret() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    let texts = [
        format!("{key:?}"),
        format!("{:?}", new_key("work")),
        format!("{:?}", register("ada")),
        format!("{:?}", login("ada")),
    ];
    for text in texts {
        assert!(!text.contains("CANARY"), "{text}");
        assert!(!text.contains(PASSWORD), "{text}");
    }
}

#[tokio::test]
async fn keys_change_places() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let first = world.add_key(&actor, "first").await;
    let second = world.add_key(&actor, "second").await;
    let keys = &world.app.api_keys;
    let refused = keys.order(&actor, &[second.id]).await;
    assert!(matches!(refused, Err(ApiKeysError::NotTheKeys)));
    let ordered = keys.order(&actor, &[second.id, first.id]).await.unwrap();
    assert_eq!(ordered, keys.list(&actor).await.unwrap());
    assert_eq!([ordered[0].id, ordered[1].id], [second.id, first.id]);
    assert_eq!(
        world.audit_of(actor.user.id).await[0],
        AuditAction::KeysOrdered
    );
    let stranger = world.actor("eve").await;
    assert_eq!(keys.order(&stranger, &[]).await.unwrap(), []);
}
