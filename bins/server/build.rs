//! Tells the program which commit it was built from.

use std::{env, process::Command};

fn main() {
    println!("cargo:rerun-if-env-changed=LATCHKEY_COMMIT");
    // Grows with each commit and each checkout.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        println!("cargo:rerun-if-changed={log}");
    }
    let commit = env::var("LATCHKEY_COMMIT")
        .ok()
        .filter(|commit| !commit.trim().is_empty())
        .or_else(|| git(&["rev-parse", "--short=12", "HEAD"]))
        .unwrap_or_else(|| "unknown".to_owned());
    // Not LATCHKEY_…: `cargo run` hands this on to the program, which refuses settings that it doesn't know.
    println!("cargo:rustc-env=BUILT_FROM_COMMIT={}", commit.trim());
}

/// What git says; `None` without git or outside a work tree.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}
