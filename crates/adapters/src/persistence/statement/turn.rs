//! Statements about turns, their leases and journals.

use diesel::sql_types::{BigInt, Binary, Bool};
use latchkey_domain::{
    Owner, Timestamp,
    conversation::{Conversation, ConversationId, FinishAnswer},
    id::{ApiKeyId, InstanceId, MessageId},
};

use super::{Statement, branch::and_is};
use crate::persistence::{
    rows::{conversation::NewConversationRow, message::MessageStateRow},
    sql_types::{DbUuid, Ts, Uid},
    text::AnyText,
};

/// Makes the conversation or writes what a turn changes of it; gives the row's number. A tombstone gives nothing.
pub fn insert_or_go_on(conversation: &Conversation) -> Statement<BigInt> {
    insert_or(conversation).sql(GO_ON)
}

/// What a turn does with a conversation that there is.
pub const GO_ON: &str = " DO UPDATE SET title = COALESCE(conversations.title, excluded.title), \
    model = excluded.model, system = COALESCE(excluded.system, conversations.system), shown_leaf = excluded.shown_leaf, \
    updated_at = excluded.updated_at WHERE conversations.deleted_at IS NULL RETURNING seq";

/// Makes the conversation; what is done where its id is taken follows.
pub fn insert_or<ST>(conversation: &Conversation) -> Statement<ST> {
    let insert = Statement::new(INSERT_CONVERSATION).sql(" VALUES (");
    conversation_values(insert, conversation)
        .sql(")")
        .sql(on_conflict(conversation.owner))
}

/// The beginning of a statement that makes a conversation; its values follow, as [`conversation_values`] gives them.
pub const INSERT_CONVERSATION: &str = "INSERT INTO conversations (user_id, team_id, id, title, model, system, key_id, pinned, \
    temporary, searchable, shown_leaf, created_at, updated_at)";

/// Goes on with the values of a conversation.
pub fn conversation_values<ST>(
    statement: Statement<ST>,
    conversation: &Conversation,
) -> Statement<ST> {
    let row = NewConversationRow::from(conversation);
    let text = |text: Option<AnyText>| text.map(AnyText::into_stored);
    statement
        .uuid_or_null(row.user_id)
        .sql(", ")
        .uuid_or_null(row.team_id)
        .sql(", ")
        .text(row.id)
        .sql(", ")
        .text_or_null(text(row.title))
        .sql(", ")
        .text_or_null(row.model)
        .sql(", ")
        .text_or_null(text(row.system))
        .sql(", ")
        .uuid_or_null(row.key_id)
        .sql(if row.pinned { ", TRUE" } else { ", FALSE" })
        .sql(if row.temporary {
            ", TRUE, TRUE, "
        } else {
            ", FALSE, TRUE, "
        })
        .uuid_or_null(row.shown_leaf)
        .sql(", ")
        .time(row.created_at)
        .sql(", ")
        .time(row.updated_at)
}

/// Where the id of a conversation of this owner is taken.
pub fn on_conflict(owner: Owner) -> &'static str {
    match owner {
        Owner::User(_) => " ON CONFLICT (user_id, id) WHERE user_id IS NOT NULL",
        Owner::Team(_) => " ON CONFLICT (team_id, id) WHERE team_id IS NOT NULL",
    }
}

/// Up to `parts` parts from the one that has event `from`.
pub fn journal_from(message: MessageId, from: i64, parts: u32) -> Statement<(BigInt, Binary)> {
    Statement::new("SELECT first_event, events FROM answer_journal WHERE message = ")
        .uuid(message)
        .sql(
            " AND first_event >= COALESCE((SELECT MAX(earlier.first_event) FROM answer_journal AS earlier \
             WHERE earlier.message = ",
        )
        .uuid(message)
        .sql(" AND earlier.first_event <= ")
        .number(from)
        .sql("), 0) ORDER BY first_event LIMIT ")
        .number(parts.into())
}

/// Ends the lease of its holder; the journal goes with it.
pub fn end_lease(end: &FinishAnswer) -> Statement<()> {
    and_end_lease(Statement::new(""), end)
}

/// Goes on with the end of the lease of its holder.
pub fn and_end_lease<ST>(statement: Statement<ST>, end: &FinishAnswer) -> Statement<ST> {
    let lease = statement
        .sql("DELETE FROM answers WHERE message = ")
        .uuid(end.answer.id)
        .sql(" AND holder = ")
        .uuid(end.holder);
    and_message_is(lease, end.owner, &end.answer.conversation)
}

/// Lengthens the lease of its holder; gives whether somebody asked the answer to stop.
pub fn renew_lease(message: Uid, holder: Uid, lease_until: Ts) -> Statement<Bool> {
    Statement::new("UPDATE answers SET lease_until = ")
        .time(lease_until)
        .sql(" WHERE message = ")
        .uuid(message)
        .sql(" AND holder = ")
        .uuid(holder)
        .sql(" RETURNING stop_requested")
}

/// Writes all of a message that its end may change. Diesel's own UPDATE would be prepared anew each time.
pub fn write_state(message: MessageId, state: MessageStateRow) -> Statement<()> {
    and_write_state(Statement::new(""), state)
        .sql(" WHERE id = ")
        .uuid(message)
}

/// Goes on with the change of all of a message that its end may change; which message follows.
pub fn and_write_state<ST>(statement: Statement<ST>, state: MessageStateRow) -> Statement<ST> {
    let text = |text: Option<AnyText>| text.map(AnyText::into_stored);
    statement
        .sql("UPDATE messages SET content = ")
        .text(state.content.0.as_str())
        .sql(", next_turn = ")
        .text_or_null(state.next_turn.map(|json| json.0.as_str().to_owned()))
        .sql(", text = ")
        .text(state.text.into_stored())
        .sql(", status = ")
        .text(state.status)
        .sql(", status_detail = ")
        .text_or_null(text(state.status_detail))
        .sql(", model = ")
        .text_or_null(state.model)
        .sql(", stop_reason = ")
        .text_or_null(text(state.stop_reason))
        .sql(", completed_at = ")
        .time_or_null(state.completed_at)
        .sql(", usage = ")
        .text_or_null(state.usage)
        .sql(", usage_raw = ")
        .text_or_null(state.usage_raw.map(|json| json.0.as_str().to_owned()))
        .sql(", cost_nano_usd = ")
        .number_or_null(state.cost_nano_usd)
        .sql(", price_version = ")
        .text_or_null(state.price_version)
        .sql(", key_receipt = ")
        .text_or_null(state.key_receipt)
        .sql(", saved_nano_usd = ")
        .number_or_null(state.saved_nano_usd)
}

/// Notes when a key of `owner` was used.
pub fn note_use(key: ApiKeyId, owner: Owner, at: Option<Timestamp>) -> Statement<()> {
    let used = Statement::new("UPDATE api_keys SET last_used_at = ")
        .time_or_null(at.map(Ts))
        .sql(" WHERE id = ")
        .uuid(key);
    match owner {
        Owner::User(user) => used.sql(" AND user_id = ").uuid(user),
        Owner::Team(team) => used.sql(" AND team_id = ").uuid(team),
    }
}

/// Asks the writer of a running answer to stop.
pub fn ask_to_stop(owner: Owner, id: &ConversationId, message: MessageId) -> Statement<()> {
    let answer =
        Statement::new("UPDATE answers SET stop_requested = TRUE WHERE message = ").uuid(message);
    and_message_is(answer, owner, id)
}

/// Goes on with the condition that the answer's message is in the living conversation `id` of `owner`.
fn and_message_is<ST>(
    statement: Statement<ST>,
    owner: Owner,
    id: &ConversationId,
) -> Statement<ST> {
    let statement = statement.sql(" AND (SELECT");
    is_in(statement, owner, id).sql(" FROM messages WHERE messages.id = answers.message)")
}

/// Goes on with whether `messages` is in the living conversation `id` of `owner`. From the message to its conversation, which is one
/// look-up, whatever a database that was planned for when it was small believes about the conversations of an owner.
pub fn is_in<ST>(statement: Statement<ST>, owner: Owner, id: &ConversationId) -> Statement<ST> {
    and_is(statement.sql(" (SELECT"), owner, id)
        .sql(" FROM conversations WHERE conversations.seq = messages.conversation)")
}

/// Takes abandoned answers over and gives their ids. Two callers never get the same: the rows are locked, and locked ones are passed over,
/// which `skip_locked` says where more than one can write.
pub fn take_over(
    holder: InstanceId,
    now: Timestamp,
    lease_until: Timestamp,
    all_others: bool,
    limit: u32,
    skip_locked: &'static str,
) -> Statement<DbUuid> {
    let mut abandoned = Statement::new(
        "WITH abandoned AS MATERIALIZED (SELECT message FROM answers WHERE lease_until < ",
    )
    .time(now);
    if all_others {
        abandoned = abandoned.sql(" OR holder <> ").uuid(holder);
    }
    abandoned
        .sql(" ORDER BY lease_until LIMIT ")
        .number(limit.into())
        .sql(skip_locked)
        .sql(") UPDATE answers SET holder = ")
        .uuid(holder)
        .sql(", lease_until = ")
        .time(lease_until)
        .sql(" WHERE message IN (SELECT message FROM abandoned) RETURNING message")
}
