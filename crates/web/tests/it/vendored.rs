//! Files that others wrote are theirs, byte for byte, but for the changes that are named.

use std::collections::BTreeSet;

use latchkey_web::{asset, paths};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{assets, is_vendored, text};

const VENDOR: &str = include_str!("../../vendor.json");

fn entries() -> Vec<Value> {
    serde_json::from_str(VENDOR).expect("vendor.json is a list")
}

fn member<'entry>(entry: &'entry Value, name: &str) -> &'entry str {
    entry[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} is missing in {entry}"))
}

/// The path at which browsers get it.
fn path(entry: &Value) -> String {
    format!(
        "/assets/{}",
        member(entry, "file").trim_start_matches("vendor/")
    )
}

/// The file as it came, with our changes undone.
fn as_published(entry: &Value) -> String {
    let path = path(entry);
    let asset = asset(&path).unwrap_or_else(|| panic!("{path} is missing"));
    let changes = entry["changes"].as_array().expect("changes are a list");
    changes
        .iter()
        .fold(text(&asset).to_owned(), |text, change| {
            let (from, to) = (member(change, "from"), member(change, "to"));
            assert_eq!(
                text.matches(to).count(),
                1,
                "{path}: {to} stands there once"
            );
            assert!(!text.contains(from), "{path}: {from} is still there");
            text.replace(to, from)
        })
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn each_has_the_checksum_of_its_package() {
    for entry in entries() {
        let digest = Sha256::digest(as_published(&entry).as_bytes());
        assert_eq!(
            hex(&digest),
            member(&entry, "sha256"),
            "{}",
            member(&entry, "file")
        );
    }
}

#[test]
fn each_is_listed_with_package_version_and_licence() {
    let listed: BTreeSet<String> = entries().iter().map(path).collect();
    let there: BTreeSet<String> = assets()
        .filter(|(path, asset)| is_vendored(path, asset))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(listed, there);

    for entry in entries() {
        let stem = format!(
            "vendor/{}-{}.",
            member(&entry, "package")
                .trim_start_matches('@')
                .replace('/', "-"),
            member(&entry, "version")
        );
        assert!(member(&entry, "file").starts_with(&stem), "{entry}");
        let licence = entries()
            .into_iter()
            .any(|other| member(&other, "file") == format!("{stem}LICENSE.txt"));
        assert!(licence, "{entry} has no licence beside it");
        assert!(
            !member(&entry, "licence").is_empty()
                && member(&entry, "source").starts_with("package/"),
            "{entry}"
        );
    }
}

#[test]
fn redoc_does_not_fetch_its_logo() {
    let redoc = paths()
        .find(|path| path.contains("redoc") && path.ends_with(".standalone.js"))
        .expect("Redoc is vendored");
    assert!(!text(&asset(&redoc).unwrap()).contains("cdn.redoc.ly"));
}
