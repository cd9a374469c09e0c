//! `GET` and `DELETE /api/chat/conversations/{id}`, and its messages

use latchkey_application::Actor;

use super::addressed_conversation;
use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::{ConversationView, MessageListView},
};

/// One of the caller's conversations.
pub async fn show_conversation(call: Call, actor: Actor) -> Answer {
    let id = addressed_conversation(&call)?;
    let conversation = call.api.application.conversations.get(&actor, &id).await?;
    Reply::ok(&ConversationView::of(&conversation))
}

/// Deletes a conversation with its messages.
pub async fn delete_conversation(call: Call, actor: Actor) -> Answer {
    let id = addressed_conversation(&call)?;
    call.api
        .application
        .conversations
        .delete(&actor, &id)
        .await?;
    Ok(Reply::no_content())
}

/// The branch of a conversation that is shown.
pub async fn list_messages(call: Call, actor: Actor) -> Answer {
    let id = addressed_conversation(&call)?;
    let path = call
        .api
        .application
        .conversations
        .messages(&actor, &id)
        .await?;
    Reply::ok(&MessageListView::of(&path))
}
