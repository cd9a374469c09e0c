//! Cryptography: the keyring, the seal around stored keys, passwords, tokens. `docs/CRYPTO.md` has the formats.

pub mod blob;
pub mod keyring;
mod mac;
pub mod password;
pub mod request_macs;
pub mod tokens;
pub mod vault;
