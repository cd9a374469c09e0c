//! The models that somebody can use.

use std::{sync::Arc, time::Duration};

use latchkey_application::models::ModelsError;
use latchkey_domain::{
    api_key::{KeyChange, MockKeyVault, VaultError},
    audit::AuditAction,
    llm::{
        LifecycleStage, LlmError, LlmErrorKind, MockLlmClient, ModelId, ModelInfo, ModelLifecycle,
    },
    time::Timestamp,
    usage::MODEL_PRICES,
};

use crate::world::{World, key_secret, model_info};

const ANSWERING: [LifecycleStage; 2] = [LifecycleStage::Active, LifecycleStage::Deprecated];

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
    let models = listing.app.models.list(Some(&actor), &ANSWERING).await;
    let models = models.unwrap();
    assert_eq!(models.len(), 2);
    let [known, unknown] = [&models[0], &models[1]];
    assert_eq!(known.info.id.as_str(), "claude-opus-5-5");
    assert_eq!(known.price.unwrap().id, "claude-opus-5-5");
    assert_eq!(known.info.max_output_tokens, Some(128_000));
    assert!(known.capabilities.is_some());
    assert_eq!(stage_of(&known.info), Some(LifecycleStage::Active));
    assert_eq!(
        unknown.info,
        model_info("claude-next-9"),
        "nothing is guessed"
    );
    assert_eq!((unknown.price, unknown.capabilities), (None, None));
    assert_eq!(unknown.successor, None);
}

fn stage_of(info: &ModelInfo) -> Option<LifecycleStage> {
    info.lifecycle.map(|life| life.stage)
}

#[tokio::test]
async fn the_providers_word_goes_before_ours() {
    let world = World::new();
    let actor = world.actor("ada").await;
    world.add_key(&actor, "work").await;
    let announced = Timestamp::from_micros(7);
    let listing = world.rewired(|ports| {
        let mut llm = MockLlmClient::new();
        llm.expect_list_models().returning(move |_| {
            let life = |stage, deprecated_at| ModelLifecycle {
                stage,
                deprecated_at,
                retires_at: None,
            };
            let mut going = model_info("claude-haiku-4-5");
            going.max_output_tokens = Some(1);
            going.lifecycle = Some(life(LifecycleStage::Deprecated, Some(announced)));
            let mut dated = model_info("claude-sonnet-4-5-20250929");
            dated.lifecycle = Some(life(LifecycleStage::Deprecated, None));
            let mut kept = model_info("claude-3-haiku-20240307");
            kept.lifecycle = Some(life(LifecycleStage::Active, None));
            Ok(vec![going, dated, kept])
        });
        ports.llm = Arc::new(llm);
    });
    let models = listing.app.models.list(Some(&actor), &ANSWERING).await;
    let models = models.unwrap();
    let life = |at: usize| models[at].info.lifecycle.unwrap();
    assert_eq!(models[0].info.max_output_tokens, Some(1));
    assert_eq!(models[0].info.max_input_tokens, Some(200_000));
    assert_eq!(life(0).deprecated_at, Some(announced));
    assert_eq!(models[0].successor, Some("claude-haiku-5-5"));
    assert!(life(1).retires_at.is_some(), "a date that only we know");
    assert_eq!(life(2).stage, LifecycleStage::Active);
    assert_eq!((life(2).retires_at, models[2].successor), (None, None));
}

#[tokio::test]
async fn those_that_are_gone_are_listed_when_asked_for() {
    let world = World::new();
    let actor = world.actor("ada").await;
    world.add_key(&actor, "work").await;
    let listing = world.rewired(|ports| ports.llm = listing_for("work"));
    let retired = [LifecycleStage::Retired];
    let gone = |models: Vec<latchkey_application::models::ListedModel>| -> Vec<String> {
        for model in &models {
            assert_eq!(stage_of(&model.info), Some(LifecycleStage::Retired));
            assert!(model.successor.is_some() && model.price.is_some());
        }
        let ids = models.iter().map(|model| model.info.id.to_string());
        ids.collect()
    };
    let with_key = listing.app.models.list(Some(&actor), &retired).await;
    let without = world.app.models.list(None, &retired).await;
    let listed = gone(with_key.unwrap());
    assert_eq!(listed, gone(without.unwrap()));
    assert!(listed.contains(&"claude-2.1".to_owned()));
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
    let models = listing.app.models.list(Some(&actor), &ANSWERING).await;
    assert_eq!(models.unwrap().len(), 2);
}

#[tokio::test]
async fn without_a_key_it_is_the_price_table_less_what_is_retired() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let offline = world.rewired(|ports| ports.llm = Arc::new(MockLlmClient::new()));
    for asking in [None, Some(&actor)] {
        let models = offline.app.models.list(asking, &ANSWERING).await.unwrap();
        let answers = |id: &str| {
            let life = ModelLifecycle::of(&ModelId::parse(id).unwrap()).unwrap();
            life.stage != LifecycleStage::Retired
        };
        let running = MODEL_PRICES.iter().filter(|price| answers(price.id));
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
    let answer = failing.app.models.list(Some(&actor), &ANSWERING).await;
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
    let answer = tampered.app.models.list(Some(&actor), &ANSWERING).await;
    assert!(matches!(answer, Err(ModelsError::Unreadable)));
    assert_eq!(
        world.audit_of(actor.user.id).await[0],
        AuditAction::KeyUnreadable
    );
}
