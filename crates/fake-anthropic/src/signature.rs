//! Signatures of thinking blocks: the fake signs what it emits and takes back only that.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::ids::spread;
use crate::models::Model;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const LETTERS: usize = 84;

/// What was said so far: system prompt, tools, then by role and text. Turns of one role count as one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conversation {
    said: DefaultHasher,
    role: Option<String>,
}

impl Conversation {
    /// What stands before the first message.
    pub(crate) fn begin(system: Option<&Value>, tools: Option<&Value>) -> Self {
        let mut conversation = Self::default();
        for part in [system, tools] {
            part.map(Value::to_string).hash(&mut conversation.said);
        }
        conversation
    }

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

/// The signature of a block that `model` emits after a conversation: first what says whose words they are, then what
/// binds them to the conversation.
pub(crate) fn sign(model: &Model, conversation: u64, thinking: &str) -> String {
    let mut signature = String::from("Ev");
    let mut hasher = DefaultHasher::new();
    "thinking of fake-anthropic".hash(&mut hasher);
    model.id.hash(&mut hasher);
    thinking.hash(&mut hasher);
    push_letters(&mut signature, hasher.finish());
    if model.binds_thinking_to_conversation() {
        conversation.hash(&mut hasher);
    }
    "bound".hash(&mut hasher);
    push_letters(&mut signature, hasher.finish());
    signature.push_str("==");
    signature
}

/// What a signature says of the block that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    /// These are the model's words, from another conversation.
    BoundElsewhere,
    /// These aren't the model's words.
    Forged,
}

pub(crate) fn verify(signature: &str, model: &Model, conversation: u64, thinking: &str) -> Verdict {
    let expected = sign(model, conversation, thinking);
    let words = |signature: &str| signature.get(..2 + LETTERS / 2).map(str::to_owned);
    if signature == expected {
        Verdict::Good
    } else if signature.len() == expected.len() && words(signature) == words(&expected) {
        Verdict::BoundElsewhere
    } else {
        Verdict::Forged
    }
}

/// Half of a signature's letters.
fn push_letters(signature: &mut String, mut number: u64) {
    for position in 0..LETTERS / 2 {
        if position % 10 == 0 {
            number = spread(number);
        }
        let letter = usize::try_from(number >> (position % 10 * 6) & 63).unwrap_or_default();
        signature.push(BASE64.get(letter).copied().map_or('A', char::from));
    }
}
