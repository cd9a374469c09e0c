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
    Conn, Db, SKIP_LOCKED,
    search_words::{add_texts, with_words},
};
use crate::persistence::{
    failure::Failure,
    rows::conversation::ConversationRow,
    schema::{conversations, messages},
    sql_types::Uid,
    statement::search::{self, SearchText, not_searchable},
    text::AnyText,
};

/// Messages of an older conversation that are read at once.
const MESSAGES_AT_ONCE: i64 = 64;

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
    let title = title.and_then(|title| SearchText::of(owner, None, title));
    add_texts(conn, seq, title).await?;
    let mut after = 0;
    loop {
        let texts: Vec<(i64, Uid, AnyText)> = messages::table
            .filter(messages::conversation.eq(seq))
            .filter(messages::seq.gt(after))
            .filter(messages::status.ne("streaming"))
            .order(messages::seq)
            .limit(MESSAGES_AT_ONCE)
            .select((messages::seq, messages::id, messages::text))
            .load(conn)
            .await?;
        let Some((last, ..)) = texts.as_slice().last() else {
            return Ok(());
        };
        after = *last;
        let texts = texts.into_iter().filter_map(|(_, message, text)| {
            SearchText::of(owner, Some(message), &text.into_text())
        });
        add_texts(conn, seq, texts).await?;
    }
}
