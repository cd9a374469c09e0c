//! The tests in a real browser.

use std::{fs, path::PathBuf, process::Command};

use crate::{
    install,
    run::{self, Step},
    servers::Servers,
};

/// Where Debian's package puts Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";

/// `cargo xtask browser [--install] [FILE…]`: all tests, or those of some files.
pub fn run(arguments: &[&str]) -> Step {
    let (options, files): (Vec<&str>, Vec<&str>) = arguments
        .iter()
        .partition(|argument| argument.starts_with('-'));
    match options.as_slice() {
        [] => {}
        ["--install"] => install()?,
        other => return Err(format!("`browser` doesn't take `{}`", other.join(" "))),
    }
    if let Some(missing) = files.iter().find(|file| !folder().join(file).is_file()) {
        return Err(format!("there is no `{missing}` in browser-tests"));
    }
    test(&files)
}

/// Installs what is missing: Chromium, Node.js, and the packages that the tests use.
pub fn install() -> Step {
    install::missing(&install::BROWSER)?;
    if has_driver() {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.arg("ci").current_dir(folder());
    run::check(npm)
}

/// Starts the servers and runs the tests of these files against them; of all, if none is named.
pub fn test(files: &[&str]) -> Step {
    if !has_driver() {
        return Err(
            "the browser tests lack what drives the browser: `npm ci` in browser-tests, or \
             `cargo xtask browser --install`"
                .to_owned(),
        );
    }
    let chromium = chromium().ok_or(
        "no Chromium was found: install it (Debian: apt-get install chromium), or set CHROMIUM to its path",
    )?;
    let mut servers = Servers::start()?;
    let mut node = Command::new("node");
    node.arg("--test")
        .args(files)
        .current_dir(folder())
        .env("CHROMIUM", chromium)
        .env("LATCHKEY_URL", servers.url())
        .env("PROVIDER_URL", servers.provider_url())
        .env("LATCHKEY_FOLDER", servers.folder());
    let result = run::check(node);
    servers.ensure_running()?;
    result
}

/// The browser: the one that CHROMIUM names, Debian's, or one in PATH.
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let in_path = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .filter_map(run::find);
    named
        .into_iter()
        .chain([CHROMIUM.into()])
        .chain(in_path)
        .find(|path| path.is_file())
}

/// Whether `npm ci` has installed what the lock file names.
fn has_driver() -> bool {
    let read = |path: &str| fs::read_to_string(folder().join(path)).unwrap_or_default();
    let installed = read("node_modules/.package-lock.json");
    // Packages that are there for other kinds of machines are optional.
    read("package-lock.json")
        .split("\n    }")
        .filter(|package| !package.contains("\"optional\": true"))
        .flat_map(str::lines)
        .filter(|line| line.contains("\"integrity\""))
        .all(|checksum| installed.contains(checksum.trim()))
}

fn folder() -> PathBuf {
    run::root().join("browser-tests")
}
