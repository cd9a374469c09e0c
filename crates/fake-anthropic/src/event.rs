//! Single events of a stream, well-formed or not.

use bytes::Bytes;
use serde_json::{Value, json};

/// One event of a stream, well-formed or not.
#[derive(Clone, Debug)]
pub struct Event(pub(crate) Frame);

#[derive(Clone, Debug)]
pub(crate) enum Frame {
    Bytes(Bytes),
    /// `before`, then so many times the letter `x`, then `after`. Made as it is sent.
    Filled {
        before: &'static str,
        count: usize,
        after: &'static str,
    },
}

impl Event {
    /// `event: NAME`, `data: JSON` and a blank line.
    #[must_use]
    pub fn new(name: &str, data: &Value) -> Self {
        Self::raw(format!("event: {name}\ndata: {data}\n\n"))
    }

    /// Exactly these bytes, which need not be an event.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self(Frame::Bytes(bytes.into()))
    }

    #[must_use]
    pub fn ping() -> Self {
        Self::raw("event: ping\ndata: {\"type\": \"ping\"}\n\n")
    }

    /// An event whose data is no JSON.
    #[must_use]
    pub fn malformed() -> Self {
        Self::raw(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\n\n",
        )
    }

    /// An event of a type that no client knows yet.
    #[must_use]
    pub fn unknown() -> Self {
        Self::new(
            "telemetry_note",
            &json!({ "type": "telemetry_note", "note": { "nested": [1, null] } }),
        )
    }

    /// A text delta in block 0 with so many letters in one line.
    #[must_use]
    pub fn huge_delta(letters: usize) -> Self {
        Self(Frame::Filled {
            before: "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\
                     \"delta\":{\"type\":\"text_delta\",\"text\":\"",
            count: letters,
            after: "\"}}\n\n",
        })
    }

    /// So many letters after `data: ` and never a line end.
    #[must_use]
    pub fn endless_line(letters: usize) -> Self {
        Self(Frame::Filled {
            before: "event: content_block_delta\ndata: ",
            count: letters,
            after: "",
        })
    }
}
