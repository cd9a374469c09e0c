//! Testing keys, given or stored.

use std::{sync::Arc, time::Duration};

use latchkey_application::api_keys::ApiKeysError;
use latchkey_domain::{
    api_key::{KeyStatus, MalformedKey, MockApiKeyRepo, MockKeyVault, VaultError},
    audit::AuditAction,
    llm::{LlmErrorKind, MockLlmClient},
};

use crate::world::{World, key_secret, model_info, rejecting, secret};

#[tokio::test]
async fn a_given_key_is_tested_and_nothing_of_it_is_kept() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let audit_before = world.audit_of(actor.user.id).await;
    let watched = world.rewired(|ports| {
        let mut llm = MockLlmClient::new();
        llm.expect_check_key()
            .once()
            .withf(|key| key.expose() == key_secret("given"))
            .returning(|_| Ok(vec![model_info("claude-sonnet-5-5")]));
        ports.llm = Arc::new(llm);
        ports.vault = Arc::new(MockKeyVault::new());
        ports.api_keys = Arc::new(MockApiKeyRepo::new());
    });
    let given = secret(&key_secret("given"));
    let test = watched
        .app
        .api_keys
        .test_given(&actor, given)
        .await
        .unwrap();
    assert!(test.valid);
    assert_eq!(test.error, None);
    assert_eq!(test.models, [model_info("claude-sonnet-5-5")]);
    assert_eq!(world.audit_of(actor.user.id).await, audit_before);
}

#[tokio::test]
async fn what_the_provider_says_of_a_given_key_is_a_result() {
    for kind in LlmErrorKind::ALL {
        let world = World::new();
        let actor = world.actor("ada").await;
        let failing = world.rewired(|ports| ports.llm = Arc::new(rejecting(kind)));
        let given = secret(&key_secret("given"));
        let test = failing
            .app
            .api_keys
            .test_given(&actor, given)
            .await
            .unwrap();
        assert_eq!(test.error.map(|error| error.kind), Some(kind));
        let known = matches!(
            kind,
            LlmErrorKind::PermissionDenied
                | LlmErrorKind::CreditExhausted
                | LlmErrorKind::SpendLimitReached
        );
        assert_eq!(test.valid, known, "{kind:?}");
        assert!(test.models.is_empty());
    }
}

#[tokio::test]
async fn a_given_text_that_is_no_key_is_not_sent_anywhere() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let offline = world.rewired(|ports| ports.llm = Arc::new(MockLlmClient::new()));
    let answer = offline.app.api_keys.test_given(&actor, secret("x")).await;
    assert!(matches!(
        answer,
        Err(ApiKeysError::Malformed(MalformedKey::WrongPrefix))
    ));
}

#[tokio::test]
async fn tests_count_together_and_leave_additions_alone() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    for _ in 0..5 {
        let given = secret(&key_secret("given"));
        world.app.api_keys.test_given(&actor, given).await.unwrap();
    }
    for _ in 0..5 {
        world
            .app
            .api_keys
            .test_stored(&actor, key.id)
            .await
            .unwrap();
    }
    let answer = world.app.api_keys.test_stored(&actor, key.id).await;
    assert!(matches!(answer, Err(ApiKeysError::LimitReached(_))));
    world.add_key(&actor, "another").await;
}

#[tokio::test]
async fn the_result_of_a_test_is_recorded_at_the_key() {
    let cases = [
        (LlmErrorKind::InvalidKey, KeyStatus::Invalid),
        (LlmErrorKind::PermissionDenied, KeyStatus::Restricted),
        (LlmErrorKind::CreditExhausted, KeyStatus::NoCredit),
        (LlmErrorKind::SpendLimitReached, KeyStatus::NoCredit),
        (LlmErrorKind::RateLimited, KeyStatus::RateLimited),
        (LlmErrorKind::Overloaded, KeyStatus::Unreachable),
        (LlmErrorKind::Unreachable, KeyStatus::Unreachable),
        (LlmErrorKind::Timeout, KeyStatus::Unreachable),
        (LlmErrorKind::Failure, KeyStatus::Unreachable),
    ];
    for (kind, status) in cases {
        let world = World::new();
        let actor = world.actor("ada").await;
        let key = world.add_key(&actor, "work").await;
        world.clock.advance(Duration::from_secs(9));
        let failing = world.rewired(|ports| ports.llm = Arc::new(rejecting(kind)));
        let tested = failing
            .app
            .api_keys
            .test_stored(&actor, key.id)
            .await
            .unwrap();
        assert_eq!(tested.status, status, "{kind:?}");
        assert_eq!(
            tested.status_detail.as_deref(),
            Some("in the provider's words")
        );
        assert_eq!(tested.updated_at, key.updated_at);
        assert_eq!(
            world.app.api_keys.get(&actor, key.id).await.unwrap(),
            tested
        );
        assert_eq!(
            world.audit_of(actor.user.id).await[0],
            AuditAction::KeyTested
        );

        let again = world
            .app
            .api_keys
            .test_stored(&actor, key.id)
            .await
            .unwrap();
        assert_eq!(again.status, KeyStatus::Valid);
        assert_eq!(again.status_detail, None);
        assert_eq!(again.last_verified_at, Some(world.now()));
    }
}

#[tokio::test]
async fn a_stored_key_is_tested_with_its_own_secret() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    world.add_key(&actor, "spare").await;
    let watched = world.rewired(|ports| {
        let mut llm = MockLlmClient::new();
        llm.expect_check_key()
            .once()
            .withf(|key| key.expose() == key_secret("work"))
            .returning(|_| Ok(Vec::new()));
        ports.llm = Arc::new(llm);
    });
    watched
        .app
        .api_keys
        .test_stored(&actor, key.id)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_key_whose_seal_does_not_open_is_recorded_and_nothing_is_sent() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    let tampered = world.rewired(|ports| {
        let mut vault = MockKeyVault::new();
        vault
            .expect_open()
            .once()
            .returning(|_, _| Err(VaultError::Unreadable));
        ports.vault = Arc::new(vault);
        ports.llm = Arc::new(MockLlmClient::new());
    });
    let tested = tampered
        .app
        .api_keys
        .test_stored(&actor, key.id)
        .await
        .unwrap();
    assert_eq!(tested.status, KeyStatus::Unreadable);
    let lines = world.audit_lines_of(actor.user.id).await;
    assert_eq!(lines[0].action, AuditAction::KeyTested);
    assert_eq!(lines[1].action, AuditAction::KeyUnreadable);
    assert_eq!(lines[1].actor, None);
    assert_eq!(lines[1].subject, Some(key.id.to_string()));
}

#[tokio::test]
async fn when_the_data_key_cannot_be_read_the_key_is_not_blamed() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    let away = world.rewired(|ports| {
        let mut vault = MockKeyVault::new();
        vault.expect_open().returning(|_, _| {
            let cause = latchkey_domain::StoreError::Unavailable("away".into());
            Err(VaultError::Store(cause))
        });
        ports.vault = Arc::new(vault);
    });
    let answer = away.app.api_keys.test_stored(&actor, key.id).await;
    assert!(matches!(answer, Err(ApiKeysError::Store(_))));
    assert_eq!(world.app.api_keys.get(&actor, key.id).await.unwrap(), key);
}
