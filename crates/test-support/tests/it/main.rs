//! The in-memory implementations keep every promise, the suites are whole, and the tools of tests can fail.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helper functions too"
)]

mod canaries;
mod faults;
mod memory;
mod provider;
mod suites;
