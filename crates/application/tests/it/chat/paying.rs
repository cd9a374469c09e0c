//! Which key pays, and what is said of it.

use std::time::Duration;

use latchkey_application::chat::{ChatError, ReaderLeft, SendMessage};
use latchkey_domain::{
    api_key::{KeyChange, KeyStatus},
    conversation::{ConversationChange, Payer},
    id::ApiKeyId,
    llm::{LlmError, LlmErrorKind},
};
use latchkey_test_support::memory::Reply;

use super::{Stage, conversation, message, message_with_key, paid_with};
use crate::world::key_secret;

#[tokio::test]
async fn the_first_usable_key_pays() {
    let stage = Stage::new().await;
    let (world, ada) = (&stage.world, &stage.ada);
    let backup = world.add_key(ada, "backup").await;
    let first = world.app.api_keys.list(ada).await.unwrap()[0].clone();
    let off = KeyChange {
        is_active: Some(false),
        ..KeyChange::default()
    };
    world.app.api_keys.update(ada, first.id, off).await.unwrap();
    stage.llm.reply(Reply::text("Hi"));
    let end = stage.ask("Hello").await;
    let receipt = end.message.key.unwrap();
    assert_eq!(receipt.id, Some(backup.id));
    assert_eq!(receipt.name.as_deref(), Some("backup"));
    assert_eq!(receipt.attempts.len(), 1);
    assert_eq!(receipt.attempts[0].outcome, "complete");
    assert_eq!(stage.llm.calls()[0].key.expose(), key_secret("backup"));
}

#[tokio::test]
async fn without_a_usable_key_nothing_is_written_and_nobody_is_asked() {
    let stage = Stage::new().await;
    let (world, ada) = (&stage.world, &stage.ada);
    let key = world.app.api_keys.list(ada).await.unwrap()[0].id;
    let soon = KeyChange {
        expires_at: Some(Some(world.now().plus(Duration::from_mins(1)))),
        ..KeyChange::default()
    };
    world.app.api_keys.update(ada, key, soon).await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    assert!(matches!(
        stage.send(message("Hello")).await,
        Err(ChatError::NoActiveApiKey)
    ));
    assert!(stage.llm.calls().is_empty());
    assert!(matches!(
        stage.lookup().await,
        latchkey_domain::conversation::ConversationLookup::Unknown
    ));
}

#[tokio::test]
async fn a_key_that_is_asked_for_pays_and_somebody_elses_is_none() {
    let stage = Stage::new().await;
    let (world, ada) = (&stage.world, &stage.ada);
    let backup = world.add_key(ada, "backup").await;
    stage.llm.reply(Reply::text("Hi"));
    let chosen = SendMessage {
        answer: paid_with(backup.id),
        ..message("Hello")
    };
    let end = stage
        .send(chosen)
        .await
        .unwrap()
        .finish(&ReaderLeft::new())
        .await
        .unwrap();
    assert_eq!(end.message.key.unwrap().id, Some(backup.id));
    let eve = world.actor("eve").await;
    let hers = world.add_key(&eve, "hers").await;
    for id in [
        hers.id,
        ApiKeyId::parse("00000000-0000-7000-8000-000000000005").unwrap(),
    ] {
        let foreign = SendMessage {
            answer: paid_with(id),
            ..message("Hello")
        };
        assert!(matches!(
            stage.send(foreign).await,
            Err(ChatError::UnknownKey)
        ));
    }
    assert_eq!(stage.llm.calls().len(), 1);
}

#[tokio::test]
async fn a_pinned_key_pays_for_its_conversation_until_it_is_deleted() {
    let stage = Stage::new().await;
    let (world, ada) = (&stage.world, &stage.ada);
    let backup = world.add_key(ada, "backup").await;
    for _ in 0..3 {
        stage.llm.reply(Reply::text("Hi"));
    }
    stage.ask("Hello").await;
    let pin = ConversationChange {
        key: Some(Some(backup.id)),
        ..ConversationChange::default()
    };
    world
        .app
        .conversations
        .update(ada, &conversation(), pin)
        .await
        .unwrap();
    assert_eq!(
        stage.ask("Again").await.message.key.unwrap().id,
        Some(backup.id)
    );
    world.app.api_keys.delete(ada, backup.id).await.unwrap();
    assert_ne!(
        stage.ask("And again").await.message.key.unwrap().id,
        Some(backup.id)
    );
}

#[tokio::test]
async fn a_given_key_pays_once_and_nothing_of_it_is_kept() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    let end = stage
        .send(message_with_key("Hello", "given"))
        .await
        .unwrap()
        .finish(&ReaderLeft::new())
        .await
        .unwrap();
    let receipt = end.message.key.unwrap();
    assert_eq!((receipt.id, receipt.name, receipt.hint), (None, None, None));
    assert_eq!(receipt.payer, Payer::GivenKey);
    assert_eq!(stage.llm.calls()[0].key.expose(), key_secret("given"));
    assert_eq!(stage.path().await.len(), 2, "the conversation is kept");
    let row = &stage.world.store.usage_events()[0];
    assert_eq!((row.key, row.payer), (None, None));
    assert!(!stage.world.store.dump().contains("CANARY-given"));
}

#[tokio::test]
async fn what_the_provider_says_of_a_key_is_noted() {
    let stage = Stage::new().await;
    let status = async || stage.world.app.api_keys.list(&stage.ada).await.unwrap()[0].status;
    for (kind, expected) in [
        (LlmErrorKind::CreditExhausted, KeyStatus::NoCredit),
        (LlmErrorKind::InvalidKey, KeyStatus::Invalid),
        // That the provider has too much to do says nothing of the key.
        (LlmErrorKind::RefusedRequest, KeyStatus::Invalid),
    ] {
        stage.llm.reply(Reply::refused(LlmError::new(kind)));
        assert!(matches!(
            stage.send(message("Hello")).await,
            Err(ChatError::Provider(_))
        ));
        assert_eq!(status().await, expected);
    }
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Hello").await;
    assert_eq!(
        status().await,
        KeyStatus::Valid,
        "a key that works again is valid again"
    );
}
