//! Cryptography: formats, refusals, and the two standard algorithms against published vectors.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]
#![expect(clippy::unused_async, reason = "the suites await their set-up")]

mod access_tokens;
mod blob;
mod cached_vault;
mod contracts;
mod data_keys;
mod hasher;
mod keyring;
mod personal_tokens;
mod published_vectors;
mod refresh_tokens;
mod request_macs;
mod reset_codes;
mod strength;
mod vault;
