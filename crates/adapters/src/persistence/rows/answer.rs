//! Rows of `answers` and `answer_journal`.

use diesel::prelude::*;
use latchkey_domain::{
    StoreError,
    conversation::{ConversationId, JournalEntry, RunningAnswer},
};

use super::{Reading, big_integer};
use crate::persistence::{
    schema::{answer_journal, answers},
    sql_types::{Ts, Uid},
};

/// A running answer.
#[derive(Debug, Insertable)]
#[diesel(table_name = answers)]
pub struct AnswerRow {
    pub message: Uid,
    pub holder: Uid,
    pub lease_until: Ts,
    pub stop_requested: bool,
}

impl From<&RunningAnswer> for AnswerRow {
    fn from(answer: &RunningAnswer) -> Self {
        Self {
            message: answer.message.into(),
            holder: answer.holder.into(),
            lease_until: answer.lease_until.into(),
            stop_requested: answer.stop_requested,
        }
    }
}

/// A running answer with the conversation that it is in.
#[derive(Debug, Queryable)]
pub struct TakenOverRow {
    pub message: Uid,
    pub user_id: Option<Uid>,
    pub team_id: Option<Uid>,
    pub conversation: String,
    pub holder: Uid,
    pub lease_until: Ts,
    pub stop_requested: bool,
}

impl TryFrom<TakenOverRow> for RunningAnswer {
    type Error = StoreError;

    fn try_from(row: TakenOverRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "conversations",
            row: &row.conversation,
        };
        let conversation = ConversationId::parse(&row.conversation).ok();
        Ok(Self {
            message: row.message.into(),
            owner: reading.owner(row.user_id, row.team_id)?,
            conversation: reading.value("id", conversation)?,
            holder: row.holder.into(),
            lease_until: row.lease_until.into(),
            stop_requested: row.stop_requested,
        })
    }
}

/// A part of a journal.
#[derive(Debug, Insertable)]
#[diesel(table_name = answer_journal)]
pub struct JournalRow {
    pub message: Uid,
    pub first_event: i64,
    pub events: Vec<u8>,
}

impl TryFrom<&JournalEntry> for JournalRow {
    type Error = StoreError;

    fn try_from(entry: &JournalEntry) -> Result<Self, StoreError> {
        Ok(Self {
            message: entry.message.into(),
            first_event: big_integer(entry.first_event)?,
            events: entry.events.clone(),
        })
    }
}
