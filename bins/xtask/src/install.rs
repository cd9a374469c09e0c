//! Installs what tests need and the machine lacks: on Debian as root; elsewhere it says what to install.

use std::{path::Path, process::Command};

use crate::{
    postgres,
    run::{self, Step},
};

/// A package of Debian's, and whether what it brings is there.
struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

/// What the tests need, and last what the benchmark needs.
const PACKAGES: [Package; 2] = [
    Package {
        name: "postgresql",
        is_there: || {
            postgres::find_binaries().is_some() || std::env::var_os("TEST_DATABASE_URL").is_some()
        },
    },
    Package {
        name: "nginx-light",
        is_there: || run::exists("nginx") || Path::new("/usr/sbin/nginx").is_file(),
    },
];

/// Installs what is missing for the tests; with `all`, also for benchmarks.
pub fn missing(all: bool) -> Step {
    let wanted = if all { PACKAGES.len() } else { 1 };
    let missing: Vec<&str> = PACKAGES
        .iter()
        .take(wanted)
        .filter(|package| !(package.is_there)())
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !run::exists("apt-get") || !run::is_root() {
        return Err(format!(
            "please install these Debian packages, or what they are called on your system: {}",
            missing.join(", ")
        ));
    }
    let mut update = Command::new("apt-get");
    update.args(["update", "-q"]);
    run::check(update)?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install
        .args(["install", "-q", "-y", "--no-install-recommends"])
        .args(&missing);
    run::check(install)
}
