//! The head of a request.

use bytes::Bytes;

use super::{Unreadable, Wire};

const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// Request line and headers, as slices of what was received.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: Bytes,
    target: Bytes,
    headers: Vec<(Bytes, Bytes)>,
    http_1_0: bool,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(present, _)| present.eq_ignore_ascii_case(name.as_bytes()))
            .and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    pub(crate) fn headers(&self) -> impl Iterator<Item = (&Bytes, &Bytes)> {
        self.headers.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.headers
            .iter()
            .filter(|(present, _)| present.eq_ignore_ascii_case(name.as_bytes()))
            .count()
    }

    pub(crate) fn target(&self) -> &str {
        std::str::from_utf8(&self.target).unwrap_or_default()
    }

    pub(crate) fn path(&self) -> &str {
        self.target()
            .split_once('?')
            .map_or(self.target(), |(path, _)| path)
    }

    pub(crate) fn query(&self) -> Option<&str> {
        self.target().split_once('?').map(|(_, query)| query)
    }

    /// Whether the connection lives on after the answer.
    pub(crate) fn keeps_alive(&self) -> bool {
        let asked = self.header("connection").unwrap_or_default();
        if self.http_1_0 {
            asked.eq_ignore_ascii_case("keep-alive")
        } else {
            !asked.eq_ignore_ascii_case("close")
        }
    }
}

/// The next request's head; `None` where the client closed the connection between two requests.
pub(crate) async fn read_head(wire: &mut Wire) -> Result<Option<Head>, Unreadable> {
    let length = loop {
        if let Some(end) = wire
            .received()
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
        {
            break end + 4;
        }
        if wire.received().len() > MAX_HEAD {
            return Err(Unreadable::Malformed("request head is too large"));
        }
        if wire.receive().await? == 0 {
            return if wire.received().is_empty() {
                Ok(None)
            } else {
                Err(Unreadable::Left)
            };
        }
    };
    parse(&wire.take(length)).map(Some)
}

fn parse(bytes: &Bytes) -> Result<Head, Unreadable> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => {
            return Err(Unreadable::Malformed("request head is cut short"));
        }
        Err(httparse::Error::TooManyHeaders) => {
            return Err(Unreadable::Malformed("too many headers"));
        }
        Err(_) => return Err(Unreadable::Malformed("request head is malformed")),
    }
    Ok(Head {
        method: bytes.slice_ref(request.method.unwrap_or_default().as_bytes()),
        target: bytes.slice_ref(request.path.unwrap_or_default().as_bytes()),
        http_1_0: request.version == Some(0),
        headers: request
            .headers
            .iter()
            .map(|header| {
                (
                    bytes.slice_ref(header.name.as_bytes()),
                    bytes.slice_ref(header.value),
                )
            })
            .collect(),
    })
}
