//! What tests of every crate share: an in-memory implementation of each port, builders of valid values, and one
//! contract suite per port that every implementation has to pass.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "this crate is for tests, and a test fails by panicking"
)]

pub mod builders;
pub mod canaries;
pub mod captured_log;
pub mod contracts;
pub mod memory;
