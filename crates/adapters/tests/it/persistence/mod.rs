//! The stores on both databases: the contract suites, and what only a database can get wrong.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking, and so do the functions that they share"
)]

mod both;
mod databases;
mod migrations;
mod postgres;
#[cfg(target_os = "linux")]
mod power_loss;
mod proxy;
mod replicas;
mod search;
mod sqlite;
