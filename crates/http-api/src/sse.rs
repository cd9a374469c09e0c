//! A running answer as `text/event-stream`.
//!
//! The provider's events go out byte for byte, between `latchkey.start` and `latchkey.done` or `latchkey.error`. What
//! has come together goes out together. Dropping the stream is how a run learns that its reader left.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use latchkey_application::chat::{AnswerUpdate, AnswerUpdates, EndedAnswer, StartedAnswer};
use latchkey_domain::{conversation::Message, llm::write_event};
use serde::Serialize;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{
    edge::RequestId,
    problem::{InternalCause, Problem},
    views::{AnswerErrorView, AnswerView, ReceiptView, StartView},
};

/// What goes out when nothing else does, so that proxies and clients know that the stream lives.
const HEARTBEAT: &[u8] = b": still here\n\n";
/// How much is put together before it goes out.
const CHUNK: usize = 64 * 1024;

/// A running answer, on its way to its reader.
pub(crate) struct AnswerStream {
    request: RequestId,
    updates: Option<AnswerUpdates>,
    /// The message that is answered, for the end.
    asked: Option<Message>,
    /// Events that go out as they are, before what is in `out`.
    whole: Bytes,
    out: Vec<u8>,
    heartbeat: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl AnswerStream {
    /// The stream of `started`.
    pub(crate) fn of(started: StartedAnswer, request: RequestId, heartbeat: Duration) -> Self {
        let mut stream = Self {
            request,
            updates: Some(started.updates),
            asked: None,
            whole: Bytes::new(),
            out: Vec::with_capacity(1024),
            heartbeat,
            timer: None,
        };
        stream.write(
            "latchkey.start",
            &StartView {
                conversation_id: started.conversation.as_str(),
                user_message_id: started
                    .user_message
                    .as_ref()
                    .map(|message| message.id.to_string()),
                assistant_message_id: started.answer.to_string(),
                key: started.receipt.as_ref().map(ReceiptView::of),
            },
        );
        stream.asked = started.user_message;
        stream
    }

    fn write(&mut self, name: &str, data: &impl Serialize) {
        write_to(&mut self.out, name, data);
    }

    /// Takes in what has come, up to about a chunk.
    fn take_in(&mut self, context: &mut Context<'_>) {
        while self.out.len() + self.whole.len() < CHUNK {
            let Some(updates) = &mut self.updates else {
                return;
            };
            match updates.poll_next(context) {
                Poll::Pending => return,
                Poll::Ready(Some(AnswerUpdate::Events(batch))) => {
                    self.add(batch.bytes);
                }
                Poll::Ready(Some(AnswerUpdate::Cut(fault))) => {
                    self.updates = None;
                    self.write_problem(&fault.into(), None);
                }
                Poll::Ready(Some(AnswerUpdate::Ended(end))) => {
                    self.updates = None;
                    self.write_end(*end);
                }
                Poll::Ready(None) => {
                    self.updates = None;
                    self.write_problem(&lost_run(), None);
                }
            }
        }
    }

    /// Adds events; a single batch goes out without a copy.
    fn add(&mut self, bytes: Bytes) {
        if self.out.is_empty() && self.whole.is_empty() {
            self.whole = bytes;
        } else {
            self.put_together().extend_from_slice(&bytes);
        }
    }

    /// Everything that is to go out, in one piece that can grow.
    fn put_together(&mut self) -> &mut Vec<u8> {
        if !self.whole.is_empty() {
            let whole = std::mem::take(&mut self.whole);
            self.out.extend_from_slice(&whole);
        }
        &mut self.out
    }

    fn write_end(&mut self, end: EndedAnswer) {
        self.put_together();
        if let Some(fault) = end.fault {
            self.write_problem(&fault.into(), Some(&end.message));
        } else {
            let view = AnswerView::of(&end, self.asked.as_ref());
            write_to(&mut self.out, "latchkey.done", &view);
        }
    }

    fn write_problem(&mut self, problem: &Problem, answer: Option<&Message>) {
        self.put_together();
        let view = AnswerErrorView::of(problem, self.request.as_str(), answer);
        write_to(&mut self.out, "latchkey.error", &view);
        if let Some(cause) = problem.cause() {
            let (request_id, cause) = (self.request.as_str(), cause.chain());
            tracing::error!(request_id, cause, "a streamed answer failed");
        }
    }

    /// Waits for the next heartbeat.
    fn poll_heartbeat(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        let next = Instant::now() + self.heartbeat;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(next)));
        match timer.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                timer.as_mut().reset(next);
                Poll::Ready(Bytes::from_static(HEARTBEAT))
            }
        }
    }

    /// What goes out now.
    fn take_chunk(&mut self) -> Bytes {
        if let Some(timer) = &mut self.timer {
            timer.as_mut().reset(Instant::now() + self.heartbeat);
        }
        if self.out.is_empty() {
            std::mem::take(&mut self.whole)
        } else {
            std::mem::take(&mut self.out).into()
        }
    }
}

/// The run of an answer died without an end: a fault of the program.
pub(crate) fn lost_run() -> Problem {
    Problem::internal(InternalCause::new(
        "the run of an answer died without an end",
    ))
}

fn write_to(out: &mut Vec<u8>, name: &str, data: &impl Serialize) {
    // Views can only fail on damaged stored JSON; the reader is then told at least that the answer ended.
    let data = serde_json::to_vec(data).unwrap_or_else(|_| b"{}".to_vec());
    write_event(name.as_bytes(), None, &data, out);
}

impl MessageBody for AnswerStream {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let this = self.get_mut();
        this.take_in(context);
        if !this.out.is_empty() || !this.whole.is_empty() {
            return Poll::Ready(Some(Ok(this.take_chunk())));
        }
        if this.updates.is_none() {
            return Poll::Ready(None);
        }
        this.poll_heartbeat(context).map(|chunk| Some(Ok(chunk)))
    }
}
