//! Reads a body: bounded in size and in slowness, into memory that wipes itself.

use std::{future::Future, pin::pin, time::Duration};

use actix_web::{dev::Payload, error::PayloadError};
use bytes::Bytes;
use futures_util::{
    StreamExt as _,
    future::{Either, select},
};
use tokio::{
    sync::mpsc::{Receiver, channel},
    time::{Instant, timeout_at},
};
use zeroize::Zeroizing;

use crate::{
    problem::{Code, InternalCause, Problem, PublicText},
    settings::BodyPace,
};

/// Pieces of a body that wait for who reads it while it comes.
const PIECES_THAT_WAIT: usize = 8;
/// What is set aside before anything has come.
const FIRST_CAPACITY: usize = 16 * 1024;

/// The body, of at most `limit` bytes. `declared` is what `Content-Length` says.
pub(super) async fn read(
    payload: &mut Payload,
    declared: Option<u64>,
    limit: usize,
    pace: BodyPace,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    if declared.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit))
    {
        return Err(too_large(limit));
    }
    let start = Instant::now();
    let mut body = Zeroizing::new(Vec::new());
    loop {
        let deadline = deadline(start, Instant::now(), body.len(), pace);
        let chunk = match timeout_at(deadline, payload.next()).await {
            Err(_) => return Err(too_slow()),
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) => chunk.map_err(|error| broken(&error))?,
        };
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(too_large(limit));
        }
        make_room(&mut body, chunk.len());
        body.extend_from_slice(&chunk);
    }
}

/// A body that a handler reads while it comes. It comes no faster than it is read.
pub(crate) struct Incoming {
    pieces: Receiver<Result<Bytes, Problem>>,
}

impl Incoming {
    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Problem>> {
        self.pieces.recv().await
    }
}

/// A body of at most `limit` bytes, and the work that lets it come in.
pub(super) fn stream(
    mut payload: Payload,
    declared: Option<u64>,
    limit: usize,
    pace: BodyPace,
) -> Result<(Incoming, impl Future<Output = ()>), Problem> {
    if declared.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit))
    {
        return Err(too_large(limit));
    }
    let (sender, pieces) = channel(PIECES_THAT_WAIT);
    let pumping = async move {
        let mut received = 0_usize;
        let mut start = Instant::now();
        loop {
            let until = deadline(start, Instant::now(), received, pace);
            let piece = match timeout_at(until, payload.next()).await {
                Err(_) => Err(too_slow()),
                Ok(None) => return,
                Ok(Some(Err(error))) => Err(broken(&error)),
                Ok(Some(Ok(piece))) => {
                    received = received.saturating_add(piece.len());
                    if received > limit {
                        Err(too_large(limit))
                    } else {
                        Ok(piece)
                    }
                }
            };
            let is_over = piece.is_err();
            let came_at = Instant::now();
            if sender.send(piece).await.is_err() || is_over {
                return;
            }
            // The sender isn't slow where the reader is.
            start += came_at.elapsed();
        }
    };
    Ok((Incoming { pieces }, pumping))
}

/// Lets a body come in until there is an answer.
pub(super) async fn while_it_comes<T>(
    pumping: impl Future<Output = ()>,
    answering: impl Future<Output = T>,
) -> T {
    match select(pin!(pumping), pin!(answering)).await {
        Either::Left(((), answering)) => answering.await,
        Either::Right((answer, _)) => answer,
    }
}

/// Until when the next bytes must come: within the patience, and soon enough to keep the rate.
fn deadline(start: Instant, now: Instant, received: usize, pace: BodyPace) -> Instant {
    let received = u32::try_from(received).unwrap_or(u32::MAX);
    let earned = Duration::from_secs(1).saturating_mul(received) / pace.min_rate.max(1);
    (start + pace.patience + earned).min(now + pace.patience)
}

/// Makes room for `more` bytes; the smaller buffer is wiped, which growing in place wouldn't do.
fn make_room(body: &mut Zeroizing<Vec<u8>>, more: usize) {
    let needed = body.len().saturating_add(more);
    if needed <= body.capacity() {
        return;
    }
    let capacity = needed
        .max(body.capacity().saturating_mul(2))
        .max(FIRST_CAPACITY);
    let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
    larger.extend_from_slice(body);
    *body = larger;
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        Code::PayloadTooLarge,
        PublicText::with_number(
            "The body is too large. This route takes at most ",
            u64::try_from(limit).unwrap_or(u64::MAX),
            " bytes.",
        ),
    )
}

fn too_slow() -> Problem {
    Problem::new(
        Code::RequestTimeout,
        "The body came too slowly. Please send it again.",
    )
}

fn broken(error: &PayloadError) -> Problem {
    Problem::new(Code::MalformedJson, "The body broke off.")
        .because(InternalCause::new(error.to_string()))
}
