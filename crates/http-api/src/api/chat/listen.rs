//! `GET /api/chat/conversations/{id}/messages/{messageId}/stream`

use latchkey_application::Actor;

use super::{addressed_conversation, addressed_message, send};
use crate::{
    call::{Call, Given},
    problem::{FieldFault, Problem},
    reply::Answer,
};

/// Re-attaches to an answer, from the event after the one that the client has seen.
pub async fn listen_to_answer(call: Call, actor: Actor) -> Answer {
    let (conversation, message) = (addressed_conversation(&call)?, addressed_message(&call)?);
    let from = first_unseen(&call)?;
    let chat = &call.api.application.chat;
    let started = chat.listen(&actor, &conversation, message, from).await?;
    send::answer(&call, started, true).await
}

/// The number after `Last-Event-ID`; the first where there is none.
fn first_unseen(call: &Call) -> Result<u64, Problem> {
    let given = &call.headers.last_event_id;
    let last = match given {
        Given::Absent => return Ok(0),
        // As browsers send it before the first event.
        Given::Once(value) if value.is_empty() => return Ok(0),
        given => given.text().and_then(number),
    };
    let last = last.ok_or_else(|| {
        Problem::invalid(vec![FieldFault {
            pointer: "Last-Event-ID".to_owned(),
            detail: "must be the number of an event of this stream".into(),
        }])
    })?;
    Ok(last.saturating_add(1))
}

fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
