//! Turns and running answers, and the keys under which turns began.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, SelectableHelper, insert_into,
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError, Timestamp,
    conversation::{
        AnswerRepo, BeginTurn, BeginTurnError, BegunBefore, ConversationId, FinishAnswer,
        JournalEntry, JournalOutcome, Message, MessageStatus, Once, OnceKeyMac, RunningAnswer,
        StopRequest,
    },
    id::{InstanceId, MessageId, UserId},
};

use super::{
    Conn, Db, SKIP_LOCKED,
    turn::{begin_turn, finish_answer},
    usage::{append_rows, usage_rows},
};
use crate::persistence::{
    failure::Failure,
    rows::{
        answer::{AnswerRow, JournalRow, TakenOverRow},
        big_integer,
        message::{MessageRow, NewMessageRow},
        once::BegunBeforeRow,
    },
    schema::{answer_journal, answers, conversations, messages},
    sql_types::{Ts, Uid},
    statement::{
        branch::this_message,
        once::{delete_free_once_keys, once_key, take_once_key},
        search::note_pending,
        summary::forget_names_of_nobody,
        turn::{
            self, ask_to_stop, end_lease, insert_or_go_on, journal_from, note_use, take_over,
            write_state,
        },
    },
};

#[async_trait]
impl AnswerRepo for Db {
    async fn begin_turn(&self, turn: &BeginTurn) -> Result<(), BeginTurnError> {
        begin_turn(self, turn.clone()).await
    }

    async fn find_begun(
        &self,
        user: UserId,
        key: OnceKeyMac,
        now: Timestamp,
    ) -> Result<Option<BegunBefore>, StoreError> {
        self.read(async move |conn| find_begun(conn, user, key, now).await)
            .await
    }

    async fn delete_expired_once_keys(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write_statement(async move |conn| {
            let deleted = delete_free_once_keys(now).execute(conn).await?;
            Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
        })
        .await
    }

    async fn append_journal(&self, entry: &JournalEntry) -> Result<JournalOutcome, StoreError> {
        let (holder, lease_until) = (Uid::from(entry.holder), Ts(entry.lease_until));
        let row = JournalRow::try_from(entry)?;
        if row.events.is_empty() {
            let message = row.message;
            return self
                .write_statement(async move |conn| {
                    renew_lease(conn, message, holder, lease_until).await
                })
                .await;
        }
        self.write(async move |conn| {
            let outcome = renew_lease(conn, row.message, holder, lease_until).await?;
            if outcome != JournalOutcome::LeaseLost {
                insert_into(answer_journal::table)
                    .values(row)
                    .on_conflict((answer_journal::message, answer_journal::first_event))
                    .do_update()
                    .set(answer_journal::events.eq(excluded(answer_journal::events)))
                    .execute(conn)
                    .await?;
            }
            Ok(outcome)
        })
        .await
    }

    async fn read_journal(
        &self,
        message: MessageId,
        from: u64,
        parts: u32,
    ) -> Result<(u64, Vec<u8>), StoreError> {
        let first = big_integer(from)?;
        self.read(async move |conn| {
            let parts: Vec<(i64, Vec<u8>)> = journal_from(message, first, parts).load(conn).await?;
            let first = parts
                .as_slice()
                .first()
                .map_or(first, |(first_event, _)| *first_event);
            let first = u64::try_from(first).map_err(|_| StoreError::Corrupt {
                table: "answer_journal",
                column: "first_event",
                row: message.to_string(),
            })?;
            let events = parts.into_iter().flat_map(|(_, events)| events).collect();
            Ok((first, events))
        })
        .await
    }

    async fn finish_answer(&self, end: &FinishAnswer) -> Result<bool, StoreError> {
        finish_answer(self, end.clone()).await
    }

    async fn request_stop(
        &self,
        owner: Owner,
        conversation: &ConversationId,
        message: MessageId,
    ) -> Result<StopRequest, StoreError> {
        let id = conversation.clone();
        self.write(async move |conn| {
            let asked = ask_to_stop(owner, &id, message).execute(conn).await?;
            if asked > 0 {
                return Ok(StopRequest::Requested);
            }
            let ended: Option<Uid> = this_message(owner, &id, message)
                .get_result(conn)
                .await
                .optional()?;
            Ok(match ended {
                Some(_) => StopRequest::NotRunning,
                None => StopRequest::Unknown,
            })
        })
        .await
    }

    async fn take_over_answers(
        &self,
        holder: InstanceId,
        now: Timestamp,
        lease_until: Timestamp,
        all_others: bool,
        limit: u32,
    ) -> Result<Vec<(RunningAnswer, Message)>, StoreError> {
        let abandoned = take_over(holder, now, lease_until, all_others, limit, SKIP_LOCKED);
        self.write(async move |conn| {
            let taken: Vec<Uid> = abandoned.load(conn).await?;
            if taken.is_empty() {
                return Ok(Vec::new());
            }
            let rows = messages::table
                .inner_join(conversations::table)
                .inner_join(answers::table.on(answers::message.eq(messages::id)))
                .filter(messages::id.eq_any(taken))
                .order(messages::seq)
                .select((
                    (
                        answers::message,
                        conversations::user_id,
                        conversations::team_id,
                        conversations::id,
                        answers::holder,
                        answers::lease_until,
                        answers::stop_requested,
                    ),
                    MessageRow::as_select(),
                ))
                .load::<(TakenOverRow, MessageRow)>(conn)
                .await?;
            let answers = rows.into_iter().map(|(answer, message)| {
                let answer = RunningAnswer::try_from(answer)?;
                let message = message.into_message(answer.conversation.clone())?;
                Ok::<_, StoreError>((answer, message))
            });
            Ok(answers.filter_map(or_tell).collect())
        })
        .await
    }
}

/// What can't be read is told to the operator: it must not keep the others from being read.
fn or_tell<T>(read: Result<T, StoreError>) -> Option<T> {
    read.inspect_err(
        |error| tracing::error!(%error, "an abandoned answer can't be read, and stays as it is"),
    )
    .ok()
}

/// Begins a turn, in a transaction.
pub(super) async fn begin(
    conn: &mut Conn,
    turn: &BeginTurn,
) -> Result<(), Failure<BeginTurnError>> {
    // First of all: a repetition must not find the first one's answer in its way.
    if let Some(once) = &turn.once {
        take_key(conn, once, turn.answer.id, turn.conversation.updated_at).await?;
    }
    let conversation: Option<i64> = insert_or_go_on(&turn.conversation)
        .get_result(conn)
        .await
        .optional()?;
    let Some(conversation) = conversation else {
        return Err(Failure::Refused(BeginTurnError::Deleted));
    };
    let first = turn.user_message.as_ref().unwrap_or(&turn.answer);
    if let Some(parent) = first.parent {
        check_parent(conn, conversation, parent).await?;
    }
    let asked = turn.user_message.as_ref().map(|asked| asked.id);
    let messages: Vec<MessageId> = asked.into_iter().chain([turn.answer.id]).collect();
    note_pending(conversation, turn.conversation.title.is_some(), &messages)
        .execute(conn)
        .await?;
    let answer = NewMessageRow::new(&turn.answer, conversation)?;
    match &turn.user_message {
        Some(asked) => {
            let asked = NewMessageRow::new(asked, conversation)?;
            insert_all!(conn, messages::table, [asked, answer]);
        }
        None => insert_all!(conn, messages::table, [answer]),
    }
    insert_into(answers::table)
        .values(AnswerRow::from(&turn.running))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the key for `answer`, unless it was taken before.
async fn take_key(
    conn: &mut Conn,
    once: &Once,
    answer: MessageId,
    now: Timestamp,
) -> Result<(), Failure<BeginTurnError>> {
    let taken: Option<Uid> = take_once_key(once, answer, now)
        .get_result(conn)
        .await
        .optional()?;
    if taken.is_some() {
        return Ok(());
    }
    let begun = find_begun(conn, once.user, once.named.key, now).await?;
    Err(match begun {
        Some(begun) => Failure::Refused(BeginTurnError::BegunBefore(begun)),
        // Whoever had it has just been deleted.
        None => Failure::Store(StoreError::Unavailable("a key went as it was taken".into())),
    })
}

async fn find_begun<E>(
    conn: &mut Conn,
    user: UserId,
    key: OnceKeyMac,
    now: Timestamp,
) -> Result<Option<BegunBefore>, Failure<E>> {
    let row: Option<BegunBeforeRow> = once_key(user, key, now).get_result(conn).await.optional()?;
    Ok(row.map(BegunBefore::try_from).transpose()?)
}

/// The parent must be of this conversation, and not a running answer. The conversation's row was just written and is locked.
async fn check_parent(
    conn: &mut Conn,
    conversation: i64,
    parent: MessageId,
) -> Result<(), Failure<BeginTurnError>> {
    let status: Option<String> = messages::table
        .filter(messages::id.eq(Uid::from(parent)))
        .filter(messages::conversation.eq(conversation))
        .select(messages::status)
        .first(conn)
        .await
        .optional()?;
    match status.as_deref().map(MessageStatus::parse) {
        None => Err(Failure::Refused(BeginTurnError::UnknownParent)),
        Some(Some(MessageStatus::Streaming)) => {
            Err(Failure::Refused(BeginTurnError::AnswerRunning))
        }
        Some(_) => Ok(()),
    }
}

async fn renew_lease(
    conn: &mut Conn,
    message: Uid,
    holder: Uid,
    lease_until: Ts,
) -> Result<JournalOutcome, Failure<StoreError>> {
    let stop_requested: Option<bool> = turn::renew_lease(message, holder, lease_until)
        .get_result(conn)
        .await
        .optional()?;
    Ok(match stop_requested {
        Some(stop_requested) => JournalOutcome::Written { stop_requested },
        None => JournalOutcome::LeaseLost,
    })
}

/// Ends an answer, in a transaction.
pub(super) async fn finish(
    conn: &mut Conn,
    end: &FinishAnswer,
) -> Result<bool, Failure<StoreError>> {
    append_rows(conn, usage_rows(&end.usage)?).await?;
    // Whoever deletes the lease writes the end; the journal goes with it.
    let ended = end_lease(end).execute(conn).await?;
    if ended == 0 {
        return after_lost_lease(conn, end).await;
    }
    write_state(end.answer.id, (&end.answer).try_into()?)
        .execute(conn)
        .await?;
    if let Some(key) = end.used_key {
        note_use(key, end.owner, end.answer.completed_at)
            .execute(conn)
            .await?;
    }
    Ok(true)
}

/// What is left to do for an end whose lease is gone. The ledger's row was written for somebody who may be gone, too: then the name that
/// they gave the key goes from it, as it went from all others. Tells whether this very end stands already.
pub(super) async fn after_lost_lease(
    conn: &mut Conn,
    end: &FinishAnswer,
) -> Result<bool, Failure<StoreError>> {
    forget_names_of_nobody(&end.usage).execute(conn).await?;
    is_written(conn, end).await
}

/// Whether this very end stands already: its writer was cut off before it learnt that.
async fn is_written(conn: &mut Conn, end: &FinishAnswer) -> Result<bool, Failure<StoreError>> {
    let own: Option<Uid> = this_message(end.owner, &end.answer.conversation, end.answer.id)
        .get_result(conn)
        .await
        .optional()?;
    let Some(own) = own else {
        return Ok(false);
    };
    let written: Option<Uid> = messages::table
        .filter(messages::id.eq(own))
        .filter(messages::status.eq(end.answer.status.as_str()))
        .filter(messages::completed_at.eq(end.answer.completed_at.map(Ts)))
        .select(messages::id)
        .first(conn)
        .await
        .optional()?;
    Ok(written.is_some())
}
