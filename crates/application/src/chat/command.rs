//! What is asked when a message is sent.

use latchkey_domain::{
    RawJson,
    conversation::{ConversationId, NamedRequest},
    id::{ApiKeyId, MessageId},
    llm::{AskedFeatures, ModelId, Turn},
    secret::SecretText,
    user::OnDisconnect,
};

use crate::{Actor, ClientAddress};

/// Who sends a message.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each message, and it is moved once"
)]
#[derive(Debug, Clone)]
pub enum Caller {
    /// Somebody with an account: everything is saved.
    SignedIn(Actor),
    /// Somebody with only a key: nothing is saved.
    Anonymous {
        /// Where the request comes from.
        address: ClientAddress,
    },
}

/// A message to send.
#[derive(Debug, Clone)]
pub struct SendMessage {
    /// The conversation; made if it doesn't exist. Only echoed for anonymous callers.
    pub conversation: ConversationId,
    /// The content blocks, as a JSON array in the provider's form.
    pub content: RawJson,
    /// The text of all text blocks.
    pub text: String,
    /// The system prompt; becomes the conversation's.
    pub system: Option<String>,
    /// Whether the conversation is temporary, if this message makes it.
    pub temporary: bool,
    /// Where in the tree the message goes.
    pub parent: Parent,
    /// Earlier turns, of anonymous callers only.
    pub history: Vec<Turn>,
    /// The request's name, if it shall be carried out once. Of a signed-in caller only.
    pub once: Option<NamedRequest>,
    /// How it is to be answered.
    pub answer: AnswerSettings,
}

/// A message that is to be answered anew, beside the answers that it has.
#[derive(Debug, Clone)]
pub struct Regenerate {
    /// The conversation.
    pub conversation: ConversationId,
    /// The answer beside which the new one shall stand.
    pub answer_of: MessageId,
    /// The request's name, if it shall be carried out once.
    pub once: Option<NamedRequest>,
    /// How it is to be answered.
    pub answer: AnswerSettings,
}

/// How a message is to be answered, and who pays.
#[derive(Debug, Clone, Default)]
pub struct AnswerSettings {
    /// The model; becomes the conversation's.
    pub model: Option<ModelId>,
    /// Most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// Sampling temperature.
    pub temperature: Option<f64>,
    /// The provider's own object for thinking.
    pub thinking: Option<RawJson>,
    /// Further fields of the provider's, from the allow-list.
    pub options: Vec<(&'static str, RawJson)>,
    /// What of all that, and of the message's content, not every model takes.
    pub asked: AskedFeatures,
    /// What happens when the reader leaves; else the account's setting.
    pub on_disconnect: Option<OnDisconnect>,
    /// A key for this request alone; nothing of it is kept.
    pub given_key: Option<SecretText>,
    /// One of the caller's stored keys; else the conversation's, else the first usable one.
    pub key: Option<ApiKeyId>,
}

/// Where in the tree of a conversation a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// Behind the last message that is shown.
    ShownLeaf,
    /// At the root: a new first message.
    Root,
    /// Behind this message.
    Message(MessageId),
}
