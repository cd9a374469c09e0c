//! `POST /api/chat/conversations`

use latchkey_application::{Actor, conversations::CreateConversation};
use latchkey_domain::{conversation::ConversationId, id::ApiKeyId, llm::ModelId};
use utoipa::ToSchema;

use super::{system_prompt, title};
use crate::{
    call::Call,
    json::{Fields, ReadBody, boolean, key_id, parsed},
    reply::{Answer, Reply},
    views::ConversationView,
};

/// A conversation to make.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateConversationBody {
    /// Its id; the server makes one if nothing is said.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: Option<ConversationId>,
    /// Its title.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// The model of its messages.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9._:@/-]{1,128}$")]
    model: Option<ModelId>,
    /// Its system prompt.
    #[schema(min_length = 1)]
    system: Option<String>,
    /// The stored key that pays for it.
    #[schema(value_type = Option<String>, format = "uuid")]
    key_id: Option<ApiKeyId>,
    /// Whether it is temporary: in no list, search or export, and deleted a day after its last message at the latest.
    temporary: Option<bool>,
}

impl ReadBody for CreateConversationBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            id: fields.optional("id", parsed(ConversationId::parse)),
            title: fields.optional("title", parsed(title)),
            model: fields.optional("model", parsed(ModelId::parse)),
            system: fields.optional("system", system_prompt),
            key_id: fields.optional("keyId", key_id),
            temporary: fields.optional("temporary", boolean),
        })
    }
}

impl From<CreateConversationBody> for CreateConversation {
    fn from(body: CreateConversationBody) -> Self {
        Self {
            id: body.id,
            title: body.title,
            model: body.model,
            system: body.system,
            key: body.key_id,
            temporary: body.temporary.unwrap_or(false),
        }
    }
}

/// Makes a conversation.
pub async fn create_conversation(call: Call, actor: Actor) -> Answer {
    let body: CreateConversationBody = call.body_or_empty()?;
    let conversations = &call.api.application.conversations;
    let conversation = conversations.create(&actor, body.into()).await?;
    Reply::created(
        &format!("/api/chat/conversations/{}", conversation.id),
        &ConversationView::of(&conversation),
    )
}
