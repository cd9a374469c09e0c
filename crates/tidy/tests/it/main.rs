//! The workspace's rules, each as a test. A rule that nobody has to remember.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod dependencies;
mod files;
mod manifests;
mod migrations;
mod secrets;
mod workspace;
