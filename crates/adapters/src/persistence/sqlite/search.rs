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

/// Makes these texts findable, unless they are.
pub async fn add_texts(
    conn: &mut Conn,
    texts: impl IntoIterator<Item = SearchText>,
) -> diesel::QueryResult<()> {
    for text in texts {
        let added =
            Statement::<()>::new("INSERT INTO search_texts (conversation, message) VALUES (")
                .number(text.conversation)
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

#[cfg(test)]
mod tests {
    use diesel::debug_query;
    use latchkey_domain::{
        Timestamp,
        conversation::{ConversationCursor, ConversationId},
        id::{MessageId, UserId},
        page::PageRequest,
        search::ConversationSearch,
    };
    use uuid::Uuid;

    use super::*;
    use crate::persistence::{
        sqlite::{ANY_OF, Backend, tests::Fixture},
        statement::search,
    };

    /// What a search costs grows with what its owner wrote with these words, and with nothing else.
    #[tokio::test]
    async fn no_search_walks_through_a_table() {
        let search = ConversationSearch {
            words: SearchWords::parse("any word"),
            pinned: Some(true),
            page: PageRequest::first(50).after(Some(ConversationCursor {
                updated_at: Timestamp::from_micros(0),
                id: ConversationId::parse("c").unwrap(),
            })),
        };
        let owner = Owner::User(UserId::from_uuid(Uuid::nil()));
        let statement = search::search(owner, &search, with_words);
        let statement = debug_query::<Backend, _>(&statement).to_string();
        let steps = Fixture::new().plan_of(statement).await;
        let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
        let scans: Vec<&str> = scans.map(String::as_str).collect();
        // The words that match, and what was found by them.
        let allowed = |scan: &&str| {
            scan.starts_with("SCAN search_words VIRTUAL TABLE INDEX 0:M")
                || ["SCAN hits", "SCAN page"].contains(scan)
        };
        assert!(scans.iter().all(allowed), "{scans:?}");
        assert_eq!(scans.len(), 3, "{scans:?}");
    }

    /// What it costs to write words that wait grows with how many wait.
    #[tokio::test]
    async fn only_what_waits_for_its_words_is_walked_through() {
        let fixture = Fixture::new();
        let message = MessageId::from_uuid(Uuid::nil());
        for statement in [
            debug_query::<Backend, _>(&search::note_pending(1, true, &[message])).to_string(),
            debug_query::<Backend, _>(&search::pending(10, "")).to_string(),
            debug_query::<Backend, _>(&search::pending_texts("1,2", ANY_OF)).to_string(),
            debug_query::<Backend, _>(&search::delete_pending("1,2", ANY_OF)).to_string(),
            debug_query::<Backend, _>(&search::forget_pending("1,2", ANY_OF)).to_string(),
            debug_query::<Backend, _>(&search::forget_pending_title(1)).to_string(),
        ] {
            for step in fixture.plan_of(statement).await {
                let is_short = ["SCAN search_pending", "SCAN CONSTANT ROW"].contains(&&*step)
                    || step.starts_with("SCAN json_each");
                assert!(is_short || !step.starts_with("SCAN"), "{step}");
            }
        }
    }
}
