//! In-memory implementations of the ports.

pub mod system;
