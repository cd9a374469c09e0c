//! What this program is, down to the commit.

/// Version and commit, such as `0.1.0 (1a2b3c4d5e6f)`.
pub const TEXT: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("LATCHKEY_BUILD_COMMIT"),
    ")"
);
