//! `GET /api/chat/conversations`

use latchkey_application::Actor;
use latchkey_domain::{
    conversation::{ConversationCursor, ConversationQuery},
    page::PageRequest,
    search::{ConversationSearch, SearchWords},
};

use super::cursor;
use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, Reply},
    views::ConversationListView,
};

/// Longest text that is searched for.
const MAX_SEARCH_CHARS: usize = 200;

/// The caller's conversations, last changed first: all, or those that a search finds.
pub async fn list_conversations(call: Call, actor: Actor) -> Answer {
    let Wanted {
        words,
        pinned,
        page,
    } = wanted(&call, &actor)?;
    let conversations = &call.api.application.conversations;
    let encode = |next: ConversationCursor| cursor::encode(&next, actor.user.id);
    let Some(words) = words else {
        let query = ConversationQuery { pinned, page };
        let page = conversations.list(&actor, query).await?;
        return Reply::ok(&ConversationListView::of(
            &page.items,
            page.next.map(encode),
        ));
    };
    let search = ConversationSearch {
        words,
        pinned,
        page,
    };
    let page = conversations.search(&actor, search).await?;
    let next = page.next.map(encode);
    Reply::ok(&ConversationListView::of_found(page.items, next))
}

/// What the query asks for.
struct Wanted {
    words: Option<SearchWords>,
    pinned: Option<bool>,
    page: PageRequest<ConversationCursor>,
}

fn wanted(call: &Call, actor: &Actor) -> Result<Wanted, Problem> {
    let mut query = call.query()?;
    let limit = query.limit();
    let after = query.take("cursor", |text| {
        cursor::decode(text, actor.user.id).ok_or("is not a cursor of this list")
    });
    let words = query.take("q", search_words).flatten();
    let pinned = query.take("pinned", |text| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false"),
    });
    query.finish()?;
    Ok(Wanted {
        words,
        pinned,
        page: PageRequest::first(limit).after(after),
    })
}

/// The words of a search; none if there is nothing in it but white space.
fn search_words(text: &str) -> Result<Option<SearchWords>, &'static str> {
    let text = text.trim();
    if text.contains('\0') || text.chars().count() > MAX_SEARCH_CHARS {
        return Err("must have at most 200 characters, without NUL");
    }
    Ok((!text.is_empty()).then(|| SearchWords::parse(text)))
}
