//! Statements that read conversations along their branches.

use diesel::sql_types::BigInt;
use latchkey_domain::{Owner, Timestamp, conversation::ConversationId, id::MessageId};

use super::Statement;
use crate::persistence::{
    rows::message::{MESSAGE_COLUMNS, PathColumns, TurnColumns},
    sql_types::DbUuid,
};

/// The rows' numbers of conversations that were idle for longer than their user's retention. `before` and `after` the present
/// instant is what the databases say differently.
pub fn idle_conversations(
    now: Timestamp,
    limit: u32,
    [before, after]: [&'static str; 2],
    locked: &'static str,
) -> Statement<BigInt> {
    Statement::new(
        "SELECT conversations.seq FROM users JOIN conversations ON conversations.user_id = users.id \
         WHERE users.retention_days IS NOT NULL AND conversations.deleted_at IS NULL AND ",
    )
    .sql(before)
    .time(now)
    .sql(after)
    .sql(" ORDER BY conversations.updated_at LIMIT ")
    .number(limit.into())
    .sql(locked)
}

/// Up to `limit` temporary conversations that last changed before `before`.
pub fn idle_temporary_conversations(
    before: Timestamp,
    limit: u32,
    locked: &'static str,
) -> Statement<BigInt> {
    Statement::new(
        "SELECT conversations.seq FROM conversations \
         WHERE conversations.temporary AND conversations.deleted_at IS NULL AND conversations.updated_at < ",
    )
    .time(before)
    .sql(" ORDER BY conversations.updated_at LIMIT ")
    .number(limit.into())
    .sql(locked)
}

/// Goes on with the condition that `conversations` is the living conversation `id` of `owner`. COALESCE: else the index behind the list,
/// which has only the living ones, looks as good as that of the ids to a database whose tables were small when it planned.
pub fn and_is<ST>(statement: Statement<ST>, owner: Owner, id: &ConversationId) -> Statement<ST> {
    let statement = match owner {
        Owner::User(user) => statement.sql(" conversations.user_id = ").uuid(user),
        Owner::Team(team) => statement.sql(" conversations.team_id = ").uuid(team),
    };
    statement
        .sql(" AND conversations.id = ")
        .text(id.as_str())
        .sql(" AND COALESCE(conversations.deleted_at IS NULL, FALSE)")
}

// CROSS JOIN: SQLite keeps its order, and never walks through all messages to find those of a branch whose length it can't know. Rows are
// found again by both of their names: the number is SQLite's own, and PostgreSQL has an index of the ids only.

/// The turns from the root to `leaf`. A parent is always older than its children, so the numbers of the rows give the order.
pub fn turns(owner: Owner, id: &ConversationId, leaf: MessageId) -> Statement<TurnColumns> {
    let leaf = Statement::new(
        "WITH RECURSIVE branch(seq, id, parent) AS (\
         SELECT messages.seq, messages.id, messages.parent \
         FROM conversations JOIN messages ON messages.conversation = conversations.seq \
         WHERE messages.id = ",
    )
    .uuid(leaf)
    .sql(" AND");
    and_is(leaf, owner, id).sql(
        " UNION ALL SELECT messages.seq, messages.id, messages.parent \
         FROM branch JOIN messages ON messages.id = branch.parent) \
         SELECT messages.id, messages.status, messages.role, COALESCE(messages.next_turn, messages.content), \
         messages.model FROM branch CROSS JOIN messages WHERE messages.seq = branch.seq AND messages.id = branch.id ORDER BY branch.seq",
    )
}

/// How many siblings of `messages` came before it, how many there are with it, the one before and the one after it: four columns. The
/// cases of messages with and without a parent are apart because only so either is one look into the index.
const PLACE_AMONG_SIBLINGS: &str = ", CASE WHEN messages.parent IS NULL \
     THEN (SELECT COUNT(*) FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent IS NULL AND sibling.seq < messages.seq) \
     ELSE (SELECT COUNT(*) FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent = messages.parent AND sibling.seq < messages.seq) END\
     , CASE WHEN messages.parent IS NULL \
     THEN (SELECT COUNT(*) FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent IS NULL) \
     ELSE (SELECT COUNT(*) FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent = messages.parent) END\
     , CASE WHEN messages.parent IS NULL \
     THEN (SELECT sibling.id FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent IS NULL AND sibling.seq < messages.seq ORDER BY sibling.seq DESC LIMIT 1) \
     ELSE (SELECT sibling.id FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent = messages.parent AND sibling.seq < messages.seq ORDER BY sibling.seq DESC LIMIT 1) END\
     , CASE WHEN messages.parent IS NULL \
     THEN (SELECT sibling.id FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent IS NULL AND sibling.seq > messages.seq ORDER BY sibling.seq LIMIT 1) \
     ELSE (SELECT sibling.id FROM messages AS sibling WHERE sibling.conversation = messages.conversation \
     AND sibling.parent = messages.parent AND sibling.seq > messages.seq ORDER BY sibling.seq LIMIT 1) END";

/// The messages from the root to the shown leaf, each with its place among its siblings.
pub fn shown_path(owner: Owner, id: &ConversationId) -> Statement<PathColumns> {
    let leaf = Statement::new(
        "WITH RECURSIVE branch(seq, id, parent) AS (\
         SELECT messages.seq, messages.id, messages.parent FROM conversations JOIN messages \
         ON messages.id = conversations.shown_leaf AND messages.conversation = conversations.seq WHERE",
    );
    and_is(leaf, owner, id)
        .sql(
            " UNION ALL SELECT messages.seq, messages.id, messages.parent \
             FROM branch JOIN messages ON messages.id = branch.parent) SELECT ",
        )
        .sql(MESSAGE_COLUMNS)
        .sql(PLACE_AMONG_SIBLINGS)
        .sql(" FROM branch CROSS JOIN messages WHERE messages.seq = branch.seq AND messages.id = branch.id ORDER BY branch.seq")
}

/// Up to `most` messages of the branch upwards from the shown leaf, or from the parent of `after`, oldest first, each with its
/// place among its siblings. No more of the branch is walked than that.
pub fn shown_page(
    owner: Owner,
    id: &ConversationId,
    after: Option<MessageId>,
    most: i64,
) -> Statement<PathColumns> {
    let begin = Statement::new(
        "WITH RECURSIVE branch(seq, id, parent, number) AS (\
         SELECT messages.seq, messages.id, messages.parent, 1 FROM conversations JOIN messages \
         ON messages.conversation = conversations.seq AND messages.id = ",
    );
    let begin = match after {
        None => begin.sql("conversations.shown_leaf"),
        Some(after) => begin
            .sql(
                "(SELECT later.parent FROM messages AS later \
                 WHERE later.conversation = conversations.seq AND later.id = ",
            )
            .uuid(after)
            .sql(")"),
    };
    and_is(begin.sql(" WHERE"), owner, id)
        .sql(
            " UNION ALL SELECT messages.seq, messages.id, messages.parent, branch.number + 1 \
             FROM branch JOIN messages ON messages.id = branch.parent WHERE branch.number < ",
        )
        .number(most)
        .sql(") SELECT ")
        .sql(MESSAGE_COLUMNS)
        .sql(PLACE_AMONG_SIBLINGS)
        .sql(" FROM branch CROSS JOIN messages WHERE messages.seq = branch.seq AND messages.id = branch.id ORDER BY branch.seq")
}

/// The newest message below `message`, or itself: the last to be stored, which has nothing below it.
pub fn newest_below(owner: Owner, id: &ConversationId, message: MessageId) -> Statement<DbUuid> {
    let top = Statement::new(
        "WITH RECURSIVE below(conversation, id, seq) AS (\
         SELECT messages.conversation, messages.id, messages.seq \
         FROM conversations JOIN messages ON messages.conversation = conversations.seq WHERE messages.id = ",
    )
    .uuid(message)
    .sql(" AND");
    and_is(top, owner, id).sql(
        " UNION ALL SELECT messages.conversation, messages.id, messages.seq FROM below JOIN messages \
         ON messages.conversation = below.conversation AND messages.parent = below.id) \
         SELECT id FROM below ORDER BY seq DESC LIMIT 1",
    )
}

/// One message, with its place among its siblings.
pub fn one_message(
    owner: Owner,
    id: &ConversationId,
    message: MessageId,
) -> Statement<PathColumns> {
    let message = Statement::new("SELECT ")
        .sql(MESSAGE_COLUMNS)
        .sql(PLACE_AMONG_SIBLINGS)
        .sql(
            " FROM conversations JOIN messages ON messages.conversation = conversations.seq \
             WHERE messages.id = ",
        )
        .uuid(message)
        .sql(" AND");
    and_is(message, owner, id)
}

/// The id of a message, if it is in this conversation.
pub fn this_message(owner: Owner, id: &ConversationId, message: MessageId) -> Statement<DbUuid> {
    let message = Statement::new(
        "SELECT messages.id FROM conversations JOIN messages ON messages.conversation = conversations.seq \
         WHERE messages.id = ",
    )
    .uuid(message)
    .sql(" AND");
    and_is(message, owner, id)
}
