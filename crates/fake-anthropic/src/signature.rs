//! Signatures of thinking blocks: the fake signs what it emits and takes back only that.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::ids::spread;
use crate::models::Model;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const LETTERS: usize = 84;

/// What was said so far, by role and text. Turns of one role count as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conversation {
    said: DefaultHasher,
    role: Option<String>,
}

impl Conversation {
    pub(crate) fn turn(&mut self, role: &str) {
        if self.role.as_deref() != Some(role) {
            role.hash(&mut self.said);
            self.role = Some(role.to_owned());
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.said.write(text.as_bytes());
    }

    pub(crate) fn digest(&self) -> u64 {
        self.said.finish()
    }
}

/// The signature of a block that `model` emits after a conversation.
pub(crate) fn sign(model: &Model, conversation: u64, thinking: &str) -> String {
    let mut hasher = DefaultHasher::new();
    "thinking of fake-anthropic".hash(&mut hasher);
    model.id.hash(&mut hasher);
    if model.binds_thinking_to_conversation() {
        conversation.hash(&mut hasher);
    }
    thinking.hash(&mut hasher);
    let mut number = hasher.finish();
    let mut signature = String::with_capacity(LETTERS + 4);
    signature.push_str("Ev");
    for position in 0..LETTERS {
        if position % 10 == 0 {
            number = spread(number);
        }
        let letter = usize::try_from(number >> (position % 10 * 6) & 63).unwrap_or_default();
        signature.push(BASE64.get(letter).copied().map_or('A', char::from));
    }
    signature.push_str("==");
    signature
}
