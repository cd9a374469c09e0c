//! The in-memory implementations keep every promise, and the suites are whole.

mod memory;
