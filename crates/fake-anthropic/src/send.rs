//! Sends what was decided, in the manner that was asked for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use crate::decide::{Body, Outgoing};
use crate::error::ApiError;
use crate::event::{Event, Frame};
use crate::gzip::gzip;
use crate::headers::{EVENT_STREAM, extra_headers, head};
use crate::http::{ClientLeft, Framing, Pipe, Wire};
use crate::record::{Ended, Exchange};
use crate::reply::Manner;
use crate::shape::Paced;

/// What an answer needs beside its body.
#[derive(Debug)]
pub(crate) struct Circumstances<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) keeps_alive: bool,
    /// The pause before deltas, where the reply has none of its own.
    pub(crate) usual_pace: Duration,
    pub(crate) exchange: Option<Arc<Exchange>>,
}

/// Sends an answer; tells how it ended.
pub(crate) async fn send(
    wire: &mut Wire,
    outgoing: Outgoing,
    circumstances: &Circumstances<'_>,
) -> Ended {
    let Outgoing { body, manner } = outgoing;
    if let Some(gate) = &manner.hang
        && let Err(ClientLeft) = wire.unless_client_leaves(gate.wait()).await
    {
        return Ended::ClientLeft;
    }
    let sent = match body {
        Body::Raw(bytes) => send_raw(wire, &bytes, &manner, circumstances).await,
        Body::Stream(frames) if manner.gzip => {
            let whole = zipped_stream(&frames);
            send_whole(wire, 200, EVENT_STREAM, &whole, &[], &manner, circumstances).await
        }
        Body::Stream(frames) => send_stream(wire, &frames, &manner, circumstances).await,
        Body::Whole {
            status,
            content_type,
            bytes,
        } if manner.gzip => {
            send_whole(
                wire,
                status,
                &content_type,
                &gzip(&bytes),
                &[],
                &manner,
                circumstances,
            )
            .await
        }
        Body::Whole {
            status,
            content_type,
            bytes,
        } => {
            send_whole(
                wire,
                status,
                &content_type,
                &bytes,
                &[],
                &manner,
                circumstances,
            )
            .await
        }
        Body::Error(error) => send_error(wire, &error, &manner, circumstances).await,
    };
    sent.err().unwrap_or(Ended::Complete)
}

async fn send_raw(
    wire: &mut Wire,
    bytes: &Bytes,
    manner: &Manner,
    circumstances: &Circumstances<'_>,
) -> Result<(), Ended> {
    let mut pipe = pipe(wire, Framing::Plain, manner, circumstances);
    pipe.body(bytes).await?;
    pipe.finish().await?;
    Err(Ended::Closed)
}

async fn send_error(
    wire: &mut Wire,
    error: &ApiError,
    manner: &Manner,
    circumstances: &Circumstances<'_>,
) -> Result<(), Ended> {
    let body = error.body(circumstances.request_id, circumstances.key);
    let body = if manner.gzip { gzip(&body) } else { body };
    send_whole(
        wire,
        error.status,
        error.content_type(),
        &body,
        &error.headers,
        manner,
        circumstances,
    )
    .await
}

async fn send_whole(
    wire: &mut Wire,
    status: u16,
    content_type: &str,
    body: &[u8],
    headers: &[(String, String)],
    manner: &Manner,
    circumstances: &Circumstances<'_>,
) -> Result<(), Ended> {
    let length = body.len().to_string();
    let extra = extra_headers(headers, manner, ("content-length", &length));
    let head = head(status, content_type, &extra, circumstances);
    let mut pipe = pipe(wire, Framing::Plain, manner, circumstances);
    pipe.head(&head);
    match &manner.stall {
        // Without events the answer stalls after the headers, or in the middle.
        Some((events, gate)) => {
            let (before, after) = body.split_at(if *events == 0 { 0 } else { body.len() / 2 });
            pipe.body(before).await?;
            pipe.wait(gate.wait()).await?;
            pipe.body(after).await?;
        }
        None => pipe.body(body).await?,
    }
    pipe.finish().await
}

async fn send_stream(
    wire: &mut Wire,
    frames: &[Paced],
    manner: &Manner,
    circumstances: &Circumstances<'_>,
) -> Result<(), Ended> {
    let extra = extra_headers(&[], manner, ("transfer-encoding", "chunked"));
    let head = head(200, EVENT_STREAM, &extra, circumstances);
    let mut pipe = pipe(wire, Framing::Chunked, manner, circumstances);
    pipe.head(&head);
    let pace = manner.pace.unwrap_or(circumstances.usual_pace);
    let mut due = Instant::now();
    for (index, Paced { frame, is_delta }) in frames.iter().enumerate() {
        if due_faults(&mut pipe, manner, circumstances, |n| n == index).await? {
            return pipe.finish().await;
        }
        if *is_delta && !pace.is_zero() {
            due += pace;
            pipe.wait(sleep_until(due)).await?;
        }
        send_frame(&mut pipe, frame).await?;
        if manner.separate_writes {
            pipe.flush().await?;
        }
    }
    due_faults(&mut pipe, manner, circumstances, |n| n >= frames.len()).await?;
    pipe.finish().await
}

/// What is to happen at this place in the stream; whether the stream is over with it.
async fn due_faults(
    pipe: &mut Pipe<'_>,
    manner: &Manner,
    circumstances: &Circumstances<'_>,
    is_due: impl Fn(usize) -> bool,
) -> Result<bool, Ended> {
    if let Some((_, gate)) = manner.stall.as_ref().filter(|(n, _)| is_due(*n)) {
        pipe.wait(gate.wait()).await?;
    }
    for (_, Event(frame)) in manner.inserted.iter().filter(|(n, _)| is_due(*n)) {
        send_frame(pipe, frame).await?;
    }
    let Some((_, error)) = manner.error_after.as_ref().filter(|(n, _)| is_due(*n)) else {
        return Ok(false);
    };
    let data = error.event_data(circumstances.request_id, circumstances.key);
    pipe.body(format!("event: error\ndata: {data}\n\n").as_bytes())
        .await?;
    Ok(true)
}

async fn send_frame(pipe: &mut Pipe<'_>, frame: &Frame) -> Result<(), Ended> {
    const FILLING: [u8; 16 * 1024] = [b'x'; 16 * 1024];
    match frame {
        Frame::Bytes(bytes) => pipe.body(bytes).await,
        Frame::Filled {
            before,
            count,
            after,
        } => {
            pipe.body(before.as_bytes()).await?;
            let mut left = *count;
            while left > 0 {
                let piece = FILLING.get(..left.min(FILLING.len())).unwrap_or_default();
                pipe.body(piece).await?;
                left -= piece.len();
            }
            pipe.body(after.as_bytes()).await
        }
    }
}

fn zipped_stream(frames: &[Paced]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Paced { frame, .. } in frames {
        if let Frame::Bytes(frame) = frame {
            bytes.extend_from_slice(frame);
        }
    }
    gzip(&bytes)
}

fn pipe<'a>(
    wire: &'a mut Wire,
    framing: Framing,
    manner: &Manner,
    circumstances: &Circumstances<'_>,
) -> Pipe<'a> {
    Pipe::new(wire, framing, circumstances.exchange.clone()).with_faults(manner.drip, manner.cut)
}
