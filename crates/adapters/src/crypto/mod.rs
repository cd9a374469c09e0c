//! Cryptography: the vault, passwords, tokens.
