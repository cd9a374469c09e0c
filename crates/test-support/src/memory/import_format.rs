//! A service whose exports are lists of `{"id": …, "say": [text, …]}`.

use latchkey_domain::{
    archive::{
        ImportFormat, ImportedConversation, ImportedMessage, LeftOut, NotImported, SkipReason,
    },
    conversation::ConversationId,
    id::MessageId,
    llm::TurnRole,
    owner::Owner,
    raw_json::RawJson,
    time::Timestamp,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::digest::digest;

/// Reads such exports: the person and the model speak in turns. `title` and `at` (microseconds of the last change) may be there; `lost` counts
/// as left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryImportFormat;

impl ImportFormat for MemoryImportFormat {
    fn read(&self, owner: Owner, item: &[u8]) -> Result<ImportedConversation, NotImported> {
        let item: Value = serde_json::from_slice(item).map_err(|_| SkipReason::Unreadable)?;
        let said = item["say"].as_array().ok_or(SkipReason::UnknownForm)?;
        let said: Vec<&str> = said.iter().filter_map(Value::as_str).collect();
        let title = item["title"].as_str().map(str::to_owned);
        if said.is_empty() {
            let reason = SkipReason::Empty;
            return Err(NotImported { title, reason });
        }
        let id = item["id"].as_str().ok_or(SkipReason::Unreadable)?;
        let message_id = |at: usize| {
            let name = format!("{}/{id}/{at}", owner.uuid());
            let half = digest(&[name.as_bytes()]).first_chunk().copied();
            MessageId::from_uuid(Uuid::from_bytes(half.unwrap_or_default()))
        };
        let messages = said.iter().enumerate().map(|(at, text)| ImportedMessage {
            id: message_id(at),
            parent: at.checked_sub(1).map(message_id),
            role: if at % 2 == 0 {
                TurnRole::User
            } else {
                TurnRole::Assistant
            },
            content: RawJson::from_trusted(json!([{"type": "text", "text": text}]).to_string()),
            next_turn: None,
            text: (*text).to_owned(),
            model: None,
            created_at: None,
        });
        let messages: Vec<ImportedMessage> = messages.collect();
        let lost = item["lost"].as_u64().map(|lost| ("lost", lost));
        Ok(ImportedConversation {
            id: ConversationId::parse(&format!("memory-{id}"))
                .map_err(|_| SkipReason::Unreadable)?,
            title,
            created_at: None,
            updated_at: item["at"].as_i64().map(Timestamp::from_micros),
            shown: messages.last().map(|last| last.id),
            messages,
            left_out: LeftOut::from_iter(lost),
        })
    }
}
