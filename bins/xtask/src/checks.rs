//! The checks of CI, each one command.

use std::process::Command;

use crate::run::{self, Step};

/// The version of cargo-deny that `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";

/// All checks.
pub fn all() -> Step {
    fmt()?;
    lint()?;
    docs()?;
    deny(true)
}

/// Formatting.
pub fn fmt() -> Step {
    run::check(run::cargo(&["fmt", "--all", "--check"]))?;
    run::check(run::cargo(&[
        "fmt",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--check",
    ]))
}

/// Lints, with warnings denied.
pub fn lint() -> Step {
    run::check(run::cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Documentation of all items, with warnings denied.
pub fn docs() -> Step {
    let mut doc = run::cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run::check(doc)
}

/// Licences, sources and banned or vulnerable versions; known advisories when their database can be reached.
pub fn deny(install: bool) -> Step {
    if !run::exists("cargo-deny") {
        if !install {
            return Err(format!(
                "cargo-deny is missing: `cargo install cargo-deny --locked --version {CARGO_DENY}`, or `cargo xtask deny --install`"
            ));
        }
        run::check(run::cargo(&[
            "install",
            "cargo-deny",
            "--locked",
            "--version",
            CARGO_DENY,
            "--profile",
            "dev",
        ]))?;
    }
    run::check(cargo_deny(&["check", "bans", "licenses", "sources"]))?;
    if run::output(cargo_deny(&["fetch", "db"])).is_ok() {
        return run::check(cargo_deny(&["check", "advisories"]));
    }
    println!(
        "The advisory database can't be reached from here. What it said when `deny.toml` was last brought up to \
         date is checked as banned versions there; run this again with a network before a release."
    );
    Ok(())
}

fn cargo_deny(arguments: &[&str]) -> Command {
    let mut command = run::cargo(&["deny", "--workspace"]);
    command.args(arguments);
    command
}
