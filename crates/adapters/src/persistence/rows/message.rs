//! Rows of `messages`.

use std::{collections::BTreeSet, sync::Mutex};

use diesel::{
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
    sqlite::Sqlite,
};
use latchkey_domain::{
    StoreError,
    conversation::{BranchLeaf, ConversationId, Message, MessageStatus, PathMessage},
    llm::{ModelId, Turn, TurnRole},
    usage::{Cost, NanoUsd, PRICE_VERSION, UsageReport},
};

use super::{
    Reading,
    receipt::{read_receipt, read_usage, write_receipt, write_usage},
};
use crate::persistence::{
    schema::messages,
    sql_types::{DbTime, DbUuid, Ts, Uid},
    text::{AnyText, JsonText},
};

/// A message.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = messages, check_for_backend(Pg, Sqlite))]
pub struct MessageRow {
    pub id: Uid,
    pub parent: Option<Uid>,
    pub role: String,
    pub content: JsonText,
    pub next_turn: Option<JsonText>,
    pub text: AnyText,
    pub status: String,
    pub status_detail: Option<AnyText>,
    pub model: Option<String>,
    pub stop_reason: Option<AnyText>,
    pub created_at: Ts,
    pub completed_at: Option<Ts>,
    pub usage: Option<String>,
    pub usage_raw: Option<JsonText>,
    pub cost_nano_usd: Option<i64>,
    pub price_version: Option<String>,
    pub key_receipt: Option<String>,
    pub saved_nano_usd: Option<i64>,
}

/// The columns of a [`MessageRow`] in statements of our own, in its order, and their types.
pub const MESSAGE_COLUMNS: &str = "messages.id, messages.parent, messages.role, messages.content, messages.next_turn, \
    messages.text, messages.status, messages.status_detail, messages.model, messages.stop_reason, messages.created_at, \
    messages.completed_at, messages.usage, messages.usage_raw, messages.cost_nano_usd, messages.price_version, \
    messages.key_receipt, messages.saved_nano_usd";
pub type MessageColumns = (
    DbUuid,
    Nullable<DbUuid>,
    Text,
    Text,
    Nullable<Text>,
    Text,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    DbTime,
    Nullable<DbTime>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<BigInt>,
);

/// The columns of a [`PathRow`].
pub type PathColumns = (
    MessageColumns,
    BigInt,
    BigInt,
    Nullable<DbUuid>,
    Nullable<DbUuid>,
);
/// The columns of a [`TurnRow`].
pub type TurnColumns = (DbUuid, Text, Text, Text, Nullable<Text>);

/// A message with its place among its siblings.
#[derive(Debug, Queryable)]
pub struct PathRow {
    pub message: MessageRow,
    pub sibling_index: i64,
    pub sibling_count: i64,
    pub previous_sibling: Option<Uid>,
    pub next_sibling: Option<Uid>,
}

impl PathRow {
    /// The message, which is in this conversation, with its place.
    pub fn into_message(self, conversation: ConversationId) -> Result<PathMessage, StoreError> {
        let id = self.message.id.0;
        let reading = Reading {
            table: "messages",
            row: &id,
        };
        Ok(PathMessage {
            sibling_index: reading.number("seq", self.sibling_index)?,
            sibling_count: reading.number("seq", self.sibling_count)?,
            previous_sibling: self.previous_sibling.map(Into::into),
            next_sibling: self.next_sibling.map(Into::into),
            message: self.message.into_message(conversation)?,
        })
    }
}

/// A new message; `conversation` is the number of its conversation's row.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub struct NewMessageRow {
    pub id: Uid,
    pub conversation: i64,
    pub parent: Option<Uid>,
    pub role: &'static str,
    pub created_at: Ts,
    #[diesel(embed)]
    pub state: MessageStateRow,
}

/// Everything of a message that its end may change.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub struct MessageStateRow {
    pub content: JsonText,
    pub next_turn: Option<JsonText>,
    pub text: AnyText,
    pub status: &'static str,
    pub status_detail: Option<AnyText>,
    pub model: Option<String>,
    pub stop_reason: Option<AnyText>,
    pub completed_at: Option<Ts>,
    pub usage: Option<String>,
    pub usage_raw: Option<JsonText>,
    pub cost_nano_usd: Option<i64>,
    pub price_version: Option<String>,
    pub key_receipt: Option<String>,
    pub saved_nano_usd: Option<i64>,
}

impl NewMessageRow {
    /// The row of `message` in the conversation's row with this number.
    pub fn new(message: &Message, conversation: i64) -> Result<Self, StoreError> {
        Ok(Self {
            id: message.id.into(),
            conversation,
            parent: message.parent.map(Uid::from),
            role: message.role.as_str(),
            created_at: message.created_at.into(),
            state: message.try_into()?,
        })
    }
}

impl TryFrom<&Message> for MessageStateRow {
    type Error = StoreError;

    fn try_from(message: &Message) -> Result<Self, StoreError> {
        let usage = message.usage.as_ref();
        Ok(Self {
            content: JsonText(message.content.clone()),
            next_turn: message.next_turn.clone().map(JsonText),
            text: message.text.as_str().into(),
            status: message.status.as_str(),
            status_detail: message.status_detail.as_deref().map(AnyText::from),
            model: message
                .model
                .as_ref()
                .map(|model| model.as_str().to_owned()),
            stop_reason: message.stop_reason.as_deref().map(AnyText::from),
            completed_at: message.completed_at.map(Ts),
            usage: usage.map(write_usage).transpose()?,
            usage_raw: usage.map(|report| JsonText(report.raw.clone())),
            cost_nano_usd: message
                .cost
                .and_then(|cost| cost.amount)
                .map(|amount| amount.0),
            price_version: message.cost.map(|cost| cost.price_version.to_owned()),
            key_receipt: message.key.as_ref().map(write_receipt).transpose()?,
            saved_nano_usd: message
                .cost
                .and_then(|cost| cost.saved)
                .map(|saved| saved.0),
        })
    }
}

impl MessageRow {
    /// The message, which is in this conversation.
    pub fn into_message(self, conversation: ConversationId) -> Result<Message, StoreError> {
        let reading = Reading {
            table: "messages",
            row: &self.id.0,
        };
        let model = self
            .model
            .map(|model| reading.value("model", ModelId::parse(&model).ok()))
            .transpose()?;
        let cost = self
            .price_version
            .map(|version| {
                Ok(Cost {
                    amount: self.cost_nano_usd.map(NanoUsd),
                    saved: self.saved_nano_usd.map(NanoUsd),
                    price_version: reading.value("price_version", known_version(&version))?,
                })
            })
            .transpose()?;
        let key = self
            .key_receipt
            .map(|json| reading.value("key_receipt", read_receipt(&json)))
            .transpose()?;
        Ok(Message {
            id: self.id.into(),
            conversation,
            parent: self.parent.map(Into::into),
            role: reading.value("role", TurnRole::parse(&self.role))?,
            content: self.content.0,
            next_turn: self.next_turn.map(|json| json.0),
            text: self.text.into_text(),
            status: reading.value("status", MessageStatus::parse(&self.status))?,
            status_detail: self.status_detail.map(AnyText::into_text),
            model,
            stop_reason: self.stop_reason.map(AnyText::into_text),
            created_at: self.created_at.into(),
            completed_at: self.completed_at.map(Into::into),
            usage: usage_of(&reading, self.usage, self.usage_raw)?,
            cost,
            key,
        })
    }
}

fn usage_of(
    reading: &Reading<'_>,
    counters: Option<String>,
    raw: Option<JsonText>,
) -> Result<Option<UsageReport>, StoreError> {
    match (counters, raw) {
        (None, None) => Ok(None),
        (Some(counters), Some(raw)) => reading
            .value("usage", read_usage(&counters, raw.0))
            .map(Some),
        _ => Err(reading.corrupt("usage_raw")),
    }
}

/// Price versions live as long as the program. There are as many as price tables that ever wrote into this database.
fn known_version(version: &str) -> Option<&'static str> {
    static OLDER: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    const MOST: usize = 1_000;
    if version == PRICE_VERSION {
        return Some(PRICE_VERSION);
    }
    let mut older = OLDER.lock().ok()?;
    if let Some(known) = older.get(version) {
        return Some(known);
    }
    if older.len() == MOST || version.len() > 64 {
        return None;
    }
    let known: &'static str = Box::leak(version.to_owned().into_boxed_str());
    older.insert(known);
    Some(known)
}

/// A message as it goes to the provider.
#[derive(Debug, Queryable)]
pub struct TurnRow {
    pub id: Uid,
    pub status: String,
    pub role: String,
    pub content: JsonText,
    pub model: Option<String>,
}

impl TurnRow {
    /// This message as the end of a branch.
    pub fn leaf(&self) -> Result<BranchLeaf, StoreError> {
        let reading = Reading {
            table: "messages",
            row: &self.id.0,
        };
        Ok(BranchLeaf {
            id: self.id.into(),
            status: reading.value("status", MessageStatus::parse(&self.status))?,
        })
    }
}

impl TryFrom<TurnRow> for Turn {
    type Error = StoreError;

    fn try_from(row: TurnRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "messages",
            row: &row.id.0,
        };
        let model = row
            .model
            .map(|model| reading.value("model", ModelId::parse(&model).ok()))
            .transpose()?;
        Ok(Self {
            role: reading.value("role", TurnRole::parse(&row.role))?,
            content: row.content.0,
            model,
        })
    }
}
