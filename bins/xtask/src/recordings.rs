//! Recorded answers of the real provider, through the product once.

use std::path::Path;

use crate::run::{self, Step};

/// `cargo xtask recordings FOLDER`.
pub fn run(arguments: &[&str]) -> Step {
    let [folder] = arguments else {
        return Err("`recordings` wants the folder that they are in".to_owned());
    };
    let folder = Path::new(folder)
        .canonicalize()
        .map_err(|error| format!("{folder}: {error}"))?;
    run::check(run::cargo(&[
        "build",
        "--locked",
        "-p",
        "latchkey",
        "-p",
        "latchkey-recordings",
    ]))?;
    let programs = run::debug_builds()?;
    let mut recordings = std::process::Command::new(programs.join("latchkey-recordings"));
    recordings
        .arg("--latchkey")
        .arg(programs.join("latchkey"))
        .arg(folder);
    run::check(recordings)
}
