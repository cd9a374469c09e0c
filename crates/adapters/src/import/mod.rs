//! Exports of other services: ChatGPT's and Claude.ai's `conversations.json`.

mod chatgpt;
mod claude;
mod content;
mod object;
mod tree;

use latchkey_domain::{
    Owner, Timestamp,
    archive::{ImportFormat, ImportedConversation, NotImported, SkipReason},
    conversation::{ConversationId, MAX_TITLE_CHARS},
    id::MessageId,
};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use uuid::Builder;

use object::Object;

/// Reads the exports of all services that are known.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownExports;

impl ImportFormat for KnownExports {
    fn read(&self, owner: Owner, item: &[u8]) -> Result<ImportedConversation, NotImported> {
        let item: &RawValue =
            serde_json::from_slice(item).map_err(|_| NotImported::from(SkipReason::Unreadable))?;
        let item = Object::of(item).ok_or(SkipReason::UnknownForm)?;
        let is_known = |name| item.value(name).is_some();
        let read = if is_known("mapping") {
            chatgpt::read(owner, &item)
        } else if is_known("chat_messages") {
            claude::read(owner, &item)
        } else {
            return Err(SkipReason::UnknownForm.into());
        };
        let read = read.and_then(|conversation| {
            if conversation.messages.is_empty() {
                Err(SkipReason::Empty)
            } else {
                Ok(conversation)
            }
        });
        read.map_err(|reason| NotImported {
            title: title(&item, "title").or_else(|| title(&item, "name")),
            reason,
        })
    }
}

/// What a conversation of an export, and all in it, are called here.
struct Names {
    owner: Owner,
    conversation: ConversationId,
}

impl Names {
    /// For `owner`'s conversation that the service calls `theirs`.
    fn new(owner: Owner, service: &str, theirs: &str) -> Result<Self, SkipReason> {
        let id = ConversationId::parse(&format!("{service}-{theirs}"));
        // An id of another form than ours: its digest is one.
        let id = id.or_else(|_| {
            let digest = Sha256::digest(theirs);
            let name = Builder::from_custom_bytes(first_half(digest.into())).into_uuid();
            ConversationId::parse(&format!("{service}-{}", name.as_simple()))
        });
        Ok(Self {
            owner,
            conversation: id.map_err(|_| SkipReason::Unreadable)?,
        })
    }

    /// The id of the message that the service calls `theirs`. Nobody can choose one that is somebody else's.
    fn message(&self, theirs: &str) -> MessageId {
        let owner = self.owner.uuid();
        // Neither of the first two has a slash in it.
        let name = format!("{owner}/{}/{theirs}", self.conversation);
        let digest = Sha256::digest(name);
        MessageId::from_uuid(Builder::from_custom_bytes(first_half(digest.into())).into_uuid())
    }
}

fn first_half(digest: [u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    for (byte, of_digest) in half.iter_mut().zip(digest) {
        *byte = of_digest;
    }
    half
}

/// A title: one line, not too long.
fn title(item: &Object<'_>, name: &str) -> Option<String> {
    let title = item.text(name)?;
    let words: Vec<&str> = title.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.chars().filter(|c| !c.is_control());
    let line: String = line.take(MAX_TITLE_CHARS).collect();
    (!line.is_empty()).then_some(line)
}

/// An instant as RFC 3339 has it.
fn instant(item: &Object<'_>, name: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(&item.text(name)?)
}

#[cfg(test)]
mod tests;
