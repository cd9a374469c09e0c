//! `POST /api/chat/conversations/{id}/messages/{messageId}/regenerate`

use latchkey_application::{
    Actor,
    chat::{AnswerSettings, OnceAction, Regenerate},
};
use latchkey_domain::{
    RawJson,
    conversation::{ConversationId, NamedRequest},
    id::{ApiKeyId, MessageId},
    llm::{AskedFeatures, ModelId},
    secret::SecretText,
    user::OnDisconnect,
};
use utoipa::ToSchema;

use super::{
    addressed_conversation, addressed_message, answer_members::AnswerMembers,
    idempotency::named_request, send,
};
use crate::{
    call::Call,
    json::{Fields, ReadBody},
    reply::Answer,
};

/// How a message is to be answered anew.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RegenerateBody {
    /// The model; becomes the conversation's.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9._:@/-]{1,128}$")]
    model: Option<ModelId>,
    /// Most tokens of the answer; 16,000 or the model's limit if nothing is said.
    #[schema(minimum = 1, maximum = 10_000_000)]
    max_tokens: Option<u32>,
    /// Sampling temperature, for models that take one.
    #[schema(minimum = 0, maximum = 1)]
    temperature: Option<f64>,
    /// The provider's own `thinking` object, passed on as it is. Which kinds a model takes is in `GET /api/models`.
    #[schema(value_type = Option<Object>)]
    thinking: Option<RawJson>,
    /// Further fields of the provider's, as in a message to send.
    #[schema(value_type = Option<Object>)]
    options: Vec<(&'static str, RawJson)>,
    /// What `thinking` and `options` ask of the model.
    #[schema(ignore)]
    asked: AskedFeatures,
    /// Whether the answer is wanted as events. Left out, `Accept: text/event-stream` says so.
    stream: Option<bool>,
    /// What happens when the reader leaves: `finish` or `stop`.
    #[schema(value_type = Option<String>, pattern = "^(finish|stop)$")]
    on_disconnect: Option<OnDisconnect>,
    /// A key for this request alone; nothing of it is kept.
    #[schema(value_type = Option<String>, pattern = "sk-ant-", min_length = 20, write_only)]
    api_key: Option<SecretText>,
    /// One of the caller's stored keys.
    #[schema(value_type = Option<String>, format = "uuid")]
    key_id: Option<ApiKeyId>,
}

impl ReadBody for RegenerateBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let AnswerMembers { settings, stream } = AnswerMembers::read(fields);
        Some(Self {
            model: settings.model,
            max_tokens: settings.max_tokens,
            temperature: settings.temperature,
            thinking: settings.thinking,
            options: settings.options,
            asked: settings.asked,
            stream,
            on_disconnect: settings.on_disconnect,
            api_key: settings.given_key,
            key_id: settings.key,
        })
    }
}

impl RegenerateBody {
    fn into_command(
        self,
        conversation: ConversationId,
        answer_of: MessageId,
        once: Option<NamedRequest>,
    ) -> Regenerate {
        Regenerate {
            conversation,
            answer_of,
            once,
            answer: AnswerSettings {
                model: self.model,
                max_tokens: self.max_tokens,
                temperature: self.temperature,
                thinking: self.thinking,
                options: self.options,
                asked: self.asked,
                on_disconnect: self.on_disconnect,
                given_key: self.api_key,
                key: self.key_id,
            },
        }
    }
}

/// Answers a message anew, beside the answer that it has.
pub async fn regenerate_answer(call: Call, actor: Actor) -> Answer {
    let body: RegenerateBody = call.body_or_empty()?;
    let (conversation, message) = (addressed_conversation(&call)?, addressed_message(&call)?);
    let as_events = send::wants_events(&call, body.stream);
    let action = OnceAction::Regenerate(&conversation, message);
    let once = named_request(&call, &actor, action)?;
    let command = body.into_command(conversation, message, once);
    let chat = &call.api.application.chat;
    let started = chat.regenerate(&actor, command, call.left.clone()).await?;
    send::answer(&call, started, as_events).await
}
