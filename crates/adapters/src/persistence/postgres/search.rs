//! Words in PostgreSQL: `search_texts` has them as a `tsvector`.

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
        .sql(" FROM search_texts WHERE search_texts.words @@ CAST(")
        .text(expression(owner, words))
        .sql(" AS tsquery)")
}

/// The `tsquery` for all of `words`. They hold no quotes and no backslash, so that none of them is syntax; a cast takes them as they are.
fn expression(owner: Owner, words: &SearchWords) -> String {
    let mark = mark_of(owner);
    let words = words.iter().map(|word| {
        let star = if word.is_beginning { ":*" } else { "" };
        format!("'{mark}{}'{star}", word.text)
    });
    words.collect::<Vec<_>>().join(" & ")
}

/// Makes these texts of a conversation findable, unless they are. One statement: each costs a message to the server.
pub async fn add_texts(
    conn: &mut Conn,
    conversation: i64,
    texts: impl IntoIterator<Item = SearchText>,
) -> diesel::QueryResult<()> {
    let mut statement: Option<Statement<()>> = None;
    for text in texts {
        let row = match statement.take() {
            None => {
                Statement::new("INSERT INTO search_texts (conversation, message, words) VALUES (")
            }
            Some(before) => before.sql(", ("),
        };
        let row = row
            .number(conversation)
            .sql(", ")
            .uuid_or_null(text.message)
            .sql(", array_to_tsvector(string_to_array(")
            .text(text.words)
            .sql(", ' ')))");
        statement = Some(row);
    }
    if let Some(statement) = statement {
        statement
            .sql(" ON CONFLICT DO NOTHING")
            .execute(conn)
            .await?;
    }
    Ok(())
}
