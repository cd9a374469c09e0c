//! Statements about links.

use diesel::sql_types::BigInt;
use latchkey_domain::{
    Owner, Timestamp,
    id::ShareId,
    share::{Share, ShareChange, ShareTokenHash},
};

use super::{Statement, branch::and_is};
use crate::persistence::{
    rows::share::{SHARE_COLUMNS, ShareColumns},
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// Inserts a link if its owner has the conversation, and that the message.
pub fn insert_share(share: &Share) -> Statement<()> {
    let row = Statement::new(
        "INSERT INTO shares (id, conversation, hash, title, leaf, created_at, updated_at, expires_at) SELECT ",
    )
    .uuid(share.id)
    .sql(", conversations.seq, ")
    .bytes(&share.hash.0)
    .sql(", CAST(")
    .text_or_null(stored(share.title.as_deref()))
    .sql(" AS text), messages.id, ")
    .time(share.created_at)
    .sql(", ")
    .time(share.updated_at)
    .sql(", ")
    .time_or_null(share.expires_at.map(Ts))
    .sql(
        " FROM conversations JOIN messages ON messages.conversation = conversations.seq WHERE messages.id = ",
    )
    .uuid(share.leaf)
    .sql(" AND");
    and_is(row, share.owner, &share.conversation)
}

/// How many links `owner` has.
pub fn count_shares(owner: Owner) -> Statement<BigInt> {
    let all = Statement::new(
        "SELECT COUNT(*) FROM conversations JOIN shares ON shares.conversation = conversations.seq WHERE ",
    );
    and_of(all, owner)
}

/// The links of `owner`, newest first; only that with this id, if one is given.
pub fn own_shares(owner: Owner, id: Option<ShareId>) -> Statement<ShareColumns> {
    let own = and_of(shares().sql(" WHERE "), owner);
    let own = match id {
        None => own,
        Some(id) => own.sql(" AND shares.id = ").uuid(id),
    };
    own.sql(" ORDER BY shares.created_at DESC, shares.id DESC")
}

/// The link whose secret has this hash.
pub fn share_by_hash(hash: ShareTokenHash) -> Statement<ShareColumns> {
    shares()
        .sql(" WHERE shares.hash = ")
        .bytes(&hash.0)
        .sql(" AND conversations.deleted_at IS NULL")
}

/// Writes a change of a link of `owner`.
pub fn write_share(
    owner: Owner,
    id: ShareId,
    change: &ShareChange,
    at: Timestamp,
) -> Statement<()> {
    // What doesn't change is written as it is, so that there is always something to write.
    let mut row = Statement::new("UPDATE shares SET created_at = created_at");
    if let Some((leaf, title)) = &change.shows {
        row = row
            .sql(", leaf = ")
            .uuid(*leaf)
            .sql(", title = ")
            .text_or_null(stored(title.as_deref()))
            .sql(", updated_at = ")
            .time(at);
    }
    if let Some(expires_at) = change.expires_at {
        row = row.sql(", expires_at = ").time_or_null(expires_at.map(Ts));
    }
    of_owner(row, owner, id)
}

/// Deletes a link of `owner`.
pub fn delete_share(owner: Owner, id: ShareId) -> Statement<()> {
    of_owner(Statement::new("DELETE FROM shares"), owner, id)
}

fn shares() -> Statement<ShareColumns> {
    Statement::new("SELECT ")
        .sql(SHARE_COLUMNS)
        .sql(" FROM conversations JOIN shares ON shares.conversation = conversations.seq")
}

fn and_of<ST>(statement: Statement<ST>, owner: Owner) -> Statement<ST> {
    let statement = match owner {
        Owner::User(user) => statement.sql("conversations.user_id = ").uuid(user),
        Owner::Team(team) => statement.sql("conversations.team_id = ").uuid(team),
    };
    statement.sql(" AND conversations.deleted_at IS NULL")
}

fn of_owner<ST>(statement: Statement<ST>, owner: Owner, id: ShareId) -> Statement<ST> {
    let statement = statement
        .sql(" WHERE shares.id = ")
        .uuid(Uid::from(id))
        .sql(
            " AND EXISTS (SELECT 1 FROM conversations WHERE conversations.seq = shares.conversation AND ",
        );
    and_of(statement, owner).sql(")")
}

fn stored(text: Option<&str>) -> Option<String> {
    text.map(|text| AnyText::from(text).into_stored())
}
