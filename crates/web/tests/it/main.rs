//! The promises of the pages: typed, validated, fenced in, and nothing from elsewhere.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helper functions too"
)]

mod assets;
mod pages;
mod vendored;

use latchkey_web::{Asset, asset, paths};

/// Every path with what stands behind it.
fn assets() -> impl Iterator<Item = (String, Asset)> {
    paths().map(|path| {
        let asset = asset(&path).unwrap_or_else(|| panic!("{path} is listed but not answered"));
        (path, asset)
    })
}

fn text(asset: &Asset) -> &str {
    std::str::from_utf8(&asset.bytes).expect("our files are UTF-8")
}
