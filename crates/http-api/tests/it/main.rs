//! The HTTP API over real sockets and in-memory ports.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod access;
mod accounts;
mod anonymous;
mod api_keys;
mod bodies;
mod chat;
mod client;
mod content;
mod conversations;
mod documents;
mod edge;
mod estimates;
mod exports;
mod framing;
mod idempotency;
mod imports;
mod library;
mod listening;
mod log;
mod models;
mod personal_tokens;
mod secrets;
mod shares;
mod streams;
mod trees;
mod world;
