//! Conversations as a whole.

use async_trait::async_trait;
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError,
    archive::{ArchiveRepo, MessageOutline},
    conversation::{Conversation, ConversationId, Message},
    id::MessageId,
};

use super::Db;
use crate::persistence::{
    rows::{conversation::ConversationRow, message::MessageRow},
    sql_types::Uid,
    statement::archive::{by_id, outline, these_messages},
};

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
}
