//! Statements of the search, as far as the databases say them alike.

use diesel::sql_types::{BigInt, Nullable, Text};
use latchkey_domain::{
    Owner,
    id::MessageId,
    search::{ConversationSearch, SearchWords, indexed_words},
};
use uuid::Uuid;

use super::Statement;
use crate::persistence::{
    page,
    rows::{
        conversation::{CONVERSATION_COLUMNS, ConversationColumns},
        search::PendingTextColumns,
    },
    sql_types::{DbUuid, Ts, Uid},
};

/// A title or a message with the words by which it is found.
pub struct SearchText {
    /// The number of its conversation's row.
    pub conversation: i64,
    /// The message; `None`: the title.
    pub message: Option<Uid>,
    /// Its words with their owner's mark, apart by spaces.
    pub words: String,
}

impl SearchText {
    /// The entry of a text; `None` if it has no words.
    pub fn of(owner: Owner, conversation: i64, message: Option<Uid>, text: &str) -> Option<Self> {
        let mark = mark_of(owner);
        let words = indexed_words(text);
        let marked: Vec<String> = words.iter().map(|word| format!("{mark}{word}")).collect();
        (!marked.is_empty()).then(|| Self {
            conversation,
            message,
            words: marked.join(" "),
        })
    }
}

/// What stands before each word of an owner, so that what others wrote costs their search nothing. Two owners may share it: whose a
/// conversation is, is asked besides. (The end of the id: the beginning of a UUID of version 7 is a time.)
pub fn mark_of(owner: Owner) -> String {
    let id: Uuid = match owner {
        Owner::User(user) => Uid::from(user).0,
        Owner::Team(team) => Uid::from(team).0,
    };
    let mut mark = id.as_simple().to_string();
    mark.drain(..24);
    mark
}

/// A conversation with the message that was found in it, and the beginning of that message's text.
pub type FoundColumns = (ConversationColumns, Nullable<DbUuid>, Nullable<Text>);

/// The page of conversations that are found. `with_words` goes on with the rows of `search_texts` that have all words.
pub fn search(
    owner: Owner,
    search: &ConversationSearch,
    with_words: fn(Statement<FoundColumns>, Owner, &SearchWords) -> Statement<FoundColumns>,
) -> Statement<FoundColumns> {
    let hits = Statement::new(
        "WITH hits(conversation, text) AS (SELECT search_texts.conversation, \
         MAX(CASE WHEN search_texts.message IS NULL THEN 0 ELSE search_texts.seq END)",
    );
    let hits = with_words(hits, owner, &search.words).sql(
        " GROUP BY search_texts.conversation), page(conversation, text) AS (\
         SELECT conversations.seq, hits.text FROM hits CROSS JOIN conversations \
         WHERE conversations.seq = hits.conversation AND conversations.deleted_at IS NULL AND NOT conversations.temporary AND ",
    );
    let hits = match owner {
        Owner::User(user) => hits.sql("conversations.user_id = ").uuid(user),
        Owner::Team(team) => hits.sql("conversations.team_id = ").uuid(team),
    };
    let mut page = match search.pinned {
        None => hits,
        Some(true) => hits.sql(" AND conversations.pinned"),
        Some(false) => hits.sql(" AND NOT conversations.pinned"),
    };
    if let Some(after) = &search.page.after {
        page = page
            .sql(" AND (conversations.updated_at < ")
            .time(Ts(after.updated_at))
            .sql(" OR conversations.updated_at = ")
            .time(Ts(after.updated_at))
            .sql(" AND conversations.id < ")
            .text(after.id.as_str())
            .sql(")");
    }
    page.sql(" ORDER BY conversations.updated_at DESC, conversations.id DESC LIMIT ")
        .number(page::one_more(search.page.limit))
        .sql(") SELECT ")
        .sql(CONVERSATION_COLUMNS)
        // `LONGEST_SEARCHED` of the domain.
        .sql(
            ", search_texts.message, substr(messages.text, 1, 100000) FROM page \
             CROSS JOIN conversations LEFT JOIN search_texts ON search_texts.seq = page.text \
             LEFT JOIN messages ON messages.id = search_texts.message \
             WHERE conversations.seq = page.conversation \
             ORDER BY conversations.updated_at DESC, conversations.id DESC",
        )
}

/// Lets no text of these conversations wait any more, and waits for whoever is just writing their words. First of all that touches
/// those words: so none appear afterwards. Few rows wait, so they are looked through.
pub fn forget_pending(conversations: &str, [any, of]: [&'static str; 2]) -> Statement<()> {
    Statement::new("DELETE FROM search_pending WHERE search_pending.conversation")
        .sql(any)
        .text(conversations)
        .sql(of)
}

/// The same for the title of one.
pub fn forget_pending_title(conversation: i64) -> Statement<()> {
    Statement::new("DELETE FROM search_pending WHERE message IS NULL AND conversation = ")
        .number(conversation)
}

/// Numbers as the databases take a list of them.
pub fn list_of(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    numbers.join(",")
}

/// Forgets the title of a conversation.
pub fn forget_title(conversation: i64) -> Statement<()> {
    Statement::new("DELETE FROM search_texts WHERE message IS NULL AND conversation = ")
        .number(conversation)
}

/// The rows' numbers of conversations that older programs stored, which the search doesn't know yet.
pub fn not_searchable(limit: u32, skip_locked: &'static str) -> Statement<BigInt> {
    Statement::new(
        "SELECT conversations.seq FROM conversations \
         WHERE NOT conversations.searchable AND conversations.deleted_at IS NULL ORDER BY conversations.seq LIMIT ",
    )
    .number(limit.into())
    .sql(skip_locked)
}

/// Notes which texts of a turn wait for their words: its messages, and with `with_title` the title, unless that has some already.
pub fn note_pending(conversation: i64, with_title: bool, messages: &[MessageId]) -> Statement<()> {
    let mut rows = Statement::new("INSERT INTO search_pending (conversation, message) ");
    let mut union = "";
    if with_title {
        rows = rows
            .sql("SELECT ")
            .number(conversation)
            .sql(", NULL WHERE NOT EXISTS (SELECT 1 FROM search_texts WHERE search_texts.message IS NULL AND search_texts.conversation = ")
            .number(conversation)
            .sql(")");
        union = " UNION ALL ";
    }
    for message in messages {
        rows = rows
            .sql(union)
            .sql("SELECT ")
            .number(conversation)
            .sql(", ")
            .uuid(*message);
        union = " UNION ALL ";
    }
    rows
}

/// The rows' numbers of the first `limit` texts that wait for their words, but for answers that still run. `lock` keeps others from the same.
///
/// Each message is looked up by itself, because of the many that there are few are running.
pub fn pending(limit: u32, lock: &'static str) -> Statement<BigInt> {
    Statement::new(
        "SELECT search_pending.seq FROM search_pending \
         WHERE COALESCE((SELECT messages.status FROM messages WHERE messages.id = search_pending.message), '') <> 'streaming' \
         ORDER BY search_pending.seq LIMIT ",
    )
    .number(limit.into())
    .sql(lock)
}

/// The texts that these rows of `search_pending` speak of, as they are now. `any_of` is how the database takes a list.
pub fn pending_texts(rows: &str, [any, of]: [&'static str; 2]) -> Statement<PendingTextColumns> {
    Statement::new(
        "SELECT conversations.user_id, conversations.team_id, conversations.seq, search_pending.message, \
         CASE WHEN search_pending.message IS NULL THEN conversations.title ELSE messages.text END \
         FROM search_pending JOIN conversations ON conversations.seq = search_pending.conversation \
         LEFT JOIN messages ON messages.id = search_pending.message WHERE search_pending.seq",
    )
    .sql(any)
    .text(rows)
    .sql(of)
    .sql(" ORDER BY search_pending.seq")
}

/// Deletes these rows of `search_pending`.
pub fn delete_pending(rows: &str, [any, of]: [&'static str; 2]) -> Statement<()> {
    Statement::new("DELETE FROM search_pending WHERE search_pending.seq")
        .sql(any)
        .text(rows)
        .sql(of)
}
