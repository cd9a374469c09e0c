//! The models that somebody can use.

use std::{sync::Arc, time::Duration};

use latchkey_application::models::ModelsError;
use latchkey_domain::{
    api_key::{KeyChange, MockKeyVault, VaultError},
    audit::AuditAction,
    llm::{LlmError, LlmErrorKind, MockLlmClient},
    usage::MODEL_PRICES,
};

use crate::world::{World, key_secret, model_info};

/// A provider that lists one model with and one without a price, for this key alone.
fn listing_for(name: &'static str) -> Arc<MockLlmClient> {
    let mut llm = MockLlmClient::new();
    llm.expect_list_models()
        .once()
        .withf(move |key| key.expose() == key_secret(name))
        .returning(|_| {
            Ok(vec![
                model_info("claude-opus-5-5"),
                model_info("claude-next-9"),
            ])
        });
    Arc::new(llm)
}

#[tokio::test]
async fn with_a_key_it_is_the_providers_list_with_our_prices() {
    let world = World::new();
    let actor = world.actor("ada").await;
    world.add_key(&actor, "work").await;
    let listing = world.rewired(|ports| ports.llm = listing_for("work"));
    let models = listing.app.models.list(Some(&actor)).await.unwrap();
    assert_eq!(models[0].info, model_info("claude-opus-5-5"));
    assert_eq!(models[0].price.unwrap().id, "claude-opus-5-5");
    assert_eq!(models[1].info, model_info("claude-next-9"));
    assert_eq!(models[1].price, None);
    assert_eq!(models.len(), 2);
}

#[tokio::test]
async fn it_is_the_first_usable_key_whose_models_are_listed() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let paused = world.add_key(&actor, "paused").await;
    let expiring = world.add_key(&actor, "expiring").await;
    world.add_key(&actor, "used").await;
    world.add_key(&actor, "spare").await;
    let pause = KeyChange {
        is_active: Some(false),
        ..KeyChange::default()
    };
    world
        .app
        .api_keys
        .update(&actor, paused.id, pause)
        .await
        .unwrap();
    let expire = KeyChange {
        expires_at: Some(Some(world.now().plus(Duration::from_secs(1)))),
        ..KeyChange::default()
    };
    world
        .app
        .api_keys
        .update(&actor, expiring.id, expire)
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(1));
    let listing = world.rewired(|ports| ports.llm = listing_for("used"));
    assert_eq!(
        listing.app.models.list(Some(&actor)).await.unwrap().len(),
        2
    );
}

#[tokio::test]
async fn without_a_key_it_is_the_price_table_less_what_is_retired() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let offline = world.rewired(|ports| ports.llm = Arc::new(MockLlmClient::new()));
    for asking in [None, Some(&actor)] {
        let models = offline.app.models.list(asking).await.unwrap();
        let running = MODEL_PRICES.iter().filter(|price| !price.retired);
        let listed = models.iter().map(|model| model.info.id.as_str());
        assert!(listed.eq(running.map(|price| price.id)));
        for model in &models {
            let price = model.price.unwrap();
            assert_eq!(model.info.max_input_tokens, Some(price.context.into()));
            assert_eq!(
                model.info.max_output_tokens,
                price.max_output.map(u64::from)
            );
        }
    }
}

#[tokio::test]
async fn when_the_provider_lists_nothing_it_says_why() {
    let world = World::new();
    let actor = world.actor("ada").await;
    world.add_key(&actor, "work").await;
    let failing = world.rewired(|ports| {
        let mut llm = MockLlmClient::new();
        llm.expect_list_models()
            .returning(|_| Err(LlmError::new(LlmErrorKind::InvalidKey)));
        ports.llm = Arc::new(llm);
    });
    let answer = failing.app.models.list(Some(&actor)).await;
    assert!(matches!(
        answer,
        Err(ModelsError::Provider(LlmError {
            kind: LlmErrorKind::InvalidKey,
            ..
        }))
    ));
}

#[tokio::test]
async fn a_key_whose_seal_does_not_open_lists_nothing_and_is_recorded() {
    let world = World::new();
    let actor = world.actor("ada").await;
    world.add_key(&actor, "work").await;
    let tampered = world.rewired(|ports| {
        let mut vault = MockKeyVault::new();
        vault
            .expect_open()
            .returning(|_, _| Err(VaultError::Unreadable));
        ports.vault = Arc::new(vault);
        ports.llm = Arc::new(MockLlmClient::new());
    });
    let answer = tampered.app.models.list(Some(&actor)).await;
    assert!(matches!(answer, Err(ModelsError::Unreadable)));
    assert_eq!(
        world.audit_of(actor.user.id).await[0],
        AuditAction::KeyUnreadable
    );
}
