//! Statements about conversations as a whole.

use diesel::sql_types::{BigInt, Nullable};
use latchkey_domain::{
    Owner, Timestamp,
    conversation::{Conversation, ConversationId},
    id::MessageId,
};

use super::{Statement, branch::and_is, turn::insert_or};
use crate::persistence::{
    rows::{
        conversation::{CONVERSATION_COLUMNS, ConversationColumns},
        message::{MESSAGE_COLUMNS, MessageColumns},
    },
    sql_types::{DbUuid, Uid},
};

/// Up to `limit` conversations of `owner` by id, from the first after `after`.
pub fn by_id(
    owner: Owner,
    after: Option<ConversationId>,
    limit: u32,
) -> Statement<ConversationColumns> {
    let all = Statement::new("SELECT ")
        .sql(CONVERSATION_COLUMNS)
        .sql(" FROM conversations WHERE ");
    let own = match owner {
        Owner::User(user) => all.sql("conversations.user_id = ").uuid(user),
        Owner::Team(team) => all.sql("conversations.team_id = ").uuid(team),
    };
    own.sql(" AND conversations.id > ")
        .text(after.map_or(String::new(), |after| after.to_string()))
        .sql(" AND conversations.deleted_at IS NULL AND NOT conversations.temporary ORDER BY conversations.id LIMIT ")
        .number(limit.into())
}

/// Id, parent and bytes of all messages of a conversation.
pub fn outline(owner: Owner, id: &ConversationId) -> Statement<(DbUuid, Nullable<DbUuid>, BigInt)> {
    let all = Statement::new(
        "SELECT messages.id, messages.parent, CAST(octet_length(messages.content) AS bigint) \
         FROM conversations JOIN messages ON messages.conversation = conversations.seq WHERE",
    );
    and_is(all, owner, id).sql(" ORDER BY messages.seq")
}

/// These messages of a conversation; at least one.
pub fn these_messages(
    owner: Owner,
    id: &ConversationId,
    messages: &[MessageId],
) -> Statement<MessageColumns> {
    let mut these = Statement::new("SELECT ").sql(MESSAGE_COLUMNS).sql(
        " FROM conversations JOIN messages ON messages.conversation = conversations.seq WHERE messages.id IN (",
    );
    for (number, message) in messages.iter().enumerate() {
        if number > 0 {
            these = these.sql(", ");
        }
        these = these.uuid(*message);
    }
    and_is(these.sql(") AND"), owner, id).sql(" ORDER BY messages.seq")
}

/// Makes the conversation, unless its id is taken; gives the row's number.
pub fn insert_unless_taken(conversation: &Conversation) -> Statement<BigInt> {
    insert_or(conversation).sql(" DO NOTHING RETURNING seq")
}

/// Locks a living conversation; gives its row's number and what is shown of it.
pub fn lock(owner: Owner, id: &ConversationId) -> Statement<(BigInt, Nullable<DbUuid>)> {
    let lock = Statement::new("UPDATE conversations SET updated_at = updated_at WHERE");
    and_is(lock, owner, id).sql(" RETURNING seq, shown_leaf")
}

/// The ids of all messages of a conversation.
pub fn message_ids(conversation: i64) -> Statement<DbUuid> {
    Statement::new("SELECT id FROM messages WHERE conversation = ").number(conversation)
}

/// Writes what changes of a conversation that got more messages.
pub fn note_growth(
    conversation: i64,
    shown_leaf: Option<MessageId>,
    updated_at: Timestamp,
) -> Statement<()> {
    Statement::new("UPDATE conversations SET shown_leaf = ")
        .uuid_or_null(shown_leaf.map(Uid::from))
        .sql(", updated_at = CASE WHEN updated_at < ")
        .time(updated_at)
        .sql(" THEN ")
        .time(updated_at)
        .sql(" ELSE updated_at END WHERE seq = ")
        .number(conversation)
}
