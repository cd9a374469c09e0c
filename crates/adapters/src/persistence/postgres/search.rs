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

/// Most bytes of words that one statement writes, so that none takes long.
const WORDS_AT_ONCE: usize = 512 * 1024;

/// Makes these texts findable, unless they are, or their conversation has just gone with its account.
pub async fn add_texts(
    conn: &mut Conn,
    texts: impl IntoIterator<Item = SearchText>,
) -> diesel::QueryResult<()> {
    let mut lists = Lists::default();
    for text in texts {
        if lists.words.len() > WORDS_AT_ONCE {
            std::mem::take(&mut lists).insert(conn).await?;
        }
        lists.push(&text);
    }
    lists.insert(conn).await
}

/// Texts as three lists, so that one statement takes any number of them and stays prepared.
#[derive(Default)]
struct Lists {
    conversations: String,
    messages: String,
    words: String,
}

impl Lists {
    fn push(&mut self, text: &SearchText) {
        if !self.words.is_empty() {
            self.conversations.push(',');
            self.messages.push(',');
            // In no word.
            self.words.push('\n');
        }
        self.conversations.push_str(&text.conversation.to_string());
        if let Some(message) = text.message {
            self.messages.push_str(&message.0.to_string());
        }
        self.words.push_str(&text.words);
    }

    async fn insert(self, conn: &mut Conn) -> diesel::QueryResult<()> {
        if self.words.is_empty() {
            return Ok(());
        }
        Statement::<()>::new(
            "INSERT INTO search_texts (conversation, message, words) \
             SELECT texts.conversation, texts.message, array_to_tsvector(string_to_array(texts.words, ' ')) \
             FROM unnest(CAST(string_to_array(",
        )
        .text(self.conversations)
        .sql(", ',') AS bigint[]), CAST(string_to_array(")
        .text(self.messages)
        // A title has no message: an empty field is NULL, and so is what is missing from an empty list.
        .sql(", ',', '') AS uuid[]), string_to_array(")
        .text(self.words)
        .sql(
            ", E'\\n')) WITH ORDINALITY AS texts(conversation, message, words, number) \
             JOIN conversations ON conversations.seq = texts.conversation \
             ORDER BY texts.number FOR KEY SHARE OF conversations ON CONFLICT DO NOTHING",
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}
