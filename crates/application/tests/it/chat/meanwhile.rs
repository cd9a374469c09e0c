//! What happens to a conversation between the moment in which a message is prepared and the one in which it is saved.

use std::time::Duration;

use latchkey_application::chat::{ChatError, ReaderLeft};
use latchkey_domain::{
    conversation::{ConversationChange, ConversationLookup},
    llm::{LlmError, LlmErrorKind},
    usage::UsageEvent,
};
use latchkey_test_support::memory::Reply;

use super::{Stage, begins_and_hangs, conversation, message};

const MINUTE: Duration = Duration::from_mins(1);

impl Stage {
    /// The ledger, as soon as it has `count` rows.
    async fn ledger(&self, count: usize) -> Vec<UsageEvent> {
        for _ in 0..100_000 {
            let rows = self.world.store.usage_events();
            if rows.len() >= count {
                return rows;
            }
            tokio::task::yield_now().await;
        }
        panic!("the ledger doesn't get {count} rows");
    }

    /// Sends a message whose conversation is deleted after the provider has begun to answer, but before the turn is saved.
    async fn send_into_deletion(&self) -> ChatError {
        let mut pause = self.world.store.faults().pause("begin_turn");
        let calls = self.llm.calls().len();
        let deletion = async {
            pause.reached(1).await;
            self.llm.called(calls + 1).await;
            let conversations = &self.world.app.conversations;
            let deleted = conversations.delete(&self.ada, &conversation()).await;
            deleted.expect("ada's conversation");
            pause.end();
        };
        let (sent, ()) = tokio::join!(self.send(message("More")), deletion);
        let Err(error) = sent else {
            panic!("the conversation is gone");
        };
        error
    }
}

#[tokio::test]
async fn an_answer_that_can_not_be_saved_stands_in_the_ledger() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Hello").await;
    let (reply, _gate) = begins_and_hangs("Never seen");
    stage.llm.reply(reply);
    assert!(matches!(
        stage.send_into_deletion().await,
        ChatError::ConversationDeleted
    ));
    stage.llm.left().await;
    let rows = stage.ledger(2).await;
    assert_eq!(rows.len(), 2, "one row for each attempt");
    let row = &rows[1];
    assert_eq!((row.outcome.as_str(), row.tokens), ("interrupted", None));
    assert_eq!((row.cost, row.tokens_final), (None, false), "nobody knows");
    assert_eq!(row.conversation, Some(conversation()));
    assert_eq!(row.key, rows[0].key);
    assert_ne!(row.message, rows[0].message);
}

#[tokio::test(start_paused = true)]
async fn attempts_for_a_turn_that_the_store_lost_are_written_when_it_is_back() {
    let stage = Stage::new().await;
    let overloaded = LlmError::new(LlmErrorKind::Overloaded);
    stage.llm.reply(Reply::refused(overloaded));
    let (reply, _gate) = begins_and_hangs("Never seen");
    stage.llm.reply(reply);
    let faults = stage.world.store.faults();
    let mut pause = faults.pause("begin_turn");
    faults.fail("begin_turn", 1);
    faults.fail("append_usage", 2);
    let outage = async {
        pause.reached(1).await;
        stage.llm.called(2).await;
        pause.end();
    };
    let (sent, ()) = tokio::join!(stage.send(message("Hello")), outage);
    assert!(matches!(sent, Err(ChatError::Store(_))));
    stage.world.app.chat.shut_down(MINUTE).await;
    let rows = stage.world.store.usage_events();
    let outcomes: Vec<&str> = rows.iter().map(|row| row.outcome.as_str()).collect();
    assert_eq!(outcomes, ["provider_overloaded", "interrupted"]);
}

#[tokio::test]
async fn a_turn_for_which_nothing_was_asked_leaves_no_row() {
    let stage = Stage::new().await;
    stage.world.store.faults().fail("begin_turn", 1);
    assert!(stage.send(message("Hello")).await.is_err());
    stage.world.app.chat.shut_down(MINUTE).await;
    let asked = stage.llm.calls().len();
    assert_eq!(stage.world.store.usage_events().len(), asked);
}

#[tokio::test]
async fn what_was_changed_while_a_message_was_sent_stays() {
    let stage = Stage::new().await;
    stage.llm.reply(Reply::text("Hi"));
    stage.ask("Hello").await;
    stage.llm.reply(Reply::text("Hi again"));
    let mut pause = stage.world.store.faults().pause("begin_turn");
    let change = async {
        pause.reached(1).await;
        let change = ConversationChange {
            title: Some(Some("Chosen".to_owned())),
            system: Some(Some("Be brief.".to_owned())),
            ..ConversationChange::default()
        };
        let conversations = &stage.world.app.conversations;
        let id = conversation();
        let changed = conversations.update(&stage.ada, &id, change).await;
        changed.expect("ada's conversation");
        pause.end();
    };
    let (sent, ()) = tokio::join!(stage.send(message("More")), change);
    let sent = sent.expect("an answer begins");
    sent.finish(&ReaderLeft::new()).await.expect("an end");
    let ConversationLookup::Found(found) = stage.lookup().await else {
        panic!("ada's conversation");
    };
    assert_eq!(found.title.as_deref(), Some("Chosen"));
    assert_eq!(found.system.as_deref(), Some("Be brief."));
}
