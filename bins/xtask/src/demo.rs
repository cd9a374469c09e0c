//! Latchkey with a fake Anthropic behind it.

use std::process::Command;

use crate::run::{self, Step};

const PROVIDER: &str = "127.0.0.1:8787";

/// `cargo xtask demo`: builds both, starts both, ends both.
pub fn run() -> Step {
    run::check(run::cargo(&[
        "build",
        "--locked",
        "-p",
        "fake-anthropic",
        "-p",
        "latchkey",
    ]))?;
    let programs = run::debug_builds()?;
    let mut provider = Command::new(programs.join("fake-anthropic"))
        .args(["--listen", PROVIDER, "--any-key", "--allow-retired"])
        .spawn()
        .map_err(|error| format!("the fake provider could not be started: {error}"))?;
    let server = Command::new(programs.join("latchkey"))
        .env("LATCHKEY_PROVIDER_URL", format!("http://{PROVIDER}"))
        .env("LATCHKEY_DATA_DIR", run::root().join("target").join("demo"))
        .status();
    let _ = provider.kill();
    let _ = provider.wait();
    match server {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("latchkey ended with {status}")),
        Err(error) => Err(format!("latchkey could not be started: {error}")),
    }
}
