//! The search over titles and messages.

use async_trait::async_trait;
use diesel::{ExpressionMethods, QueryDsl, SelectableHelper, update};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, Page, StoreError,
    conversation::{Conversation, ConversationCursor},
    id::MessageId,
    search::{ConversationSearch, FoundConversation, SearchRepo, SearchWords, Snippet},
};

use super::{
    ANY_OF, Conn, Db, LOCKED, SKIP_LOCKED,
    search_words::{add_texts, with_words},
};
use crate::persistence::{
    failure::Failure,
    rows::{conversation::ConversationRow, search::PendingTextRow},
    schema::{conversations, messages},
    sql_types::Uid,
    statement::search::{
        self, SearchText, delete_pending, list_of, not_searchable, pending, pending_texts,
    },
    text::AnyText,
};

/// Messages that are read at once, of an older conversation or of those that wait for their words.
const MESSAGES_AT_ONCE: u8 = 64;

type FoundRow = (ConversationRow, Option<Uid>, Option<AnyText>);

#[async_trait]
impl SearchRepo for Db {
    async fn search_conversations(
        &self,
        owner: Owner,
        search: &ConversationSearch,
    ) -> Result<Page<FoundConversation, ConversationCursor>, StoreError> {
        if search.words.is_empty() {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let search = search.clone();
        self.read(async move |conn| {
            let rows: Vec<FoundRow> = search::search(owner, &search, with_words)
                .load(conn)
                .await?;
            Ok(page_of(rows, &search)?)
        })
        .await
    }

    async fn index_pending(&self, limit: u32) -> Result<u64, StoreError> {
        // Nearly always nothing waits, and then nothing is to be written.
        let waits = self.read(async move |conn| {
            let first: Vec<i64> = pending(1, "").load(conn).await?;
            Ok::<_, Failure<StoreError>>(!first.is_empty())
        });
        if !waits.await? {
            return Ok(0);
        }
        self.write(async move |conn| {
            let rows: Vec<i64> = pending(limit, LOCKED).load(conn).await?;
            index_rows(conn, &rows).await?;
            Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
        })
        .await
    }

    async fn index_older_conversations(&self, limit: u32) -> Result<u64, StoreError> {
        let older = not_searchable(limit, SKIP_LOCKED);
        self.write(async move |conn| {
            let older: Vec<i64> = older.load(conn).await?;
            for conversation in &older {
                index_conversation(conn, *conversation).await?;
            }
            update(conversations::table)
                .filter(conversations::seq.eq_any(&older))
                .set(conversations::searchable.eq(true))
                .execute(conn)
                .await?;
            Ok(u64::try_from(older.len()).unwrap_or(u64::MAX))
        })
        .await
    }
}

fn page_of(
    mut rows: Vec<FoundRow>,
    search: &ConversationSearch,
) -> Result<Page<FoundConversation, ConversationCursor>, StoreError> {
    let limit = usize::try_from(search.page.limit).unwrap_or(usize::MAX);
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    let items = rows.into_iter().map(|row| found(row, &search.words));
    let items = items.collect::<Result<Vec<_>, StoreError>>()?;
    let next = items.last().filter(|_| goes_on).map(|last| {
        let conversation = &last.conversation;
        ConversationCursor {
            updated_at: conversation.updated_at,
            id: conversation.id.clone(),
        }
    });
    Ok(Page { items, next })
}

fn found(
    (conversation, message, text): FoundRow,
    words: &SearchWords,
) -> Result<FoundConversation, StoreError> {
    let conversation = Conversation::try_from(conversation)?;
    let text = text.map(AnyText::into_text);
    let shown = text.as_deref().or(conversation.title.as_deref());
    Ok(FoundConversation {
        snippet: Snippet::of(shown.unwrap_or_default(), words),
        message: message.map(MessageId::from),
        conversation,
    })
}

/// Writes the words of the texts that these rows speak of, and deletes the rows: exactly these, for others may come between them later.
async fn index_rows(conn: &mut Conn, rows: &[i64]) -> Result<(), Failure<StoreError>> {
    for some in rows.chunks(MESSAGES_AT_ONCE.into()) {
        let texts = pending_texts(&list_of(some), ANY_OF);
        let texts: Vec<PendingTextRow> = texts.load(conn).await?;
        let texts = texts
            .into_iter()
            .filter_map(|row| row.into_search_text().transpose());
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        add_texts(conn, texts).await?;
    }
    delete_pending(&list_of(rows), ANY_OF).execute(conn).await?;
    Ok(())
}

/// Makes a conversation findable with all its messages that have ended; the others will be when they end.
async fn index_conversation(conn: &mut Conn, seq: i64) -> Result<(), Failure<StoreError>> {
    let row: ConversationRow = conversations::table
        .filter(conversations::seq.eq(seq))
        .select(ConversationRow::as_select())
        .first(conn)
        .await?;
    let conversation = Conversation::try_from(row)?;
    let owner = conversation.owner;
    let title = conversation.title.as_deref();
    let title = title.and_then(|title| SearchText::of(owner, seq, None, title));
    add_texts(conn, title).await?;
    let mut after = 0;
    loop {
        let texts: Vec<(i64, Uid, AnyText)> = messages::table
            .filter(messages::conversation.eq(seq))
            .filter(messages::seq.gt(after))
            .filter(messages::status.ne("streaming"))
            .order(messages::seq)
            .limit(MESSAGES_AT_ONCE.into())
            .select((messages::seq, messages::id, messages::text))
            .load(conn)
            .await?;
        let Some((last, ..)) = texts.as_slice().last() else {
            return Ok(());
        };
        after = *last;
        let texts = texts.into_iter().filter_map(|(_, message, text)| {
            SearchText::of(owner, seq, Some(message), &text.into_text())
        });
        add_texts(conn, texts).await?;
    }
}
