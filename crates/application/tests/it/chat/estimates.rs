//! What a message would cost, and which cache setting goes with every call.

use latchkey_application::{
    accounts::UpdateMe,
    chat::{AnswerSettings, Caller, ChatError, Estimate, ReaderLeft, SendMessage},
};
use latchkey_domain::{
    conversation::ConversationLookup,
    llm::{LlmError, LlmErrorKind},
    raw_json::RawJson,
    user::{CacheLifetime, SettingsChange},
};
use latchkey_test_support::memory::Reply;

use super::{Stage, anonymous, answered_by, message, message_with_key};
use crate::world::key_secret;

impl Stage {
    async fn estimate(&self, caller: Caller, command: SendMessage) -> Result<Estimate, ChatError> {
        self.world.app.chat.estimate(caller, command).await
    }

    /// Ada's account has this setting from now on.
    async fn caches(&mut self, lifetime: CacheLifetime) {
        let signed_in = self.ada.clone().into_signed_in().expect("a session");
        let change = UpdateMe {
            name: None,
            settings: SettingsChange {
                prompt_cache: Some(lifetime),
                ..SettingsChange::default()
            },
        };
        let accounts = &self.world.app.accounts;
        let user = accounts.update_me(&signed_in, change).await.unwrap();
        self.ada.user = user;
    }
}

#[tokio::test]
async fn what_is_counted_is_what_would_be_sent() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Four."));
    stage.ask("2 + 2?").await;
    let rows = stage.world.store.usage_events().len();
    let asked = || SendMessage {
        system: Some("Be brief.".to_owned()),
        answer: AnswerSettings {
            options: vec![("stop_sequences", RawJson::from_trusted("[\"x\"]"))],
            ..AnswerSettings::default()
        },
        ..message("And 3 + 3?")
    };
    stage.llm.will_count(Ok(1_000));
    let estimate = stage.estimate(stage.as_ada(), asked()).await.unwrap();
    assert_eq!(estimate.input_tokens, 1_000);
    assert_eq!(
        (estimate.model.as_str(), estimate.max_tokens),
        ("claude-sonnet-5-5", 16_000)
    );
    assert_eq!(estimate.input_cost.unwrap().0, 1_000 * 2_000);
    // Written to the cache for five minutes, and the longest answer.
    assert_eq!(
        estimate.max_cost.unwrap().0,
        1_000 * 2_500 + 16_000 * 10_000
    );
    assert_eq!(stage.path().await.len(), 2, "nothing is stored");
    assert_eq!(stage.world.store.usage_events().len(), rows);

    stage.llm.reply(Reply::text("Six."));
    let started = stage.send(asked()).await.unwrap();
    started.finish(&ReaderLeft::new()).await.unwrap();
    let counted = &stage.llm.counted()[0];
    let sent = stage.llm.calls().pop().unwrap();
    assert_eq!(counted.request, sent.request);
    assert_eq!(counted.key.expose(), sent.key.expose());
}

#[tokio::test]
async fn fast_mode_the_us_and_a_cache_for_an_hour_cost_more() {
    let mut stage = Stage::new().await;
    stage.caches(CacheLifetime::OneHour).await;
    stage.llm.will_count(Ok(10));
    let option = |name, word: &'static str| (name, RawJson::from_trusted(word));
    let command = SendMessage {
        answer: AnswerSettings {
            max_tokens: Some(1),
            options: vec![
                option("speed", "\"fast\""),
                option("inference_geo", "\"us\""),
            ],
            ..answered_by("claude-opus-5-5")
        },
        ..message("hi")
    };
    let estimate = stage.estimate(stage.as_ada(), command).await.unwrap();
    assert_eq!(estimate.input_cost.unwrap().0, 10 * 4_000 * 2 * 11 / 10);
    assert_eq!(
        estimate.max_cost.unwrap().0,
        (10 * 8_000 + 20_000) * 2 * 11 / 10
    );
}

#[tokio::test]
async fn of_a_model_without_a_price_only_the_tokens_are_known() {
    let stage = Stage::new().await;
    stage.llm.will_count(Ok(7));
    let command = SendMessage {
        answer: answered_by("claude-next-9"),
        ..message("hi")
    };
    let estimate = stage.estimate(stage.as_ada(), command).await.unwrap();
    assert_eq!(estimate.input_tokens, 7);
    assert_eq!((estimate.input_cost, estimate.max_cost), (None, None));
}

#[tokio::test]
async fn a_given_key_counts_with_and_without_an_account() {
    let stage = Stage::new().await;
    for caller in [stage.as_ada(), anonymous()] {
        stage.llm.will_count(Ok(7));
        let command = message_with_key("hi", "given");
        assert_eq!(
            stage.estimate(caller, command).await.unwrap().input_tokens,
            7
        );
    }
    for call in stage.llm.counted() {
        assert_eq!(call.key.expose(), key_secret("given"));
    }
    assert!(matches!(stage.lookup().await, ConversationLookup::Unknown));
    assert!(matches!(
        stage.estimate(anonymous(), message("hi")).await,
        Err(ChatError::ApiKeyRequired)
    ));
}

#[tokio::test]
async fn what_the_provider_refuses_is_said() {
    let stage = Stage::new().await;
    stage
        .llm
        .will_count(Err(LlmError::new(LlmErrorKind::Overloaded)));
    let refused = stage.estimate(stage.as_ada(), message("hi")).await;
    assert!(
        matches!(refused, Err(ChatError::Provider(error)) if error.kind == LlmErrorKind::Overloaded)
    );
    stage
        .llm
        .will_count(Err(LlmError::new(LlmErrorKind::ModelNotFound)));
    let refused = stage.estimate(stage.as_ada(), message("hi")).await;
    assert!(matches!(refused, Err(ChatError::ModelNotFound { usable, .. }) if !usable.is_empty()));
    assert!(matches!(stage.lookup().await, ConversationLookup::Unknown));
}

#[tokio::test]
async fn the_accounts_cache_setting_goes_with_every_call() {
    let mut stage = Stage::new().await;
    for lifetime in [
        CacheLifetime::Off,
        CacheLifetime::FiveMinutes,
        CacheLifetime::OneHour,
    ] {
        stage.caches(lifetime).await;
        for command in [message("hi"), message_with_key("hi", "given")] {
            stage.llm.reply(Reply::text("Hello"));
            stage.llm.will_count(Ok(1));
            stage
                .estimate(stage.as_ada(), command.clone())
                .await
                .unwrap();
            let started = stage.send(command).await.unwrap();
            started.finish(&ReaderLeft::new()).await.unwrap();
            let (sent, counted) = (stage.llm.calls().pop(), stage.llm.counted().pop());
            for call in [sent.unwrap(), counted.unwrap()] {
                assert_eq!(call.request.prompt_cache, lifetime);
            }
        }
    }
}

#[tokio::test]
async fn without_an_account_the_cache_is_on_for_five_minutes() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hello"));
    let chat = &stage.world.app.chat;
    let command = message_with_key("hi", "given");
    let started = chat
        .send(anonymous(), command, ReaderLeft::new())
        .await
        .unwrap();
    started.finish(&ReaderLeft::new()).await.unwrap();
    let call = stage.llm.calls().pop().unwrap();
    assert_eq!(call.request.prompt_cache, CacheLifetime::FiveMinutes);
}
