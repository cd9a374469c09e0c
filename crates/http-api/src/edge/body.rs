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

use super::room::{Body, BodyRoom};
use crate::{
    problem::{Code, InternalCause, Problem, PublicText},
    settings::BodyPace,
};

/// Pieces of a body that wait for who reads it while it comes.
const PIECES_THAT_WAIT: usize = 8;
/// Over how long the rate must be kept. What came before that earns nothing: else a large body that lacks a byte could be held for hours.
const WINDOW: Duration = Duration::from_mins(1);

/// The body, of at most `limit` bytes. `declared` is what `Content-Length` says.
pub(super) async fn read(
    payload: &mut Payload,
    declared: Option<u64>,
    limit: usize,
    pace: BodyPace,
    room: &BodyRoom,
) -> Result<Body, Problem> {
    if declared.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit))
    {
        return Err(too_large(limit));
    }
    let mut rate = Rate::new(pace);
    let mut body = Body::default();
    loop {
        let deadline = rate.deadline(Instant::now());
        let chunk = match timeout_at(deadline, payload.next()).await {
            Err(_) => return Err(too_slow()),
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) => chunk.map_err(|error| broken(&error))?,
        };
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(too_large(limit));
        }
        rate.note(chunk.len());
        body.add(&chunk, room)?;
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
        let mut rate = Rate::new(pace);
        loop {
            let until = rate.deadline(Instant::now());
            let piece = match timeout_at(until, payload.next()).await {
                Err(_) => Err(too_slow()),
                Ok(None) => return,
                Ok(Some(Err(error))) => Err(broken(&error)),
                Ok(Some(Ok(piece))) => {
                    received = received.saturating_add(piece.len());
                    rate.note(piece.len());
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
            rate.forgive(came_at.elapsed());
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

/// How fast a body comes.
struct Rate {
    pace: BodyPace,
    since: Instant,
    received: usize,
}

impl Rate {
    fn new(pace: BodyPace) -> Self {
        Self {
            pace,
            since: Instant::now(),
            received: 0,
        }
    }

    /// Until when the next bytes must come: within the patience, and soon enough to keep the rate.
    fn deadline(&mut self, now: Instant) -> Instant {
        if now.duration_since(self.since) > WINDOW {
            (self.since, self.received) = (now, 0);
        }
        let received = u32::try_from(self.received).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(1).saturating_mul(received) / self.pace.min_rate.max(1);
        (self.since + self.pace.patience + earned).min(now + self.pace.patience)
    }

    fn note(&mut self, received: usize) {
        self.received = self.received.saturating_add(received);
    }

    /// That time was not the sender's.
    fn forgive(&mut self, time: Duration) {
        self.since += time;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_at_once_is_no_credit_for_hours() {
        let mut rate = Rate::new(BodyPace::default());
        let patience = rate.pace.patience;
        let start = rate.since;
        rate.note(32 * 1024 * 1024);
        let second = Duration::from_secs(1);
        assert_eq!(rate.deadline(start + second), start + second + patience);
        // From here on a byte now and then is too little.
        let later = start + WINDOW + second;
        assert_eq!(rate.deadline(later), later + patience);
        rate.note(1);
        let byte_later = later + patience - second;
        assert!(rate.deadline(byte_later) < byte_later + 2 * second);
        // A body that keeps the rate may take as long as it likes.
        let mut now = later;
        for _ in 0..1_000 {
            now += second;
            rate.note(1_024);
            assert!(rate.deadline(now) > now + second);
        }
    }
}
