//! How an answer begins, and what is durable when it does.

use latchkey_application::chat::{ChatError, Parent, ReaderLeft, SendMessage};
use latchkey_domain::{
    conversation::{ConversationLookup, MessageStatus},
    llm::{LlmError, LlmErrorKind, ModelId, TurnRole},
    rate_limit::LimitName,
    usage::default_max_tokens,
};
use latchkey_test_support::{
    builders::{chat::text_blocks, events::text_answer},
    memory::Reply,
};

use super::{
    Stage, anonymous, answered_by, begins_and_hangs, conversation, message, message_with_key, read,
    unknown_message,
};

#[tokio::test]
async fn a_message_is_answered_and_everything_is_kept() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hello Ada."));
    let started = stage.send(message("Hello Claude!")).await.unwrap();
    assert_eq!(started.conversation, conversation());
    assert_eq!(started.user_message.as_ref().unwrap().text, "Hello Claude!");

    let (events, end) = read(started).await;
    let sent = text_answer("Hello Ada.");
    let numbers: Vec<u64> = events.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (0..).take(sent.len()).collect::<Vec<u64>>());
    assert_eq!(
        events
            .into_iter()
            .map(|(_, event)| event)
            .collect::<Vec<_>>(),
        sent
    );
    assert_eq!(end.fault, None);
    assert_eq!(end.message.status, MessageStatus::Complete);

    let path = stage.path().await;
    let roles: Vec<TurnRole> = path.iter().map(|found| found.message.role).collect();
    assert_eq!(roles, [TurnRole::User, TurnRole::Assistant]);
    assert_eq!(
        path[1].message, end.message,
        "what the reader saw is what is stored"
    );
    assert_eq!(end.message.text, "Hello Ada.");
    let ConversationLookup::Found(found) = stage.lookup().await else {
        panic!("the first message makes the conversation");
    };
    assert_eq!(found.title.as_deref(), Some("Hello Claude!"));
    assert_eq!(found.shown_leaf, Some(end.message.id));
}

#[tokio::test]
async fn the_ledger_has_one_row_with_tokens_cost_key_and_outcome() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Four."));
    let end = stage.ask("2 + 2?").await;
    let rows = stage.world.store.usage_events();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!((row.outcome.as_str(), row.tokens_final), ("complete", true));
    assert_eq!(row.tokens.unwrap().input, 12);
    assert_eq!(row.tokens.unwrap().output, 34);
    // claude-sonnet-5-5: 2 and 10 USD a million tokens.
    assert_eq!(row.cost.unwrap().0, 12 * 2_000 + 34 * 10_000);
    assert_eq!(row.saved.unwrap().0, 0);
    assert_eq!(row.message, Some(end.message.id));
    let key = &stage.world.app.api_keys.list(&stage.ada).await.unwrap()[0];
    assert_eq!(row.key, Some(key.id));
    assert_eq!(key.last_used_at, end.message.completed_at);
}

#[tokio::test]
async fn the_provider_gets_the_conversation_so_far_and_the_settings() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Blue."));
    stage.llm.reply(Reply::text("Because of Rayleigh."));
    stage.ask("What colour is the sky?").await;
    let second = SendMessage {
        system: Some("Be brief.".to_owned()),
        answer: answered_by("claude-opus-4-6"),
        ..message("Why?")
    };
    stage
        .send(second)
        .await
        .unwrap()
        .finish(&ReaderLeft::new())
        .await
        .unwrap();
    let request = &stage.llm.calls()[1].request;
    let turns: Vec<&str> = request
        .turns
        .iter()
        .map(|turn| turn.content.as_str())
        .collect();
    assert_eq!(turns.len(), 3);
    assert_eq!(turns[0], text_blocks("What colour is the sky?").as_str());
    assert_eq!(turns[2], text_blocks("Why?").as_str());
    assert_eq!(request.system.as_deref(), Some("Be brief."));
    assert_eq!(request.max_tokens, default_max_tokens(&request.model));
    let ConversationLookup::Found(found) = stage.lookup().await else {
        panic!()
    };
    assert_eq!(
        found.system.as_deref(),
        Some("Be brief."),
        "a send's settings become the conversation's"
    );
    assert_eq!(found.model, Some(request.model.clone()));
}

#[tokio::test]
async fn nothing_is_seen_before_the_message_is_durable() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Early."));
    let mut pause = stage.world.store.faults().pause("begin_turn");
    let mut sending = Box::pin(stage.send(message("Hello")));
    // The provider is called, and has answered, while the commit still waits.
    tokio::select! {
        biased;
        _ = &mut sending => panic!("an answer began before its question was durable"),
        () = async { pause.reached(1).await; stage.llm.called(1).await; } => {}
    }
    pause.end();
    sending
        .await
        .unwrap()
        .finish(&ReaderLeft::new())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_turn_that_can_not_be_written_leaves_the_provider() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("Never seen");
    stage.llm.reply(reply);
    stage.world.store.faults().fail("begin_turn", 1);
    assert!(matches!(
        stage.send(message("Hello")).await,
        Err(ChatError::Store(_))
    ));
    stage.llm.left().await;
    assert_eq!(stage.lookup().await, ConversationLookup::Unknown);
}

#[tokio::test]
async fn a_branch_whose_answer_runs_takes_no_further_message() {
    let stage = Stage::new().await;
    let (reply, gate) = begins_and_hangs("One");
    stage.llm.reply(reply);
    let running = stage.send(message("First")).await.unwrap();
    assert!(matches!(
        stage.send(message("Second")).await,
        Err(ChatError::AnswerRunning)
    ));
    assert_eq!(stage.llm.calls().len(), 1, "and the provider isn't asked");
    gate.open();
    running.finish(&ReaderLeft::new()).await.unwrap();
}

#[tokio::test]
async fn an_edit_is_a_sibling_and_the_root_is_a_parent_too() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("First answer"));
    stage.llm.reply(Reply::text("Second answer"));
    stage.ask("First").await;
    let edit = SendMessage {
        parent: Parent::Root,
        ..message("First, but better")
    };
    stage
        .send(edit)
        .await
        .unwrap()
        .finish(&ReaderLeft::new())
        .await
        .unwrap();
    let path = stage.path().await;
    assert_eq!(path[0].message.text, "First, but better");
    assert_eq!((path[0].sibling_index, path[0].sibling_count), (1, 2));
    assert_eq!(
        stage.llm.calls()[1].request.turns.len(),
        1,
        "the other branch isn't sent along"
    );
}

#[tokio::test]
async fn a_parent_of_nowhere_is_refused_before_the_provider_is_asked() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Hello").await;
    let nowhere = Parent::Message(unknown_message());
    let orphan = SendMessage {
        parent: nowhere,
        ..message("?")
    };
    assert!(matches!(
        stage.send(orphan).await,
        Err(ChatError::UnknownParent)
    ));
    assert_eq!(stage.llm.calls().len(), 1);
}

#[tokio::test]
async fn a_deleted_conversation_stays_deleted() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Hello").await;
    stage
        .world
        .app
        .conversations
        .delete(&stage.ada, &conversation())
        .await
        .unwrap();
    assert!(matches!(
        stage.send(message("Again")).await,
        Err(ChatError::ConversationDeleted)
    ));
}

#[tokio::test]
async fn an_unknown_model_is_answered_with_those_that_the_key_can_use() {
    let stage = Stage::new().await;
    stage
        .llm
        .reply(Reply::refused(LlmError::new(LlmErrorKind::ModelNotFound)));
    let old = SendMessage {
        answer: answered_by("claude-3-5-sonnet-20241022"),
        ..message("Hi")
    };
    let Err(ChatError::ModelNotFound { usable, .. }) = stage.send(old).await else {
        panic!("the model is unknown");
    };
    assert_eq!(usable, [ModelId::parse("claude-sonnet-5-5").unwrap()]);
    assert_eq!(stage.last().await.status, MessageStatus::Failed);
    // The conversation isn't stuck with it.
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Once more").await;
    let asked = &stage.llm.calls()[1].request.model;
    assert_eq!(asked.as_str(), "claude-sonnet-5-5");
}

#[tokio::test]
async fn nothing_of_an_anonymous_chat_is_kept() {
    let stage = Stage::new().await;
    let before = stage.world.store.dump();
    stage.llm.reply(Reply::text("Hello stranger."));
    let chat = &stage.world.app.chat;
    let started = chat
        .send(
            anonymous(),
            message_with_key("A secret question", "guest"),
            ReaderLeft::new(),
        )
        .await
        .unwrap();
    assert!(started.user_message.is_none());
    let (events, end) = read(started).await;
    assert_eq!(events.len(), text_answer("Hello stranger.").len());
    assert_eq!(
        (end.message.status, end.fault),
        (MessageStatus::Complete, None)
    );
    assert_eq!(stage.world.store.dump(), before, "not a row, not a counter");
}

#[tokio::test]
async fn an_anonymous_history_comes_before_the_message_and_a_signed_in_one_is_refused() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Yes."));
    let earlier = latchkey_domain::llm::Turn {
        role: TurnRole::User,
        content: text_blocks("Earlier"),
        model: None,
    };
    let with_history = SendMessage {
        history: vec![earlier],
        ..message_with_key("Now", "guest")
    };
    let chat = &stage.world.app.chat;
    let started = chat
        .send(anonymous(), with_history.clone(), ReaderLeft::new())
        .await
        .unwrap();
    started.finish(&ReaderLeft::new()).await.unwrap();
    assert_eq!(stage.llm.calls()[0].request.turns.len(), 2);
    assert!(matches!(
        stage.send(with_history).await,
        Err(ChatError::HistoryNotAllowed)
    ));
}

#[tokio::test]
async fn anonymous_chat_needs_a_key_and_the_operators_leave() {
    let stage = Stage::with_policy(|policy| policy.anonymous = false).await;
    let chat = &stage.world.app.chat;
    let off = chat
        .send(
            anonymous(),
            message_with_key("Hi", "guest"),
            ReaderLeft::new(),
        )
        .await;
    assert!(matches!(off, Err(ChatError::AnonymousOff)));
    let open = Stage::new().await;
    let chat = &open.world.app.chat;
    let keyless = chat
        .send(anonymous(), message("Hi"), ReaderLeft::new())
        .await;
    assert!(matches!(keyless, Err(ChatError::ApiKeyRequired)));
}

#[tokio::test]
async fn a_place_among_those_that_run_is_given_back() {
    let stage = Stage::new().await;
    stage.limiter.set_max(LimitName::ChatParallel, 1);
    let (reply, gate) = begins_and_hangs("One");
    stage.llm.reply(reply);
    let running = stage.send(message("First")).await.unwrap();
    let elsewhere = SendMessage {
        conversation: latchkey_domain::conversation::ConversationId::parse("other").unwrap(),
        ..message("Second")
    };
    assert!(matches!(
        stage.send(elsewhere.clone()).await,
        Err(ChatError::LimitReached(_))
    ));
    gate.open();
    running.finish(&ReaderLeft::new()).await.unwrap();
    stage.llm.reply(Reply::text("Now"));
    stage
        .send(elsewhere)
        .await
        .unwrap()
        .finish(&ReaderLeft::new())
        .await
        .unwrap();
}
