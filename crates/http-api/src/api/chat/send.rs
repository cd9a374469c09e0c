//! `POST /api/chat/conversations/{id}/messages`

use latchkey_application::{
    Actor,
    chat::{Caller, OnceAction, ReaderLeft, SendMessage, StartedAnswer},
};
use latchkey_domain::conversation::ConversationId;

use super::{idempotency::named_request, send_body::SendMessageBody};
use crate::{
    call::Call,
    limit_headers,
    problem::{Problem, PublicText},
    reply::{Answer, Reply},
    sse::{AnswerStream, lost_run},
    views::{AnswerView, MessageView},
};

/// Sends a message, and answers with JSON or as events.
pub async fn send_message(call: Call, actor: Option<Actor>) -> Answer {
    let body: SendMessageBody = call.body()?;
    let conversation = conversation_to_write(&call)?;
    let as_events = wants_events(&call, body.wants_events());
    let once = match &actor {
        Some(actor) => named_request(&call, actor, OnceAction::Send(&conversation))?,
        // Nothing of such a request is kept, so nothing could be given again.
        None => None,
    };
    let caller = caller(&call, actor);
    let command = SendMessage {
        once,
        ..body.into_command(conversation)
    };
    let chat = &call.api.application.chat;
    let started = chat.send(caller, command, call.left.clone()).await?;
    answer(&call, started, as_events).await
}

/// An answer that has begun, as events or, once it has ended, as JSON.
pub(super) async fn answer(call: &Call, started: StartedAnswer, as_events: bool) -> Answer {
    let limit = started.limit;
    let reply = if as_events {
        let heartbeat = call.api.settings.heartbeat;
        Reply::events(AnswerStream::of(started, call.id.clone(), heartbeat))
    } else {
        finished(started, &call.left).await?
    };
    Ok(reply.with_headers(limit.iter().flat_map(limit_headers::granted).collect()))
}

/// Who asks.
pub(super) fn caller(call: &Call, actor: Option<Actor>) -> Caller {
    match actor {
        Some(actor) => Caller::SignedIn(actor),
        None => Caller::Anonymous {
            address: call.address.clone(),
        },
    }
}

/// The id under which a conversation may be made: unlike elsewhere, a wrong form is worth a word.
fn conversation_to_write(call: &Call) -> Result<ConversationId, Problem> {
    ConversationId::parse(call.param("id")).map_err(|fault| {
        let text = PublicText::of(&fault).as_str().to_owned();
        Problem::invalid(vec![crate::problem::FieldFault {
            pointer: "{id}".to_owned(),
            detail: text.into(),
        }])
    })
}

/// Whether the answer is wanted as events: the body says so, or else the headers.
pub(super) fn wants_events(call: &Call, body: Option<bool>) -> bool {
    body.unwrap_or_else(|| accepts_events(call))
}

fn accepts_events(call: &Call) -> bool {
    call.headers.accept.text().is_some_and(|accept| {
        accept
            .split(',')
            .filter_map(|range| range.split(';').next())
            .any(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}

/// The whole answer as JSON, once it has ended.
async fn finished(mut started: StartedAnswer, left: &ReaderLeft) -> Answer {
    let asked = started.user_message.take();
    let end = started.finish(left).await.ok_or_else(lost_run)?;
    if let Some(fault) = end.fault.clone() {
        let answer = MessageView::of(&end.message);
        return Err(Problem::from(fault).member("assistantMessage", &answer));
    }
    Reply::ok(&AnswerView::of(&end, asked.as_ref()))
}
