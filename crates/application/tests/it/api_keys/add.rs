//! Adding a key.

use std::{sync::Arc, time::Duration};

use latchkey_application::api_keys::ApiKeysError;
use latchkey_domain::{
    api_key::{
        ApiKey, KeyStatus, MAX_KEYS_PER_OWNER, MalformedKey, MockApiKeyRepo, MockKeyVault,
        VaultError,
    },
    audit::AuditAction,
    llm::{LlmError, LlmErrorKind, MockLlmClient},
    rate_limit::LimitName,
};
use mockall::Sequence;

use crate::world::{World, key_secret, model_info, new_key, rejecting, secret};

#[tokio::test]
async fn a_key_that_the_provider_takes_is_stored_sealed() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    assert_eq!(key.owner, actor.owner());
    assert_eq!(key.name, "work");
    assert_eq!(key.status, KeyStatus::Valid);
    assert_eq!(key.status_detail, None);
    assert_eq!(key.last_verified_at, Some(world.now()));
    assert!(key.is_usable(world.now()));
    assert!(key.hint.as_str().starts_with('…'));
    let stored = world
        .ports
        .api_keys
        .find_api_key(actor.owner(), key.id)
        .await;
    assert_eq!(stored.unwrap().as_ref(), Some(&key));
    let opened = world
        .ports
        .vault
        .open(key.place(), &key.sealed)
        .await
        .unwrap();
    assert_eq!(opened.expose(), key_secret("work"));
    assert_eq!(
        world.audit_lines_of(actor.user.id).await[0].subject,
        Some(key.id.to_string())
    );
    assert_eq!(
        world.audit_of(actor.user.id).await[0],
        AuditAction::KeyAdded
    );
}

#[tokio::test]
async fn spaces_around_a_pasted_key_are_not_part_of_it() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let mut command = new_key("work");
    command.secret = secret(&format!("  {}\r\n", key_secret("work")));
    let key = world.app.api_keys.add(&actor, command).await.unwrap();
    let opened = world
        .ports
        .vault
        .open(key.place(), &key.sealed)
        .await
        .unwrap();
    assert_eq!(opened.expose(), key_secret("work"));
}

#[tokio::test]
async fn the_provider_is_asked_before_the_key_is_sealed_and_that_before_it_is_stored() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let watched = world.rewired(|ports| {
        let mut order = Sequence::new();
        let mut llm = MockLlmClient::new();
        llm.expect_check_key()
            .once()
            .in_sequence(&mut order)
            .returning(|_| Ok(Vec::new()));
        let mut vault = MockKeyVault::new();
        vault
            .expect_seal()
            .once()
            .in_sequence(&mut order)
            .returning(|_, _| Err(VaultError::NoRandomness));
        ports.llm = Arc::new(llm);
        ports.vault = Arc::new(vault);
        ports.api_keys = Arc::new(MockApiKeyRepo::new());
    });
    let answer = watched.app.api_keys.add(&actor, new_key("work")).await;
    assert!(matches!(answer, Err(ApiKeysError::Internal(_))));
}

#[tokio::test]
async fn a_text_that_is_no_key_goes_nowhere() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let offline = world.rewired(|ports| {
        ports.llm = Arc::new(MockLlmClient::new());
        ports.vault = Arc::new(MockKeyVault::new());
        ports.api_keys = Arc::new(MockApiKeyRepo::new());
    });
    let faults = [
        ("$ANTHROPIC_API_KEY", MalformedKey::WrongPrefix),
        ("sk-ant-short", MalformedKey::WrongLength),
        (
            "sk-ant-api03-abc def ghi jkl",
            MalformedKey::ForbiddenCharacter,
        ),
        ("sk-ant-admin01-abcdefghijkl", MalformedKey::UnsupportedKind),
    ];
    // Often enough to show that it isn't counted as a check either.
    for (text, fault) in faults.iter().cycle().take(12) {
        let mut command = new_key("work");
        command.secret = secret(text);
        let answer = offline.app.api_keys.add(&actor, command).await;
        assert!(matches!(answer, Err(ApiKeysError::Malformed(why)) if why == *fault));
    }
}

/// What adding a key gives when the provider's check fails with `kind`; nothing of it touches the vault or the store
/// unless it is stored.
async fn added_after(kind: LlmErrorKind, allow_unverified: bool) -> Result<ApiKey, ApiKeysError> {
    let world = World::new();
    let actor = world.actor("ada").await;
    let failing = world.rewired(|ports| ports.llm = Arc::new(rejecting(kind)));
    let mut command = new_key("work");
    command.allow_unverified = allow_unverified;
    let answer = failing.app.api_keys.add(&actor, command).await;
    let stored = world.app.api_keys.list(&actor).await.unwrap();
    assert_eq!(stored, answer.iter().cloned().collect::<Vec<_>>());
    let noted = world
        .audit_of(actor.user.id)
        .await
        .contains(&AuditAction::KeyAdded);
    assert_eq!(noted, answer.is_ok());
    answer
}

#[tokio::test]
async fn a_rejected_key_is_never_stored() {
    for allow_unverified in [false, true] {
        let answer = added_after(LlmErrorKind::InvalidKey, allow_unverified).await;
        assert!(matches!(
            answer,
            Err(ApiKeysError::Provider(LlmError {
                kind: LlmErrorKind::InvalidKey,
                ..
            }))
        ));
    }
}

#[tokio::test]
async fn a_key_that_is_known_but_can_do_little_is_stored_as_that() {
    let cases = [
        (LlmErrorKind::PermissionDenied, KeyStatus::Restricted),
        (LlmErrorKind::CreditExhausted, KeyStatus::NoCredit),
        (LlmErrorKind::SpendLimitReached, KeyStatus::NoCredit),
    ];
    for (kind, status) in cases {
        let key = added_after(kind, false).await.unwrap();
        assert_eq!(key.status, status, "{kind:?}");
        assert_eq!(
            key.status_detail.as_deref(),
            Some("in the provider's words")
        );
        assert!(key.last_verified_at.is_some());
    }
}

#[tokio::test]
async fn a_key_that_the_provider_says_nothing_of_is_stored_only_if_its_owner_wants_that() {
    use LlmErrorKind::{CreditExhausted, InvalidKey, PermissionDenied, SpendLimitReached};
    let says_something = [
        InvalidKey,
        PermissionDenied,
        CreditExhausted,
        SpendLimitReached,
    ];
    for kind in LlmErrorKind::ALL {
        if says_something.contains(&kind) {
            continue;
        }
        let refused = added_after(kind, false).await;
        assert!(
            matches!(&refused, Err(ApiKeysError::Provider(error)) if error.kind == kind),
            "{kind:?}: {refused:?}"
        );
        let key = added_after(kind, true).await.unwrap();
        assert_eq!(key.status, KeyStatus::Unverified, "{kind:?}");
        assert_eq!(
            key.status_detail.as_deref(),
            Some("in the provider's words")
        );
        assert_eq!(key.last_verified_at, None);
    }
}

#[tokio::test]
async fn the_same_key_twice_names_the_one_that_is_there() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let first = world.add_key(&actor, "work").await;
    let again = world.app.api_keys.add(&actor, new_key("work")).await;
    assert!(matches!(again, Err(ApiKeysError::Duplicate { existing }) if existing == first.id));
    assert_eq!(world.app.api_keys.list(&actor).await.unwrap(), [first]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_same_key_many_times_at_once_one_is_stored() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (api_keys, actor) = (world.app.api_keys.clone(), actor.clone());
        tasks.spawn(async move { api_keys.add(&actor, new_key("work")).await });
    }
    let results = tasks.join_all().await;
    let stored = world.app.api_keys.list(&actor).await.unwrap();
    assert_eq!(stored.len(), 1);
    let duplicate = |result: &&Result<ApiKey, ApiKeysError>| matches!(result, Err(ApiKeysError::Duplicate { existing }) if *existing == stored[0].id);
    assert_eq!(results.iter().filter(duplicate).count(), 9);
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn two_owners_may_have_the_same_key_and_nobody_can_see_that() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    let adas = world.add_key(&ada, "work").await;
    let bobs = world.add_key(&bob, "work").await;
    assert_ne!(adas.fingerprint, bobs.fingerprint);
    assert_ne!(adas.sealed.blob, bobs.sealed.blob);
}

#[tokio::test]
async fn an_owner_has_only_so_many_keys() {
    let world = World::new();
    let actor = world.actor("ada").await;
    for number in 0..MAX_KEYS_PER_OWNER {
        if number % 20 == 0 {
            world.let_limits_pass();
        }
        world.add_key(&actor, &format!("key{number}")).await;
    }
    world.let_limits_pass();
    let answer = world.app.api_keys.add(&actor, new_key("another")).await;
    assert!(matches!(answer, Err(ApiKeysError::TooMany)));
}

#[tokio::test]
async fn twenty_keys_an_hour_are_added_for_one_user() {
    let world = World::new();
    let actor = world.actor("ada").await;
    for number in 0..20 {
        world.add_key(&actor, &format!("key{number}")).await;
    }
    let silent = world.rewired(|ports| ports.llm = Arc::new(MockLlmClient::new()));
    let answer = silent.app.api_keys.add(&actor, new_key("another")).await;
    let Err(ApiKeysError::LimitReached(reached)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(reached.name, LimitName::KeyAdditions);
    assert!(reached.retry_after > Duration::from_secs(1));
    let bob = world.actor("bob").await;
    world.add_key(&bob, "work").await;
}

#[tokio::test]
async fn a_check_asks_for_the_models_and_for_nothing_else() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let watched = world.rewired(|ports| {
        let mut llm = MockLlmClient::new();
        llm.expect_check_key()
            .once()
            .withf(|key| key.expose() == key_secret("work"))
            .returning(|_| Ok(vec![model_info("claude-sonnet-5-5")]));
        llm.expect_open().never();
        ports.llm = Arc::new(llm);
    });
    watched
        .app
        .api_keys
        .add(&actor, new_key("work"))
        .await
        .unwrap();
}
