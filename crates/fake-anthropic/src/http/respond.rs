//! Writes an answer: framing, and the faults that count bytes.

use std::sync::Arc;
use std::time::Duration;

use super::{ClientLeft, Wire};
use crate::record::{Ended, Exchange};

/// Bytes are gathered up to this size before they are written.
const GATHER: usize = 64 * 1024;

/// Breaks the connection when so many bytes were written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) at: usize,
    /// Counts only bytes of the body, without its framing.
    pub(crate) in_body: bool,
    pub(crate) how: Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `content-length`, or bytes that bring their own head.
    Plain,
    Chunked,
}

/// Writes one answer to one connection.
pub(crate) struct Pipe<'a> {
    wire: &'a mut Wire,
    framing: Framing,
    drip: Option<Duration>,
    cut: Option<Cut>,
    gathered: Vec<u8>,
    written: usize,
    body_written: usize,
    exchange: Option<Arc<Exchange>>,
}

impl<'a> Pipe<'a> {
    pub(crate) fn new(
        wire: &'a mut Wire,
        framing: Framing,
        exchange: Option<Arc<Exchange>>,
    ) -> Self {
        Self {
            wire,
            framing,
            drip: None,
            cut: None,
            gathered: Vec::with_capacity(4 * 1024),
            written: 0,
            body_written: 0,
            exchange,
        }
    }

    pub(crate) fn with_faults(mut self, drip: Option<Duration>, cut: Option<Cut>) -> Self {
        self.drip = drip;
        self.cut = cut;
        self
    }

    pub(crate) fn head(&mut self, bytes: &[u8]) {
        self.gathered.extend_from_slice(bytes);
    }

    /// Adds bytes to the body; a chunk of their own where the body is chunked.
    pub(crate) async fn body(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(cut) = self.cut.filter(|cut| cut.in_body)
            && self.body_written + bytes.len() >= cut.at
        {
            let last = bytes
                .get(..cut.at.saturating_sub(self.body_written))
                .unwrap_or_default();
            // The chunk is announced in full, so that the client sees it cut short.
            self.frame(bytes.len(), last);
            self.flush().await?;
            return Err(cut.how);
        }
        self.frame(bytes.len(), bytes);
        if self.framing == Framing::Chunked {
            self.gathered.extend_from_slice(b"\r\n");
        }
        if self.gathered.len() >= GATHER {
            self.flush().await
        } else {
            Ok(())
        }
    }

    fn frame(&mut self, announced: usize, bytes: &[u8]) {
        if self.framing == Framing::Chunked {
            push_hex(&mut self.gathered, announced);
            self.gathered.extend_from_slice(b"\r\n");
        }
        self.gathered.extend_from_slice(bytes);
        self.body_written += bytes.len();
        if let Some(exchange) = &self.exchange {
            exchange.note_sent(bytes);
        }
    }

    /// Writes the end of the body.
    pub(crate) async fn finish(&mut self) -> Result<(), Ended> {
        if self.framing == Framing::Chunked {
            self.gathered.extend_from_slice(b"0\r\n\r\n");
        }
        self.flush().await
    }

    /// Writes what was gathered.
    pub(crate) async fn flush(&mut self) -> Result<(), Ended> {
        let cut_here = self
            .cut
            .filter(|cut| !cut.in_body && self.written + self.gathered.len() >= cut.at)
            .inspect(|cut| self.gathered.truncate(cut.at.saturating_sub(self.written)));
        let sent = match self.drip {
            None => self.wire.send(&self.gathered).await,
            Some(pace) => self.drip(pace).await,
        };
        self.written += self.gathered.len();
        self.gathered.clear();
        sent.map_err(|ClientLeft| Ended::ClientLeft)?;
        cut_here.map_or(Ok(()), |cut| Err(cut.how))
    }

    async fn drip(&mut self, pace: Duration) -> Result<(), ClientLeft> {
        for byte in &self.gathered {
            self.wire.send(std::slice::from_ref(byte)).await?;
            self.wire
                .unless_client_leaves(tokio::time::sleep(pace))
                .await?;
        }
        Ok(())
    }

    /// Writes what was gathered, then waits.
    pub(crate) async fn wait<F: Future>(&mut self, wait: F) -> Result<F::Output, Ended> {
        self.flush().await?;
        self.wire
            .unless_client_leaves(wait)
            .await
            .map_err(|ClientLeft| Ended::ClientLeft)
    }
}

fn push_hex(out: &mut Vec<u8>, number: usize) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = (usize::BITS - number.leading_zeros()).div_ceil(4).max(1);
    for position in (0..digits).rev() {
        out.push(
            DIGITS
                .get((number >> (position * 4)) & 0xF)
                .copied()
                .unwrap_or(b'0'),
        );
    }
}

/// Status line and headers.
pub(crate) fn head_bytes(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = Vec::with_capacity(1_536);
    head.extend_from_slice(b"HTTP/1.1 ");
    head.extend_from_slice(status.to_string().as_bytes());
    head.push(b' ');
    head.extend_from_slice(reason(status).as_bytes());
    head.extend_from_slice(b"\r\n");
    for (name, value) in headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Payload Too Large",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        529 => "Site Overloaded",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::push_hex;

    #[test]
    fn chunk_sizes_are_hexadecimal() {
        for (number, hex) in [
            (0, "0"),
            (1, "1"),
            (15, "f"),
            (16, "10"),
            (255, "ff"),
            (65_536, "10000"),
        ] {
            let mut out = Vec::new();
            push_hex(&mut out, number);
            assert_eq!(out, hex.as_bytes());
        }
    }
}
