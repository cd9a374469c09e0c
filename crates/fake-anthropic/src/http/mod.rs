//! HTTP/1.1 by hand, so that every byte in both directions is under control.

mod body;
mod head;
mod respond;
mod wire;

pub(crate) use body::read_body;
pub(crate) use head::{Head, read_head};
pub(crate) use respond::{Cut, Framing, Pipe, head_bytes};
pub(crate) use wire::{ClientLeft, Wire};

/// Why a request can't be read to its end.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The client closed the connection, or it broke.
    Left,
    /// Not HTTP as we understand it.
    Malformed(&'static str),
    /// The body is over the limit.
    TooLarge,
}

impl From<std::io::Error> for Unreadable {
    fn from(_: std::io::Error) -> Self {
        Self::Left
    }
}
