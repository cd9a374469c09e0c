//! Integration tests of the adapters, as one binary: contract suites over every implementation, and what only the real thing shows.

mod crypto;
mod import;
mod limits;
mod llm;
mod persistence;
mod system;
