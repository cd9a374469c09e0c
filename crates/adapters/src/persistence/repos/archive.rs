//! Conversations as a whole.

use std::collections::HashSet;

use async_trait::async_trait;
use diesel::OptionalExtension;
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError,
    archive::{ArchiveRepo, MessageOutline, StoreImportedError, Stored, leaf_after_import},
    conversation::{Conversation, ConversationId, Message},
    id::MessageId,
};

use super::{Conn, Db, search_words::add_texts};
use crate::persistence::{
    failure::Failure,
    rows::{
        conversation::ConversationRow,
        message::{MessageRow, NewMessageRow},
    },
    schema::messages,
    sql_types::Uid,
    statement::{
        archive::{
            by_id, insert_unless_taken, lock, message_ids, note_growth, outline, these_messages,
        },
        search::SearchText,
    },
};

/// Messages that are inserted by one statement.
const MESSAGES_AT_ONCE: usize = 100;

#[async_trait]
impl ArchiveRepo for Db {
    async fn list_conversations_by_id(
        &self,
        owner: Owner,
        after: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.read(async move |conn| {
            let rows: Vec<ConversationRow> = by_id(owner, after, limit).load(conn).await?;
            let conversations = rows.into_iter().map(Conversation::try_from);
            Ok(conversations.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn outline_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<Vec<MessageOutline>, StoreError> {
        let all = outline(owner, id);
        self.read(async move |conn| {
            let rows: Vec<(Uid, Option<Uid>, i64)> = all.load(conn).await?;
            let outline = rows.into_iter().map(|(id, parent, bytes)| MessageOutline {
                id: id.into(),
                parent: parent.map(Into::into),
                bytes: u64::try_from(bytes).unwrap_or(0),
            });
            Ok(outline.collect())
        })
        .await
    }

    async fn find_messages(
        &self,
        owner: Owner,
        id: &ConversationId,
        messages: &[MessageId],
    ) -> Result<Vec<Message>, StoreError> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let (id, these) = (id.clone(), these_messages(owner, id, messages));
        self.read(async move |conn| {
            let rows: Vec<MessageRow> = these.load(conn).await?;
            let messages = rows.into_iter().map(|row| row.into_message(id.clone()));
            Ok(messages.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn store_imported(
        &self,
        conversation: &Conversation,
        messages: &[Message],
    ) -> Result<Stored, StoreImportedError> {
        let (conversation, messages) = (conversation.clone(), messages.to_vec());
        self.write(async move |conn| store(conn, &conversation, &messages).await)
            .await
    }
}

async fn store(
    conn: &mut Conn,
    conversation: &Conversation,
    messages: &[Message],
) -> Result<Stored, Failure<StoreImportedError>> {
    let owner = conversation.owner;
    let made: Option<i64> = insert_unless_taken(conversation)
        .get_result(conn)
        .await
        .optional()?;
    if let Some(seq) = made {
        let title = conversation.title.as_deref();
        let title = title.and_then(|title| SearchText::of(owner, seq, None, title));
        add_texts(conn, title).await?;
        let all: Vec<&Message> = messages.iter().collect();
        add_messages(conn, owner, seq, &all).await?;
        return Ok(Stored::New);
    }
    let there: Option<(i64, Option<Uid>)> = lock(owner, &conversation.id)
        .get_result(conn)
        .await
        .optional()?;
    let Some((seq, shown)) = there else {
        return Err(Failure::Refused(StoreImportedError::Deleted));
    };
    let known: Vec<Uid> = message_ids(seq).load(conn).await?;
    let known: HashSet<MessageId> = known.into_iter().map(MessageId::from).collect();
    let (old, new): (Vec<&Message>, Vec<&Message>) = messages
        .iter()
        .partition(|message| known.contains(&message.id));
    if old.is_empty() && !known.is_empty() {
        return Err(Failure::Refused(StoreImportedError::IdTaken));
    }
    if new.is_empty() {
        return Ok(Stored::Unchanged);
    }
    add_messages(conn, owner, seq, &new).await?;
    let shown = shown.map(MessageId::from);
    let leaf = leaf_after_import(shown, conversation.shown_leaf, new.iter().copied());
    note_growth(seq, leaf, conversation.updated_at)
        .execute(conn)
        .await?;
    Ok(Stored::Grown(new.len()))
}

/// Adds messages to the conversation in the row with this number.
async fn add_messages(
    conn: &mut Conn,
    owner: Owner,
    conversation: i64,
    messages: &[&Message],
) -> Result<(), Failure<StoreImportedError>> {
    for some in messages.chunks(MESSAGES_AT_ONCE) {
        let mut rows = Vec::new();
        let mut texts = Vec::new();
        for message in some {
            rows.push(NewMessageRow::new(message, conversation)?);
            texts.extend(SearchText::of(
                owner,
                conversation,
                Some(message.id.into()),
                &message.text,
            ));
        }
        insert_all!(conn, messages::table, rows);
        add_texts(conn, texts).await?;
    }
    Ok(())
}
