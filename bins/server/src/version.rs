//! What this program is, down to the commit.

/// Version and commit, such as `0.1.0 (1a2b3c4d5e6f)`.
pub const TEXT: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("BUILT_FROM_COMMIT"),
    ")"
);

#[cfg(test)]
mod tests {
    #[test]
    fn cargo_run_hands_on_nothing_that_looks_like_a_setting() {
        assert!(!include_str!("../build.rs").contains("rustc-env=LATCHKEY_"));
    }
}
