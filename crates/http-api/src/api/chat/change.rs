//! `PATCH /api/chat/conversations/{id}`

use latchkey_application::Actor;
use latchkey_domain::{
    conversation::ConversationChange,
    id::{ApiKeyId, MessageId},
    llm::ModelId,
};
use utoipa::ToSchema;

use super::{addressed_conversation, system_prompt, title};
use crate::{
    call::Call,
    json::{Clearable, Fault, Fields, ReadBody, Value, boolean, key_id, message_id, parsed},
    reply::{Answer, Reply},
    views::ConversationView,
};

/// What changes of a conversation; what is left out stays, `null` takes away.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChangeConversationBody {
    /// The title.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    title: Clearable<String>,
    /// The model of its next message.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9._:@/-]{1,128}$")]
    model: Clearable<ModelId>,
    /// The system prompt.
    #[schema(value_type = Option<String>, min_length = 1)]
    system: Clearable<String>,
    /// The stored key that pays for it.
    #[schema(value_type = Option<String>, format = "uuid")]
    key_id: Clearable<ApiKeyId>,
    /// A message: its branch is shown from now on, down to the newest message below it.
    #[schema(value_type = String, required = false, format = "uuid")]
    shown_leaf: Option<MessageId>,
    /// Whether it is pinned. Alone it leaves `updatedAt` as it is.
    #[schema(value_type = bool, required = false)]
    pinned: Option<bool>,
    /// `false` keeps a temporary conversation for good. None becomes temporary later.
    #[schema(value_type = bool, required = false)]
    temporary: Option<Kept>,
}

/// That a temporary conversation is kept.
struct Kept;

impl ReadBody for ChangeConversationBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            title: fields.clearable("title", parsed(title)),
            model: fields.clearable("model", parsed(ModelId::parse)),
            system: fields.clearable("system", system_prompt),
            key_id: fields.clearable("keyId", key_id),
            shown_leaf: fields.changed("shownLeaf", message_id),
            pinned: fields.changed("pinned", boolean),
            temporary: fields.changed("temporary", kept),
        })
    }
}

impl From<ChangeConversationBody> for ConversationChange {
    fn from(body: ChangeConversationBody) -> Self {
        Self {
            title: body.title,
            model: body.model,
            system: body.system,
            key: body.key_id,
            shown: body.shown_leaf,
            pinned: body.pinned,
            keep: body.temporary.is_some(),
        }
    }
}

fn kept(value: Value<'_>) -> Result<Kept, Fault> {
    if boolean(value)? {
        Err("must be false: only a new conversation can be made temporary".into())
    } else {
        Ok(Kept)
    }
}

/// Changes a conversation.
pub async fn change_conversation(call: Call, actor: Actor) -> Answer {
    let id = addressed_conversation(&call)?;
    let body: ChangeConversationBody = call.body()?;
    let conversations = &call.api.application.conversations;
    let conversation = conversations.update(&actor, &id, body.into()).await?;
    Reply::ok(&ConversationView::of(&conversation))
}
