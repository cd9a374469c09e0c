//! Conversations, messages, turns and their ends.

use latchkey_domain::{
    conversation::{
        AttemptRecord, BeginTurn, Conversation, ConversationId, FinishAnswer, JournalEntry,
        KeyReceipt, LEASE, Message, MessageStatus, NamedRequest, ONCE_KEPT, Once, OnceKeyMac,
        Payer, RequestMac, RunningAnswer,
    },
    id::{InstanceId, MessageId, UserId},
    llm::{ModelId, TurnRole},
    owner::Owner,
    raw_json::RawJson,
    usage::{Cost, NanoUsd, PRICE_VERSION, TokenUsage, UsageReport},
};

use super::Samples;

/// A model that the price table knows.
pub fn model() -> ModelId {
    ModelId::parse("claude-sonnet-5-5").expect("a well-formed id")
}

/// A text as the provider's content blocks.
pub fn text_blocks(text: &str) -> RawJson {
    let text = serde_json::Value::from(text);
    // The odd space shows who parses and prints what has to stay as it came.
    RawJson::from_trusted(format!(r#"[{{"type":"text","text":{text} }}]"#))
}

impl Samples {
    /// An empty conversation of `owner`.
    pub fn conversation(&self, owner: impl Into<Owner>) -> Conversation {
        let now = self.now();
        Conversation {
            owner: owner.into(),
            id: ConversationId::new(self.ids()),
            title: None,
            model: Some(model()),
            system: Some("Be brief.".to_owned()),
            key: None,
            pinned: false,
            temporary: false,
            shown_leaf: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// A person's message after `parent`.
    pub fn user_message(
        &self,
        conversation: &Conversation,
        parent: Option<MessageId>,
        text: &str,
    ) -> Message {
        let now = self.now();
        Message {
            id: MessageId::new(self.ids()),
            conversation: conversation.id.clone(),
            parent,
            role: TurnRole::User,
            content: text_blocks(text),
            next_turn: None,
            text: text.to_owned(),
            status: MessageStatus::Complete,
            status_detail: None,
            model: None,
            stop_reason: None,
            created_at: now,
            completed_at: Some(now),
            usage: None,
            cost: None,
            key: None,
        }
    }

    /// An answer to `parent` that begins now.
    pub fn streaming_answer(&self, conversation: &Conversation, parent: MessageId) -> Message {
        Message {
            id: MessageId::new(self.ids()),
            conversation: conversation.id.clone(),
            parent: Some(parent),
            role: TurnRole::Assistant,
            content: RawJson::empty_array(),
            next_turn: None,
            text: String::new(),
            status: MessageStatus::Streaming,
            status_detail: None,
            model: Some(model()),
            stop_reason: None,
            created_at: self.now(),
            completed_at: None,
            usage: None,
            cost: None,
            key: None,
        }
    }

    /// The beginning of a turn: `text` after `parent`, answered by `holder`.
    pub fn turn(
        &self,
        conversation: &Conversation,
        parent: Option<MessageId>,
        text: &str,
        holder: InstanceId,
    ) -> BeginTurn {
        let message = self.user_message(conversation, parent, text);
        let answered = message.id;
        BeginTurn {
            user_message: Some(message),
            ..self.rerun(conversation, answered, holder)
        }
    }

    /// The beginning of another answer to `asked`, a message that is stored already.
    pub fn rerun(
        &self,
        conversation: &Conversation,
        asked: MessageId,
        holder: InstanceId,
    ) -> BeginTurn {
        let answer = self.streaming_answer(conversation, asked);
        BeginTurn {
            conversation: Conversation {
                shown_leaf: Some(answer.id),
                updated_at: answer.created_at,
                ..conversation.clone()
            },
            user_message: None,
            running: RunningAnswer {
                message: answer.id,
                owner: conversation.owner,
                conversation: conversation.id.clone(),
                holder,
                lease_until: answer.created_at.plus(LEASE),
                stop_requested: false,
            },
            answer,
            once: None,
        }
    }

    /// `turn`, begun by a request of `user` under the key `key`, which it holds for a day.
    pub fn once(&self, turn: BeginTurn, user: UserId, key: u8) -> BeginTurn {
        let once = Once {
            user,
            named: NamedRequest {
                key: OnceKeyMac([key; 32]),
                request: RequestMac([key.wrapping_add(100); 32]),
            },
            expires_at: turn.conversation.updated_at.plus(ONCE_KEPT),
        };
        BeginTurn {
            once: Some(once),
            ..turn
        }
    }

    /// The good end of the answer that `turn` began, with one row for the ledger if a user owns it.
    pub fn completion(&self, turn: &BeginTurn, text: &str) -> FinishAnswer {
        let owner = turn.running.owner;
        let usage = owner.user_id().map(|user| {
            let mut event = self.usage_event(user);
            event.conversation = Some(turn.conversation.id.clone());
            event.message = Some(turn.answer.id);
            event
        });
        FinishAnswer {
            owner,
            holder: turn.running.holder,
            answer: Message {
                content: text_blocks(text),
                text: text.to_owned(),
                status: MessageStatus::Complete,
                stop_reason: Some("end_turn".to_owned()),
                completed_at: Some(self.now()),
                usage: Some(usage_report()),
                cost: Some(Cost {
                    amount: Some(NanoUsd(123_456)),
                    saved: Some(NanoUsd(-789)),
                    price_version: PRICE_VERSION,
                }),
                key: Some(KeyReceipt {
                    id: None,
                    name: Some("Work".to_owned()),
                    hint: Some("…4f2A".to_owned()),
                    payer: Payer::Owner(owner),
                    attempts: vec![AttemptRecord {
                        key: None,
                        outcome: "complete".to_owned(),
                    }],
                }),
                ..turn.answer.clone()
            },
            usage: usage.into_iter().collect(),
            used_key: None,
        }
    }

    /// A part of the journal of the answer that `turn` began.
    pub fn journal_entry(&self, turn: &BeginTurn, first_event: u64, events: &str) -> JournalEntry {
        JournalEntry {
            message: turn.answer.id,
            holder: turn.running.holder,
            first_event,
            events: events.as_bytes().to_vec(),
            lease_until: self.now().plus(LEASE),
        }
    }
}

fn usage_report() -> UsageReport {
    UsageReport {
        tokens: TokenUsage {
            input: 12,
            output: 34,
            ..TokenUsage::default()
        },
        raw: RawJson::from_trusted(r#"{"input_tokens":12, "output_tokens":34,"new_counter":1}"#),
        is_final: true,
        fast: false,
        us_only: true,
    }
}
