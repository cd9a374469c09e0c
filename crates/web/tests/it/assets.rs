//! What every file goes out with, and which paths lead nowhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
};

use latchkey_web::{Asset, Caching, asset, paths};

use crate::assets;

#[test]
fn the_pages_and_their_parts_are_there() {
    let there: BTreeSet<String> = paths().collect();
    for path in [
        "/",
        "/docs",
        "/chat",
        "/assets/latchkey.css",
        "/assets/latchkey.svg",
        "/assets/docs.js",
    ] {
        assert!(there.contains(path), "{path} is missing from {there:?}");
    }
    assert_eq!(there.len(), paths().count(), "two files share a path");
}

#[test]
fn every_asset_has_a_type_a_strong_etag_and_a_policy() {
    for (path, asset) in assets() {
        assert!(!asset.bytes.is_empty(), "{path} is empty");
        assert!(
            asset.content_type.contains('/'),
            "{path}: {}",
            asset.content_type
        );
        let hex = asset
            .etag
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let hex = hex.unwrap_or_else(|| panic!("{path}: {} is not a strong validator", asset.etag));
        assert!(
            hex.len() == 32 && hex.bytes().all(|digit| digit.is_ascii_hexdigit()),
            "{path}: {hex}"
        );
        for fence in [
            "default-src 'none';",
            "script-src 'self';",
            "connect-src 'self';",
            "frame-ancestors 'none'",
        ] {
            assert!(asset.csp.contains(fence), "{path} lacks {fence}");
        }
    }
}

#[test]
fn what_is_compressed_is_the_same_file_and_shorter() {
    let mut compressed = 0;
    for (path, asset) in assets() {
        let Some(gzip) = asset.gzip else { continue };
        compressed += 1;
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&*gzip.bytes)
            .read_to_end(&mut plain)
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(plain == *asset.bytes, "{path} is another file");
        assert!(gzip.bytes.len() < asset.bytes.len(), "{path}");
        assert_ne!(gzip.etag, asset.etag, "{path}");
    }
    assert!(compressed > paths().count() / 2);
}

#[test]
fn types_are_those_that_browsers_insist_on() {
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/chat", "text/html; charset=utf-8"),
        ("/assets/htm-3.1.1.mjs", "text/javascript; charset=utf-8"),
        ("/assets/home.js", "text/javascript; charset=utf-8"),
        ("/assets/latchkey.css", "text/css; charset=utf-8"),
        ("/assets/latchkey.svg", "image/svg+xml"),
    ] {
        assert_eq!(
            asset(path).map(|asset| asset.content_type),
            Some(content_type),
            "{path}"
        );
    }
}

#[test]
fn etags_tell_files_apart_and_stay_the_same() {
    let mut bytes_of: BTreeMap<String, Asset> = BTreeMap::new();
    for (path, asset) in assets() {
        // Some licences are the same to the letter.
        if let Some(other) = bytes_of.insert(asset.etag.clone(), asset.clone()) {
            assert!(other.bytes == asset.bytes, "{path} has another's validator");
        }
    }
    assert_eq!(asset("/").unwrap().etag, asset("/").unwrap().etag);
}

#[test]
fn no_policy_lets_anything_in_from_elsewhere() {
    for (path, asset) in assets() {
        for word in asset.csp.split([' ', ';']).filter(|word| !word.is_empty()) {
            let outside = word.contains("//")
                || word.contains('*')
                || matches!(word, "http:" | "https:" | "'unsafe-eval'");
            assert!(!outside, "{path}: {word}");
        }
    }
}

#[test]
fn only_the_api_page_may_style_inline() {
    for (path, asset) in assets() {
        assert_eq!(
            asset.csp.contains("'unsafe-inline'"),
            path == "/docs",
            "{path}"
        );
        assert!(
            !asset.csp.contains("script-src 'self' 'unsafe-inline'"),
            "{path}"
        );
    }
}

#[test]
fn browsers_keep_only_what_has_its_version_in_the_path() {
    for (path, asset) in assets() {
        let versioned = path.contains(|letter: char| letter.is_ascii_digit());
        assert_eq!(asset.cache == Caching::Immutable, versioned, "{path}");
    }
    assert_eq!(Caching::Revalidate.header_value(), "no-cache");
    assert!(Caching::Immutable.header_value().contains("immutable"));
}

#[test]
fn unknown_paths_lead_nowhere() {
    for path in [
        "",
        "index.html",
        "/index.html",
        "/docs/",
        "/docs.html",
        "/docs/index.html",
        "/app.html",
        "/chat/",
        "/assets/app/main.js",
        "/assets",
        "/assets/",
        "/vendor/redoc-2.5.4.LICENSE.txt",
        "/assets/vendor/redoc-2.5.4.LICENSE.txt",
        "//",
        "/Assets/latchkey.css",
        "/assets/latchkey.css?v=1",
        "/api",
    ] {
        assert!(asset(path).is_none(), "{path}");
    }
}

#[test]
fn no_spelling_of_a_path_leads_outside() {
    for path in [
        "/../Cargo.toml",
        "/assets/../../Cargo.toml",
        "/assets/../index.html",
        "/assets/./latchkey.css",
        "/assets//latchkey.css",
        "/assets/../vendor/redoc-2.5.4.LICENSE.txt",
        "/docs/../../../src/lib.rs",
        "/assets/..%2f..%2fCargo.toml",
        "/assets\\latchkey.css",
        "/assets/latchkey.css\0",
        "/etc/passwd",
        "//etc/passwd",
    ] {
        assert!(asset(path).is_none(), "{path}");
    }
}
