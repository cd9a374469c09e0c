//! `GET /api/chat/conversations`

use latchkey_application::Actor;
use latchkey_domain::{conversation::ConversationQuery, page::PageRequest};

use super::cursor;
use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, Reply},
    views::ConversationListView,
};

/// Longest text that is searched for.
const MAX_SEARCH_CHARS: usize = 200;

/// The caller's conversations, last changed first.
pub async fn list_conversations(call: Call, actor: Actor) -> Answer {
    let query = conversation_query(&call, &actor)?;
    let conversations = &call.api.application.conversations;
    let page = conversations.list(&actor, query).await?;
    let next = page.next.map(|next| cursor::encode(&next, actor.user.id));
    Reply::ok(&ConversationListView::of(&page.items, next))
}

fn conversation_query(call: &Call, actor: &Actor) -> Result<ConversationQuery, Problem> {
    let mut query = call.query()?;
    let limit = query.limit();
    let after = query.take("cursor", |text| {
        cursor::decode(text, actor.user.id).ok_or("is not a cursor of this list")
    });
    let title_contains = query.take("q", search_text).flatten();
    query.finish()?;
    Ok(ConversationQuery {
        title_contains,
        page: PageRequest::first(limit).after(after),
    })
}

fn search_text(text: &str) -> Result<Option<String>, &'static str> {
    let text = text.trim();
    if text.contains('\0') || text.chars().count() > MAX_SEARCH_CHARS {
        return Err("must have at most 200 characters, without NUL");
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
