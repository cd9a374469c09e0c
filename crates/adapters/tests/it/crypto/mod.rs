//! Cryptography: formats, refusals, and the two standard algorithms against published vectors.

mod blob;
mod contracts;
mod data_keys;
mod hasher;
mod keyring;
mod published_vectors;
mod strength;
mod tokens;
mod vault;
