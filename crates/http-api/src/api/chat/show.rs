//! `GET` and `DELETE /api/chat/conversations/{id}`, and `GET` its messages

use latchkey_application::Actor;
use latchkey_domain::page::PageRequest;

use super::{addressed_conversation, addressed_message, cursor};
use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::{ConversationView, MessageListView, MessageView},
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

/// The branch of a conversation that is shown, a page of it.
pub async fn list_messages(call: Call, actor: Actor) -> Answer {
    let id = addressed_conversation(&call)?;
    let mut query = call.query()?;
    let limit = query.limit();
    let after = query.take("cursor", |text| {
        cursor::decode_message(text, actor.user.id, &id).ok_or("is not a cursor of this list")
    });
    query.finish()?;
    let page = call
        .api
        .application
        .conversations
        .messages(&actor, &id, &PageRequest::first(limit).after(after))
        .await?;
    let next = page
        .next
        .map(|next| cursor::encode_message(next, actor.user.id, &id));
    Reply::ok(&MessageListView::of(&page.items, next))
}

/// One message of a conversation.
pub async fn show_message(call: Call, actor: Actor) -> Answer {
    let id = addressed_conversation(&call)?;
    let message = addressed_message(&call)?;
    let conversations = &call.api.application.conversations;
    let found = conversations.message(&actor, &id, message).await?;
    Reply::ok(&MessageView::of_path(&found))
}
