//! The fake as a client meets it: over a socket, byte by byte.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "bodies are written where they are passed"
)]

mod blocks;
mod bodies;
mod cache;
mod checks;
mod client;
mod directives;
mod faults;
mod http;
mod keys;
mod models;
mod program;
mod records;
mod script;
mod streams;
mod thinking;
