//! Journeys: the real program, a real database, the fake provider over real HTTP, and a client that knows only the
//! contract.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod database;
mod haproxy;
mod installation;
mod person;
mod server;
mod stream;

mod broken_provider;
mod chatting;
mod client_gone;
mod crash;
mod database_down;
mod first_run;
mod fixed_texts;
mod idempotency;
mod imports;
mod keyring;
mod large_bodies;
mod library;
mod listening;
mod login_timing;
mod money;
mod one_server;
mod operator;
mod personal_tokens;
mod process;
mod proxied;
mod refusals;
mod refusing_provider;
mod rolling_restart;
mod secrets;
mod slow_bodies;
mod stop;
