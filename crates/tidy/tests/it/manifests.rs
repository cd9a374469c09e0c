//! What every manifest says.

use std::collections::BTreeSet;

use cargo_metadata::{MetadataCommand, TargetKind};

use crate::workspace::{files, read, root};

fn members() -> Vec<(String, String)> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    metadata
        .packages
        .iter()
        .map(|package| {
            let path = package
                .manifest_path
                .strip_prefix(root().to_str().unwrap())
                .unwrap();
            (package.name.to_string(), read(path.as_str()))
        })
        .collect()
}

#[test]
fn members_inherit_lints_and_versions() {
    for (name, manifest) in members() {
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{name} doesn't inherit the workspace's lints"
        );
        let mut in_dependencies = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
            } else if in_dependencies && line.contains('=') {
                assert!(
                    line.contains("workspace = true"),
                    "{name}: `{line}` has a version of its own"
                );
            }
        }
    }
}

#[test]
fn every_dependency_stands_under_its_purpose() {
    let manifest = read("Cargo.toml");
    let section = manifest
        .split("[workspace.dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    for group in section.split("\n\n").filter(|group| group.contains('=')) {
        let first = group.trim_start().lines().next().unwrap();
        let is_plain = ["serde =", "async-trait =", "thiserror ="]
            .iter()
            .any(|known| first.starts_with(known));
        assert!(
            first.starts_with('#') || is_plain,
            "no purpose is given for `{first}`"
        );
    }
}

#[test]
fn one_integration_test_binary_per_crate() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    for package in &metadata.packages {
        let tests = package
            .targets
            .iter()
            .filter(|target| target.kind.contains(&TargetKind::Test));
        assert!(
            tests.count() <= 1,
            "{} links more than one test binary",
            package.name
        );
    }
}

/// Entries that are there for a feature alone.
const FOR_A_FEATURE: [(&str, &str); 1] = [("latchkey-adapters", "libsqlite3-sys")];

#[test]
fn every_dependency_is_named_in_the_sources() {
    for (name, manifest) in members() {
        let folder = folder_of(&name);
        let code: String = files(&folder, "rs").iter().map(|path| read(path)).collect();
        let words: BTreeSet<&str> = code
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .collect();
        for dependency in dependencies(&manifest) {
            let excused = FOR_A_FEATURE.contains(&(name.as_str(), dependency));
            let named = words.contains(dependency.replace('-', "_").as_str());
            assert!(named || excused, "{name} doesn't use {dependency}");
        }
    }
}

/// Names of all dependencies in a manifest.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut section = "";
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.contains("dependencies") && !line.starts_with('#') && line.contains('=') {
            found.extend(line.split(['.', ' ', '=']).next());
        }
    }
    found
}

fn folder_of(package: &str) -> String {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let package = metadata
        .packages
        .iter()
        .find(|found| found.name.as_str() == package)
        .unwrap();
    let folder = package.manifest_path.parent().unwrap();
    folder
        .strip_prefix(root().to_str().unwrap())
        .unwrap()
        .to_string()
}
