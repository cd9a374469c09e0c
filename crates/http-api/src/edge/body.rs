//! Reads a body: bounded in size and in slowness, into memory that wipes itself.

use std::time::Duration;

use actix_web::{dev::Payload, error::PayloadError};
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::{
    problem::{Code, InternalCause, Problem, PublicText},
    settings::BodyPace,
};

/// What is set aside before anything has come.
const FIRST_CAPACITY: usize = 16 * 1024;

/// The body, of at most `limit` bytes. `declared` is what `Content-Length` says.
pub(super) async fn read(
    mut payload: Payload,
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
