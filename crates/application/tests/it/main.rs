//! The use cases, over in-memory ports, and over mocks where it matters what was called.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unchecked_time_subtraction,
    reason = "a test fails by panicking"
)]

mod accounts;
mod api_keys;
mod audit;
mod chat;
mod conversations;
mod imports;
mod models;
mod personal_tokens;
mod usage;
mod world;
