//! Ids of conversations, which clients may choose.

use std::fmt;

use crate::system::IdSource;

/// 1 to 64 characters of `A–Z a–z 0–9 _ -`; unique per owner. Owning protects, not the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId(String);

impl ConversationId {
    /// A new id from the id source.
    pub fn new(ids: &dyn IdSource) -> Self {
        Self(ids.next_uuid().as_hyphenated().to_string())
    }

    /// Reads an id that a client chose.
    ///
    /// # Errors
    /// [`InvalidConversationId`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidConversationId> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidConversationId)
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text isn't a conversation's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
pub struct InvalidConversationId;
