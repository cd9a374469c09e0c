//! Chat over in-memory ports and a provider that follows a script.

mod beginning;
mod endings;
mod estimates;
mod listening;
mod meanwhile;
mod once;
mod paying;
mod provider_faults;
mod recovery;
mod regenerating;

use std::sync::Arc;

use latchkey_application::{
    Actor,
    chat::{
        AnswerSettings, AnswerUpdate, Caller, ChatError, EndedAnswer, Parent, ReaderLeft,
        SendMessage, StartedAnswer,
    },
};
use latchkey_domain::{
    conversation::{ConversationId, ConversationLookup, Message, MessageStatus, PathMessage},
    id::{ApiKeyId, MessageId},
    llm::{AnswerFormat as _, LlmEvent, ModelId},
    page::{MAX_PAGE, PageRequest},
    user::OnDisconnect,
};
use latchkey_test_support::{
    builders::chat::text_blocks,
    memory::{MemoryFormat, MemoryRateLimiter, Reply, ScriptedLlm},
};

use crate::world::{World, address, key_secret, secret};

/// A world whose provider follows a script, and somebody with a stored key in it.
pub struct Stage {
    pub world: World,
    pub llm: Arc<ScriptedLlm>,
    pub limiter: Arc<MemoryRateLimiter>,
    pub ada: Actor,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with_policy(|_| ()).await
    }

    pub async fn with_policy(change: impl FnOnce(&mut latchkey_application::Policy)) -> Self {
        let llm = ScriptedLlm::new();
        let base = World::with_policy(change);
        let limiter = Arc::new(MemoryRateLimiter::new(base.clock.clone()));
        let world = base.rewired(|ports| {
            ports.llm = llm.clone();
            ports.format = Arc::new(MemoryFormat);
            ports.limiter = limiter.clone();
        });
        let ada = world.actor("ada").await;
        world.add_key(&ada, "work").await;
        Self {
            world,
            llm,
            limiter,
            ada,
        }
    }

    pub fn as_ada(&self) -> Caller {
        Caller::SignedIn(self.ada.clone())
    }

    /// Sends a message as ada and returns when its answer begins, or why it doesn't.
    pub async fn send(&self, message: SendMessage) -> Result<StartedAnswer, ChatError> {
        let chat = &self.world.app.chat;
        chat.send(self.as_ada(), message, ReaderLeft::new()).await
    }

    /// Sends a message as ada, and reads its answer to the end.
    pub async fn ask(&self, text: &str) -> EndedAnswer {
        let started = self.send(message(text)).await.expect("an answer begins");
        started
            .finish(&ReaderLeft::new())
            .await
            .expect("an answer ends")
    }

    /// The branch that is shown of ada's conversation.
    pub async fn path(&self) -> Vec<PathMessage> {
        let messages = self
            .world
            .app
            .conversations
            .messages(&self.ada, &conversation(), &PageRequest::first(MAX_PAGE))
            .await;
        messages.expect("ada's conversation").items
    }

    /// The last message of the branch that is shown.
    pub async fn last(&self) -> Message {
        self.path().await.pop().expect("a message").message
    }

    /// Waits until the last message has ended.
    pub async fn ended(&self) -> Message {
        let mut waits = 0;
        loop {
            let last = self.last().await;
            if last.status != MessageStatus::Streaming {
                return last;
            }
            waits += 1;
            assert!(waits < 100_000, "the answer doesn't end");
            tokio::task::yield_now().await;
        }
    }

    pub async fn lookup(&self) -> ConversationLookup {
        let (owner, id) = (self.ada.owner(), conversation());
        let found = self.world.ports.conversations.find_conversation(owner, &id);
        found.await.unwrap()
    }
}

pub fn conversation() -> ConversationId {
    ConversationId::parse("123").expect("an id")
}

/// The id of no message.
pub fn unknown_message() -> MessageId {
    MessageId::parse("00000000-0000-7000-8000-000000000009").expect("an id")
}

/// A message behind the last one of conversation 123.
pub fn message(text: &str) -> SendMessage {
    SendMessage {
        conversation: conversation(),
        content: text_blocks(text),
        text: text.to_owned(),
        system: None,
        temporary: false,
        parent: Parent::ShownLeaf,
        history: Vec::new(),
        once: None,
        answer: AnswerSettings::default(),
    }
}

/// As [`message`], with a key given along.
pub fn message_with_key(text: &str, name: &str) -> SendMessage {
    let answer = AnswerSettings {
        given_key: Some(secret(&key_secret(name))),
        ..AnswerSettings::default()
    };
    SendMessage {
        answer,
        ..message(text)
    }
}

/// An answer of this model.
pub fn answered_by(model: &str) -> AnswerSettings {
    AnswerSettings {
        model: Some(ModelId::parse(model).expect("a model id")),
        ..AnswerSettings::default()
    }
}

/// An answer that this stored key pays for.
pub fn paid_with(key: ApiKeyId) -> AnswerSettings {
    AnswerSettings {
        key: Some(key),
        ..AnswerSettings::default()
    }
}

pub fn stop_when_left(text: &str) -> SendMessage {
    let answer = AnswerSettings {
        on_disconnect: Some(OnDisconnect::Stop),
        ..AnswerSettings::default()
    };
    SendMessage {
        answer,
        ..message(text)
    }
}

pub fn anonymous() -> Caller {
    Caller::Anonymous {
        address: address("198.51.100.7"),
    }
}

/// All events of an answer with their numbers, and its end.
pub async fn read(mut started: StartedAnswer) -> (Vec<(u64, LlmEvent)>, EndedAnswer) {
    let mut events = Vec::new();
    while let Some(update) = started.updates.next().await {
        match update {
            AnswerUpdate::Events(batch) => {
                let read = MemoryFormat.read_journal(&batch.bytes);
                assert_eq!(batch.events, u64::try_from(read.len()).unwrap());
                events.extend((batch.first_event..).zip(read));
            }
            AnswerUpdate::Cut(fault) => panic!("the reader was cut off: {fault:?}"),
            AnswerUpdate::Ended(end) => return (events, *end),
        }
    }
    panic!("the answer has no end");
}

/// The events up to a text that isn't finished yet: `message_start`, `content_block_start`, one delta.
pub fn beginning(text: &str) -> Vec<LlmEvent> {
    use latchkey_test_support::builders::events::{message_start, text_block};
    std::iter::once(message_start())
        .chain(text_block(0, text).into_iter().take(2))
        .collect()
}

/// A reply that begins with `text` and is then silent for ever.
pub fn begins_and_hangs(text: &str) -> (Reply, latchkey_test_support::memory::Gate) {
    let gate = latchkey_test_support::memory::Gate::new();
    (Reply::new().events(beginning(text)).then_waits(&gate), gate)
}
