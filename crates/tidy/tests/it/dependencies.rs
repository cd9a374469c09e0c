//! Dependencies point inward, and the inner crates are free of frameworks.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::workspace::{cargo, root};

/// Which of our crates each may name outside its tests.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("latchkey-domain", &[]),
    ("latchkey-application", &["latchkey-domain"]),
    ("latchkey-adapters", &["latchkey-domain"]),
    ("latchkey-web", &[]),
    (
        "latchkey-http-api",
        &["latchkey-domain", "latchkey-application", "latchkey-web"],
    ),
    ("latchkey-test-support", &["latchkey-domain"]),
    ("latchkey-tidy", &[]),
    ("fake-anthropic", &[]),
    ("fault-proxy", &[]),
    (
        "latchkey",
        &[
            "latchkey-domain",
            "latchkey-application",
            "latchkey-adapters",
            "latchkey-http-api",
        ],
    ),
    ("xtask", &[]),
    ("latchkey-bench", &[]),
    (
        "latchkey-recordings",
        &["latchkey-domain", "fake-anthropic"],
    ),
];

#[test]
fn dependencies_point_inward() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let ours: BTreeSet<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let known: BTreeSet<String> = MAY_USE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        ours, known,
        "a crate came or went: say in MAY_USE what it may use"
    );
    for package in &metadata.packages {
        let (_, may_use) = MAY_USE
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
            .unwrap();
        for dependency in package
            .dependencies
            .iter()
            .filter(|d| d.kind == DependencyKind::Normal)
        {
            let name = dependency.name.as_str();
            assert!(
                !ours.contains(name) || may_use.contains(&name),
                "{} -> {name}: this edge points outward",
                package.name
            );
        }
    }
}

#[test]
fn inner_crates_are_free_of_frameworks_and_formats() {
    let rules: [(&str, &[&str]); 2] = [
        (
            "latchkey-domain",
            &[
                "tokio",
                "serde",
                "serde_core",
                "serde_json",
                "diesel",
                "reqwest",
                "actix-web",
            ],
        ),
        (
            "latchkey-application",
            &[
                "serde",
                "serde_core",
                "serde_json",
                "diesel",
                "reqwest",
                "actix-web",
            ],
        ),
    ];
    for (package, banned) in rules {
        let tree = cargo(&[
            "tree",
            "--locked",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        let names: BTreeSet<&str> = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        for name in banned {
            assert!(
                !names.contains(name),
                "{package} sees {name}: `cargo tree -p {package} -e normal -i {name}` shows how"
            );
        }
    }
}

#[test]
fn xtask_needs_nothing() {
    let tree = cargo(&["tree", "--locked", "--package", "xtask", "--prefix", "none"]);
    assert_eq!(tree.lines().count(), 1, "xtask has dependencies:\n{tree}");
}
