//! The body of a message to send.

use latchkey_application::chat::{AnswerSettings, Parent, SendMessage};
use latchkey_domain::{
    RawJson,
    conversation::ConversationId,
    id::ApiKeyId,
    llm::{AskedFeatures, ModelId},
    secret::SecretText,
    user::OnDisconnect,
};
use utoipa::ToSchema;

use super::{
    answer_members::AnswerMembers,
    content::{self, Content},
    history::{self, History},
    system_prompt,
};
use crate::json::{Fields, ReadBody, boolean, message_id};

/// A message to send: `message` or `content`, and how it is to be answered.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SendMessageBody {
    /// The message; it or `content` must be there, not both.
    #[schema(value_type = Option<String>, min_length = 1, rename = "message")]
    said: Content,
    /// The message's content blocks, as the provider takes them: text, image, document.
    #[schema(value_type = Option<Vec<Object>>, min_items = 1, max_items = 1024)]
    #[expect(dead_code, reason = "only in the schema: `said` is read from either")]
    content: (),
    /// The model; becomes the conversation's.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9._:@/-]{1,128}$")]
    model: Option<ModelId>,
    /// The system prompt; becomes the conversation's.
    #[schema(min_length = 1)]
    system: Option<String>,
    /// Most tokens of the answer; 16,000 or the model's limit if nothing is said.
    #[schema(minimum = 1, maximum = 10_000_000)]
    max_tokens: Option<u32>,
    /// Sampling temperature, for models that take one.
    #[schema(minimum = 0, maximum = 1)]
    temperature: Option<f64>,
    /// The provider's own `thinking` object, passed on as it is. Which kinds a model takes is in `GET /api/models`.
    #[schema(value_type = Option<Object>)]
    thinking: Option<RawJson>,
    /// Further fields of the provider's, passed on as they are: `output_config`, `stop_sequences`, `tools`, `tool_choice`,
    /// `service_tier`, `speed`, `inference_geo`, `metadata` (without `user_id`).
    #[schema(value_type = Option<Object>)]
    options: Vec<(&'static str, RawJson)>,
    /// What `thinking` and `options` ask of the model.
    #[schema(ignore)]
    asked: AskedFeatures,
    /// Whether the answer is wanted as events. Left out, `Accept: text/event-stream` says so.
    stream: Option<bool>,
    /// What happens when the reader leaves: `finish` or `stop`. Without an account always `stop`.
    #[schema(value_type = Option<String>, pattern = "^(finish|stop)$")]
    on_disconnect: Option<OnDisconnect>,
    /// Whether the conversation is temporary, if this message makes it: in no list, search or export, and deleted a day after its last
    /// message at the latest.
    temporary: Option<bool>,
    /// The message that this one follows. Left out it is the last one shown; `null` begins anew at the root.
    #[schema(value_type = Option<String>, format = "uuid")]
    parent_id: Parent,
    /// A key for this request alone; nothing of it is kept.
    #[schema(value_type = Option<String>, pattern = "sk-ant-", min_length = 20, write_only)]
    api_key: Option<SecretText>,
    /// One of the caller's stored keys.
    #[schema(value_type = Option<String>, format = "uuid")]
    key_id: Option<ApiKeyId>,
    /// Earlier turns as `{role, content, model?}`, without an account only. `model` is the one that wrote an assistant's turn.
    #[schema(value_type = Option<Vec<Object>>)]
    history: History,
}

impl ReadBody for SendMessageBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let said = read_content(fields);
        let system = fields.optional("system", system_prompt);
        let temporary = fields.optional("temporary", boolean);
        let parent = fields.clearable("parentId", message_id);
        let history = fields.optional("history", history::read);
        let AnswerMembers { settings, stream } = AnswerMembers::read(fields);
        let history = history.unwrap_or_default();
        if let Some(said) = &said {
            refuse_large_ones_among_many(said, &history, fields);
        }
        Some(Self {
            said: said?,
            content: (),
            model: settings.model,
            system,
            max_tokens: settings.max_tokens,
            temperature: settings.temperature,
            thinking: settings.thinking,
            options: settings.options,
            asked: settings.asked,
            stream,
            on_disconnect: settings.on_disconnect,
            temporary,
            parent_id: match parent {
                None => Parent::ShownLeaf,
                Some(None) => Parent::Root,
                Some(Some(message)) => Parent::Message(message),
            },
            api_key: settings.given_key,
            key_id: settings.key,
            history,
        })
    }
}

/// `message` or `content`, of which exactly one must be there.
fn read_content(fields: &mut Fields<'_>) -> Option<Content> {
    let has_message = fields.has("message");
    let has_content = fields.has("content");
    let message = fields.optional("message", content::of_text);
    let blocks = fields.optional("content", content::of_blocks);
    match (has_message, has_content) {
        (false, false) => {
            fields.fault("message", "or content is required");
            None
        }
        (true, true) => {
            fields.fault("content", "and message exclude each other");
            None
        }
        _ => message.or(blocks),
    }
}

/// Among more than twenty images, each may have 2,000 pixels an edge instead of 8,000 (Anthropic's page on vision).
fn refuse_large_ones_among_many(content: &Content, history: &History, fields: &mut Fields<'_>) {
    const MANY: u32 = 20;
    const MAX_EDGE_AMONG_MANY: u32 = 2_000;
    let images = content.asked.images.saturating_add(history.asked.images);
    let edge = content.longest_edge.max(history.longest_edge);
    if images > MANY && edge > MAX_EDGE_AMONG_MANY {
        let detail = "has more than 20 images; then none may be wider or higher than 2,000 pixels";
        fields.fault("content", detail);
    }
}

impl SendMessageBody {
    /// Whether the answer is wanted as events; `None` leaves it to `Accept`.
    pub(super) fn wants_events(&self) -> Option<bool> {
        self.stream
    }

    /// The command to send this to `conversation`.
    pub(super) fn into_command(self, conversation: ConversationId) -> SendMessage {
        let asked = self.asked.and(self.said.asked).and(self.history.asked);
        SendMessage {
            conversation,
            content: self.said.blocks,
            text: self.said.text,
            system: self.system,
            temporary: self.temporary.unwrap_or(false),
            parent: self.parent_id,
            history: self.history.turns,
            once: None,
            answer: AnswerSettings {
                model: self.model,
                max_tokens: self.max_tokens,
                temperature: self.temperature,
                thinking: self.thinking,
                options: self.options,
                asked,
                on_disconnect: self.on_disconnect,
                given_key: self.api_key,
                key: self.key_id,
            },
        }
    }
}
