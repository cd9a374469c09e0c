//! The promises of the pages: typed, validated, fenced in, and nothing from elsewhere.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helper functions too"
)]

mod app;
mod assets;
mod pages;
mod vendored;

use std::path::Path;

use latchkey_web::{Asset, Caching, asset, paths};

/// Whether others wrote it.
fn is_vendored(path: &str, asset: &Asset) -> bool {
    asset.cache == Caching::Immutable && !path.starts_with("/assets/app-")
}

/// Whether it is one of the app's modules.
fn is_module(path: &str) -> bool {
    let is_script = Path::new(path).extension().is_some_and(|kind| kind == "js");
    is_script && path.starts_with("/assets/app-")
}

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
