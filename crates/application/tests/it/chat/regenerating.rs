//! Answers anew: siblings of the answers that there are.

use latchkey_application::chat::{
    AnswerSettings, ChatError, Parent, ReaderLeft, Regenerate, SendMessage,
};
use latchkey_domain::{
    conversation::{ConversationChange, ConversationLookup, MessageStatus},
    id::MessageId,
    llm::{Turn, TurnRole},
};
use latchkey_test_support::{builders::chat::text_blocks, memory::Reply};

use super::{Stage, answered_by, begins_and_hangs, conversation, message, unknown_message};
use crate::world::{key_secret, secret};

/// Whether the error is the one that is expected.
type Expected = fn(&ChatError) -> bool;

fn anew(answer_of: MessageId, answer: AnswerSettings) -> Regenerate {
    Regenerate {
        conversation: conversation(),
        answer_of,
        once: None,
        answer,
    }
}

async fn regenerate(stage: &Stage, command: Regenerate) -> Result<MessageId, ChatError> {
    let chat = &stage.world.app.chat;
    let started = chat
        .regenerate(&stage.ada, command, ReaderLeft::new())
        .await?;
    let end = started.finish(&ReaderLeft::new()).await.expect("an end");
    Ok(end.message.id)
}

#[tokio::test]
async fn an_answer_anew_is_a_sibling_and_is_shown() {
    let stage = Stage::new().await;
    for text in ["Blue.", "Rayleigh.", "Azure."] {
        stage.llm.reply(Reply::text(text));
    }
    let first = stage.ask("What colour is the sky?").await.message;
    stage.ask("Why?").await;
    let chat = &stage.world.app.chat;
    let command = anew(first.id, answered_by("claude-opus-4-6"));
    let started = chat
        .regenerate(&stage.ada, command, ReaderLeft::new())
        .await;
    let started = started.unwrap();
    let asked = started
        .user_message
        .clone()
        .expect("the message that is answered anew");
    assert_eq!(Some(asked.id), first.parent);
    let end = started.finish(&ReaderLeft::new()).await.unwrap();
    assert_eq!(end.message.text, "Azure.");

    let call = &stage.llm.calls()[2].request;
    assert_eq!(call.model.as_str(), "claude-opus-4-6");
    assert_eq!(
        call.turns,
        [Turn {
            role: TurnRole::User,
            content: text_blocks("What colour is the sky?"),
            model: None,
        }],
        "neither the answer beside it nor what follows that"
    );
    let path = stage.path().await;
    let shown: Vec<_> = path.iter().map(|found| found.message.id).collect();
    assert_eq!(shown, [asked.id, end.message.id]);
    assert_eq!((path[1].sibling_index, path[1].sibling_count), (1, 2));
    assert_eq!(path[1].previous_sibling, Some(first.id));
    let ConversationLookup::Found(found) = stage.lookup().await else {
        panic!("the conversation is there");
    };
    assert_eq!(found.model.unwrap().as_str(), "claude-opus-4-6");
    assert_eq!(found.title.as_deref(), Some("What colour is the sky?"));
}

#[tokio::test]
async fn a_given_key_pays_for_an_answer_anew() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("One."));
    stage.llm.reply(Reply::text("Two."));
    let first = stage.ask("Count").await.message;
    let given = AnswerSettings {
        given_key: Some(secret(&key_secret("guest"))),
        ..AnswerSettings::default()
    };
    regenerate(&stage, anew(first.id, given)).await.unwrap();
    let calls = stage.llm.calls();
    assert_ne!(calls[0].key, calls[1].key);
    assert!(!stage.world.store.dump().contains(&key_secret("guest")));
}

#[tokio::test]
async fn only_answers_that_have_ended_are_given_anew() {
    let stage = Stage::new().await;
    let (reply, _gate) = begins_and_hangs("Well");
    stage.llm.reply(reply);
    let running = stage.send(message("Go")).await.unwrap();
    let asked = running.user_message.as_ref().unwrap().id;
    let settings = AnswerSettings::default;
    let cases: [(MessageId, Expected); 3] = [
        (running.answer, |error| {
            matches!(error, ChatError::AnswerRunning)
        }),
        (asked, |error| matches!(error, ChatError::NotAnAnswer)),
        (unknown_message(), |error| {
            matches!(error, ChatError::NotFound)
        }),
    ];
    for (of, is_expected) in cases {
        let error = regenerate(&stage, anew(of, settings())).await.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
    }
    let elsewhere = Regenerate {
        conversation: latchkey_domain::conversation::ConversationId::parse("other").unwrap(),
        ..anew(running.answer, settings())
    };
    let error = regenerate(&stage, elsewhere).await.unwrap_err();
    assert!(matches!(error, ChatError::NotFound), "{error:?}");
    assert_eq!(stage.llm.calls().len(), 1, "nobody was asked");
}

#[tokio::test]
async fn in_two_tabs_at_once_no_branch_is_lost() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("First."));
    let first = stage.ask("Go").await.message;
    let mut gates = Vec::new();
    for text in ["one", "two", "three"] {
        let (reply, gate) = begins_and_hangs(text);
        stage.llm.reply(reply);
        gates.push(gate);
    }
    let chat = &stage.world.app.chat;
    let again = || {
        chat.regenerate(
            &stage.ada,
            anew(first.id, AnswerSettings::default()),
            ReaderLeft::new(),
        )
    };
    let edit = SendMessage {
        parent: Parent::Root,
        ..message("Edited")
    };
    let (one, two, edited) = tokio::join!(again(), again(), stage.send(edit));
    let (one, two, edited) = (one.unwrap(), two.unwrap(), edited.unwrap());
    for answer in [&one, &two, &edited] {
        let conversations = &stage.world.app.conversations;
        let found = conversations
            .message(&stage.ada, &conversation(), answer.answer)
            .await;
        let found = found.unwrap();
        assert_eq!(found.message.status, MessageStatus::Streaming);
    }
    let conversations = &stage.world.app.conversations;
    let ada = &stage.ada;
    let place = |id| async move {
        let found = conversations.message(ada, &conversation(), id).await;
        found.unwrap().sibling_count
    };
    assert_eq!(
        (place(one.answer).await, place(edited.answer).await),
        (3, 1)
    );
    let change = ConversationChange {
        shown: Some(first.id),
        ..ConversationChange::default()
    };
    conversations
        .update(&stage.ada, &conversation(), change)
        .await
        .unwrap();
    assert_eq!(stage.last().await.id, first.id);
}
