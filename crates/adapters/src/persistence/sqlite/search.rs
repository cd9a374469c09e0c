//! Words in SQLite: FTS5 behind `search_texts`.

use diesel_async::RunQueryDsl;
use latchkey_domain::{Owner, search::SearchWords};

use super::Conn;
use crate::persistence::statement::{
    Statement,
    search::{SearchText, mark_of},
};

/// Goes on with the rows of `search_texts` that have all `words`.
pub fn with_words<ST>(
    statement: Statement<ST>,
    owner: Owner,
    words: &SearchWords,
) -> Statement<ST> {
    statement
        .sql(
            " FROM search_words CROSS JOIN search_texts \
             WHERE search_texts.seq = search_words.rowid AND search_words MATCH ",
        )
        .text(expression(owner, words))
}

/// FTS5's expression for all of `words`. They hold no quotes, so that none of them is syntax.
fn expression(owner: Owner, words: &SearchWords) -> String {
    let mark = mark_of(owner);
    let words = words.iter().map(|word| {
        let star = if word.is_beginning { "*" } else { "" };
        format!("\"{mark}{}\"{star}", word.text)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Makes these texts of a conversation findable, unless they are.
pub async fn add_texts(
    conn: &mut Conn,
    conversation: i64,
    texts: impl IntoIterator<Item = SearchText>,
) -> diesel::QueryResult<()> {
    for text in texts {
        let added =
            Statement::<()>::new("INSERT INTO search_texts (conversation, message) VALUES (")
                .number(conversation)
                .sql(", ")
                .uuid_or_null(text.message)
                .sql(") ON CONFLICT DO NOTHING")
                .execute(conn)
                .await?;
        if added > 0 {
            Statement::<()>::new(
                "INSERT INTO search_words (rowid, words) VALUES (last_insert_rowid(), ",
            )
            .text(text.words)
            .sql(")")
            .execute(conn)
            .await?;
        }
    }
    Ok(())
}
