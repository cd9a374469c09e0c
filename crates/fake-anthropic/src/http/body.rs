//! The body of a request, of known length or in chunks.

use bytes::{Bytes, BytesMut};

use super::{Head, Unreadable, Wire};

/// A chunk's size line is at most this long.
const MAX_SIZE_LINE: usize = 1_024;

pub(crate) async fn read_body(
    wire: &mut Wire,
    head: &Head,
    limit: usize,
) -> Result<Bytes, Unreadable> {
    let length = declared_length(head)?;
    let chunked = match (head.header("transfer-encoding"), length) {
        (None, _) => false,
        (Some(_), Some(_)) => {
            return Err(Unreadable::Malformed(
                "both content-length and transfer-encoding",
            ));
        }
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => true,
        (Some(_), None) => return Err(Unreadable::Malformed("unknown transfer-encoding")),
    };
    if length.is_some_and(|length| length > limit) {
        return Err(Unreadable::TooLarge);
    }
    let awaits_go_ahead = head
        .header("expect")
        .is_some_and(|what| what.eq_ignore_ascii_case("100-continue"));
    if awaits_go_ahead && (chunked || length.is_some_and(|length| length > wire.received().len())) {
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            .await
            .map_err(|_| Unreadable::Left)?;
    }
    if chunked {
        return read_chunks(wire, limit).await;
    }
    let length = length.unwrap_or(0);
    wire.receive_at_least(length).await?;
    Ok(wire.take(length))
}

fn declared_length(head: &Head) -> Result<Option<usize>, Unreadable> {
    const MALFORMED: Unreadable = Unreadable::Malformed("malformed content-length");
    match head.count("content-length") {
        0 => Ok(None),
        1 => {
            let digits = head.header("content-length").unwrap_or_default();
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(MALFORMED);
            }
            digits.parse().map(Some).map_err(|_| MALFORMED)
        }
        _ => Err(Unreadable::Malformed("several content-length headers")),
    }
}

async fn read_chunks(wire: &mut Wire, limit: usize) -> Result<Bytes, Unreadable> {
    let mut body = BytesMut::new();
    loop {
        let size = read_chunk_size(wire).await?;
        if size > limit.saturating_sub(body.len()) {
            return Err(Unreadable::TooLarge);
        }
        if size == 0 {
            skip_trailers(wire).await?;
            return Ok(body.freeze());
        }
        wire.receive_at_least(size.saturating_add(2)).await?;
        body.extend_from_slice(&wire.take(size));
        if wire.take(2).as_ref() != b"\r\n" {
            return Err(Unreadable::Malformed("chunk without its line end"));
        }
    }
}

async fn read_chunk_size(wire: &mut Wire) -> Result<usize, Unreadable> {
    const MALFORMED: Unreadable = Unreadable::Malformed("malformed chunk size");
    loop {
        match httparse::parse_chunk_size(wire.received()) {
            Ok(httparse::Status::Complete((line, size))) => {
                wire.take(line);
                return usize::try_from(size).map_err(|_| Unreadable::TooLarge);
            }
            Ok(httparse::Status::Partial) if wire.received().len() <= MAX_SIZE_LINE => {}
            _ => return Err(MALFORMED),
        }
        receive_more(wire).await?;
    }
}

async fn skip_trailers(wire: &mut Wire) -> Result<(), Unreadable> {
    loop {
        let Some(end) = wire.received().windows(2).position(|two| two == b"\r\n") else {
            if wire.received().len() > MAX_SIZE_LINE {
                return Err(Unreadable::Malformed("trailer is too long"));
            }
            receive_more(wire).await?;
            continue;
        };
        wire.take(end + 2);
        if end == 0 {
            return Ok(());
        }
    }
}

async fn receive_more(wire: &mut Wire) -> Result<(), Unreadable> {
    if wire.receive().await? == 0 {
        Err(Unreadable::Left)
    } else {
        Ok(())
    }
}
