//! Statements that read conversations as a whole.

use diesel::sql_types::{BigInt, Nullable};
use latchkey_domain::{Owner, conversation::ConversationId, id::MessageId};

use super::{Statement, branch::and_is};
use crate::persistence::{
    rows::{
        conversation::{CONVERSATION_COLUMNS, ConversationColumns},
        message::{MESSAGE_COLUMNS, MessageColumns},
    },
    sql_types::DbUuid,
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
