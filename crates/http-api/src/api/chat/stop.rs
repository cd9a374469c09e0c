//! `POST /api/chat/conversations/{id}/messages/{messageId}/stop`

use latchkey_application::Actor;

use super::{addressed_conversation, addressed_message};
use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::MessageView,
};

/// Stops a running answer and keeps what came.
pub async fn stop_answer(call: Call, actor: Actor) -> Answer {
    let conversation = addressed_conversation(&call)?;
    let message = addressed_message(&call)?;
    let chat = &call.api.application.chat;
    let stopped = chat.stop(&actor, &conversation, message).await?;
    Reply::ok(&MessageView::of_path(&stopped))
}
