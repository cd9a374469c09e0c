//! `POST /api/chat/estimate`

use latchkey_application::Actor;
use latchkey_domain::conversation::ConversationId;

use super::{send::caller, send_body::SendMessageBody};
use crate::{
    call::Call,
    limit_headers,
    problem::Problem,
    reply::{Answer, Reply},
    views::EstimateView,
};

/// Says what a message would cost. The body is the message's; the conversation stands in the query.
pub async fn estimate(call: Call, actor: Option<Actor>) -> Answer {
    let body: SendMessageBody = call.body()?;
    let conversation = conversation(&call)?;
    let command = body.into_command(conversation);
    let chat = &call.api.application.chat;
    let estimate = chat.estimate(caller(&call, actor), command).await?;
    let reply = Reply::ok(&EstimateView::of(&estimate))?;
    Ok(reply.with_headers(limit_headers::granted(&estimate.limit)))
}

/// The conversation that would go on; else one that doesn't exist yet.
fn conversation(call: &Call) -> Result<ConversationId, Problem> {
    let mut query = call.query()?;
    let named = query.take("conversationId", |text| {
        ConversationId::parse(text)
            .map_err(|_| "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")
    });
    query.finish()?;
    Ok(named.unwrap_or_else(|| ConversationId::new(call.api.ids.as_ref())))
}
