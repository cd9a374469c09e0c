//! How turns are written to PostgreSQL: all of one in one statement, which is a transaction of its own, as each statement costs a message
//! to the server. What it refuses to do is done again as a transaction, which finds out why.

use diesel::{OptionalExtension, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError,
    conversation::{BeginTurn, BeginTurnError, FinishAnswer, Message},
    id::MessageId,
};

use super::{
    Db,
    answer::{after_lost_lease, begin, finish},
};
use crate::persistence::{
    rows::{answer::AnswerRow, message::MessageStateRow, usage_event::UsageEventRow},
    sql_types::{Ts, Uid},
    statement::{
        Statement,
        turn::{
            GO_ON, INSERT_CONVERSATION, and_end_lease, and_write_state, conversation_values, is_in,
            on_conflict,
        },
    },
    text::AnyText,
};

/// Begins a turn.
pub async fn begin_turn(db: &Db, turn: BeginTurn) -> Result<(), BeginTurnError> {
    // The key must be taken before all else is looked at.
    if turn.once.is_none() {
        let statement = begin_at_once(&turn)?;
        let begun: Option<i64> = db
            .write_statement::<_, BeginTurnError, _>(async move |conn| {
                Ok(statement.get_result(conn).await.optional()?)
            })
            .await?;
        if begun.is_some() {
            return Ok(());
        }
    }
    db.write(async move |conn| begin(conn, &turn).await).await
}

/// Ends an answer.
pub async fn finish_answer(db: &Db, end: FinishAnswer) -> Result<bool, StoreError> {
    let Some(statement) = finish_at_once(&end)? else {
        return db.write(async move |conn| finish(conn, &end).await).await;
    };
    db.write_statement(async move |conn| {
        let ended: Option<i64> = statement.get_result(conn).await.optional()?;
        match ended {
            Some(_) => Ok(true),
            None => after_lost_lease(conn, &end).await,
        }
    })
    .await
}

/// All that begins a turn; gives the number of the conversation's row. Nothing, and nothing is written, if there is anything in the way.
///
/// All parts see the database as it was when the statement began, only the conversation's row as it is once it is locked. That is enough:
/// a parent that had ended then is ended for good, and only a conversation that is deleted takes it away. Each part reads from the one
/// before, so that the question gets its number before the answer.
fn begin_at_once(turn: &BeginTurn) -> Result<Statement<BigInt>, StoreError> {
    let conversation = &turn.conversation;
    let begun = Statement::new("WITH begun(seq) AS (")
        .sql(INSERT_CONVERSATION)
        .sql(" SELECT ");
    let mut begun = conversation_values(begun, conversation);
    let first = turn.user_message.as_ref().unwrap_or(&turn.answer);
    if let Some(parent) = first.parent {
        begun = begun.sql(" WHERE (SELECT messages.status <> 'streaming' AND");
        begun = is_in(begun, conversation.owner, &conversation.id)
            .sql(" FROM messages WHERE messages.id = ")
            .uuid(parent)
            .sql(")");
    }
    let mut written = begun.sql(on_conflict(conversation.owner)).sql(GO_ON);
    if let Some(asked) = &turn.user_message {
        written = written.sql("), asked(seq) AS (");
        written = insert_message(written, asked, "begun")?.sql("), answer(seq) AS (");
        written = insert_message(written, &turn.answer, "asked")?;
    } else {
        written = written.sql("), answer(seq) AS (");
        written = insert_message(written, &turn.answer, "begun")?;
    }
    let running = AnswerRow::from(&turn.running);
    let written = written
        .sql("), lease AS (INSERT INTO answers (message, holder, lease_until, stop_requested) SELECT ")
        .uuid(running.message)
        .sql(", ")
        .uuid(running.holder)
        .sql(", ")
        .time(running.lease_until)
        .sql(boolean(running.stop_requested))
        .sql(" FROM answer), pending AS (INSERT INTO search_pending (conversation, message) ");
    Ok(pending_rows(written, turn).sql(") SELECT seq FROM begun"))
}

/// Goes on with a message in the conversation whose number the rows of `from` have; gives that number.
fn insert_message(
    statement: Statement<BigInt>,
    message: &Message,
    from: &'static str,
) -> Result<Statement<BigInt>, StoreError> {
    let state = MessageStateRow::try_from(message)?;
    let text = |text: Option<AnyText>| text.map(AnyText::into_stored);
    let row = statement
        .sql(
            "INSERT INTO messages (conversation, id, role, created_at, content, text, status, parent, next_turn, status_detail, \
             model, stop_reason, completed_at, usage, usage_raw, cost_nano_usd, price_version, key_receipt, saved_nano_usd) SELECT ",
        )
        .sql(from)
        .sql(".seq, ")
        .uuid(message.id)
        .sql(", ")
        .text(message.role.as_str())
        .sql(", ")
        .time(message.created_at)
        .sql(", ")
        .text(state.content.0.as_str())
        .sql(", ")
        .text(state.text.into_stored())
        .sql(", ")
        .text(state.status);
    let json = state.next_turn.map(|json| json.0.as_str().to_owned());
    let raw = state.usage_raw.map(|json| json.0.as_str().to_owned());
    let row = or_null(row, message.parent, Statement::uuid);
    let row = or_null(row, json, Statement::text);
    let row = or_null(row, text(state.status_detail), Statement::text);
    let row = or_null(row, state.model, Statement::text);
    let row = or_null(row, text(state.stop_reason), Statement::text);
    let row = or_null(row, state.completed_at, Statement::time);
    let row = or_null(row, state.usage, Statement::text);
    let row = or_null(row, raw, Statement::text);
    let row = or_null(row, state.cost_nano_usd, Statement::number);
    let row = or_null(row, state.price_version, Statement::text);
    let row = or_null(row, state.key_receipt, Statement::text);
    let row = or_null(row, state.saved_nano_usd, Statement::number);
    Ok(row.sql(" FROM ").sql(from).sql(" RETURNING conversation"))
}

/// Goes on with the texts of the turn that wait for their words, as `note_pending` does.
fn pending_rows(mut rows: Statement<BigInt>, turn: &BeginTurn) -> Statement<BigInt> {
    if turn.conversation.title.is_some() {
        rows = rows.sql(
            "SELECT seq, CAST(NULL AS uuid) FROM begun WHERE NOT EXISTS (SELECT 1 FROM search_texts \
             WHERE search_texts.message IS NULL AND search_texts.conversation = begun.seq) UNION ALL ",
        );
    }
    if let Some(asked) = &turn.user_message {
        rows = pending_row(rows, asked.id).sql(" UNION ALL ");
    }
    pending_row(rows, turn.answer.id)
}

fn pending_row(rows: Statement<BigInt>, message: MessageId) -> Statement<BigInt> {
    rows.sql("SELECT seq, ").uuid(message).sql(" FROM begun")
}

/// All that ends an answer; gives the number of the conversation's row. If the answer is not its holder's any more, it gives nothing, and
/// only the ledger is written. `None` for an end with several attempts, or none.
///
/// When another answer's end is just noting the use of the same key, the key is passed over: it would make them wait for each other's
/// disk, and that end notes nearly the same instant.
fn finish_at_once(end: &FinishAnswer) -> Result<Option<Statement<BigInt>>, StoreError> {
    let [attempt] = end.usage.as_slice() else {
        return Ok(None);
    };
    let ledger = Statement::new("WITH ledger AS (");
    let ledger = insert_attempt(ledger, UsageEventRow::try_from(attempt)?);
    let lease = and_end_lease(ledger.sql("), lease AS ("), end);
    let state = lease.sql(" RETURNING answers.message), ended(seq) AS (");
    let mut written = and_write_state(state, (&end.answer).try_into()?)
        .sql(" FROM lease WHERE messages.id = lease.message RETURNING messages.conversation)");
    if let Some(key) = end.used_key {
        written = written
            .sql(", used AS (UPDATE api_keys SET last_used_at = ")
            .time_or_null(end.answer.completed_at.map(Ts))
            .sql(" FROM (SELECT api_keys.id FROM api_keys WHERE api_keys.id = ")
            .uuid(key);
        let (column, owner) = match end.owner {
            Owner::User(user) => (" AND api_keys.user_id = ", Uid::from(user)),
            Owner::Team(team) => (" AND api_keys.team_id = ", Uid::from(team)),
        };
        written = written
            .sql(column)
            .uuid(owner)
            .sql(" FOR NO KEY UPDATE SKIP LOCKED) AS own, ended WHERE api_keys.id = own.id)");
    }
    Ok(Some(written.sql(" SELECT seq FROM ended")))
}

/// Goes on with a row of the ledger, unless it stands already.
fn insert_attempt(statement: Statement<BigInt>, row: UsageEventRow) -> Statement<BigInt> {
    let text = |text: Option<AnyText>| text.map(AnyText::into_stored);
    let values = statement
        .sql(
            "INSERT INTO usage_events (id, at, day, user_id, model, outcome, price_version, tokens_final, payer_user_id, payer_team_id, \
             key_id, key_name, conversation, message, input, output, cache_read, cache_write_5m, cache_write_1h, thinking, \
             web_searches, web_fetches, cost_nano_usd, provider_request_id, saved_nano_usd) VALUES (",
        )
        .uuid(row.id)
        .sql(", ")
        .time(row.at)
        .sql(", ")
        .date(row.day)
        .sql(", ")
        .uuid(row.user_id)
        .sql(", ")
        .text(row.model)
        .sql(", ")
        .text(row.outcome)
        .sql(", ")
        .text(row.price_version)
        .sql(boolean(row.tokens_final));
    let values = or_null(values, row.payer_user_id, Statement::uuid);
    let values = or_null(values, row.payer_team_id, Statement::uuid);
    let values = or_null(values, row.key_id, Statement::uuid);
    let values = or_null(values, text(row.key_name), Statement::text);
    let values = or_null(values, row.conversation, Statement::text);
    let values = or_null(values, row.message, Statement::uuid);
    let numbers = [
        row.input,
        row.output,
        row.cache_read,
        row.cache_write_5m,
        row.cache_write_1h,
        row.thinking,
        row.web_searches,
        row.web_fetches,
        row.cost_nano_usd,
    ];
    let values = numbers.into_iter().fold(values, |values, number| {
        or_null(values, number, Statement::number)
    });
    let values = or_null(values, text(row.provider_request_id), Statement::text);
    let values = or_null(values, row.saved_nano_usd, Statement::number);
    values.sql(") ON CONFLICT DO NOTHING")
}

/// Goes on with one more value; none is written as NULL, which costs the server less than a value that it has to read.
fn or_null<T>(
    statement: Statement<BigInt>,
    value: Option<T>,
    with: fn(Statement<BigInt>, T) -> Statement<BigInt>,
) -> Statement<BigInt> {
    match value {
        Some(value) => with(statement.sql(", "), value),
        None => statement.sql(", NULL"),
    }
}

fn boolean(value: bool) -> &'static str {
    if value { ", TRUE" } else { ", FALSE" }
}
