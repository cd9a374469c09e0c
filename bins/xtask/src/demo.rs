//! Latchkey with a fake Anthropic behind it.

use std::{
    io::{self, BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
};

use crate::run::{self, Step};

/// What the fake provider prints before its address.
const LISTENS_ON: &str = "fake-anthropic listens on ";

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
        .args(["--listen", "127.0.0.1:0", "--any-key", "--allow-retired"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the fake provider could not be started: {error}"))?;
    let served = provider_url(&mut provider).and_then(|url| {
        Command::new(programs.join("latchkey"))
            .env("LATCHKEY_PROVIDER_URL", url)
            .env("LATCHKEY_DATA_DIR", run::root().join("target").join("demo"))
            .status()
            .map_err(|error| format!("latchkey could not be started: {error}"))
    });
    let _ = provider.kill();
    let _ = provider.wait();
    match served? {
        status if status.success() => Ok(()),
        status => Err(format!("latchkey ended with {status}")),
    }
}

/// Where the provider listens; what else it says goes on to the terminal.
fn provider_url(provider: &mut Child) -> Result<String, String> {
    let output = provider.stdout.take();
    let mut output = BufReader::new(output.ok_or("the fake provider has no output")?);
    let mut line = String::new();
    output
        .read_line(&mut line)
        .map_err(|error| format!("the fake provider can't be heard: {error}"))?;
    let url = line.trim().strip_prefix(LISTENS_ON).map(str::to_owned);
    let url = url.ok_or("the fake provider did not say where it listens")?;
    pass_on(output);
    Ok(url)
}

fn pass_on(mut output: BufReader<ChildStdout>) {
    thread::spawn(move || io::copy(&mut output, &mut io::stdout()));
}
