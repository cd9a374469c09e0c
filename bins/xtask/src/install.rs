//! Installs what tests need and the machine lacks: on Debian as root; elsewhere it says what to install.

use std::{path::Path, process::Command};

use crate::{
    browser, postgres,
    run::{self, Step},
};

/// A package of Debian's, and whether what it brings is there.
pub struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

/// What the tests on both databases need.
pub const DATABASES: [Package; 1] = [Package {
    name: "postgresql",
    is_there: || {
        postgres::find_binaries().is_some() || std::env::var_os("TEST_DATABASE_URL").is_some()
    },
}];

/// What journeys need beside the databases: programs that people put before a server, or ask it with.
pub const JOURNEYS: [Package; 2] = [
    Package {
        name: "haproxy",
        is_there: || run::exists("haproxy") || Path::new("/usr/sbin/haproxy").is_file(),
    },
    Package {
        name: "curl",
        is_there: || run::exists("curl"),
    },
];

/// What the tests in a browser need. Other builds of Node.js bring npm with them.
pub const BROWSER: [Package; 3] = [
    Package {
        name: "chromium",
        is_there: || browser::chromium().is_some(),
    },
    Package {
        name: "nodejs",
        is_there: || run::exists("node"),
    },
    Package {
        name: "npm",
        is_there: || run::exists("npm"),
    },
];

/// What the benchmark needs beside the databases.
pub const BENCH: [Package; 1] = [Package {
    name: "nginx-light",
    is_there: || run::exists("nginx") || Path::new("/usr/sbin/nginx").is_file(),
}];

/// What the probes need.
pub const PROBES: [Package; 1] = [Package {
    name: "python3-venv",
    is_there: || {
        let mut python = Command::new("python3");
        python.args(["-c", "import ensurepip, venv"]);
        run::output(python).is_ok()
    },
}];

/// Installs those of `wanted` that are missing.
pub fn missing(wanted: &[Package]) -> Step {
    let missing: Vec<&str> = wanted
        .iter()
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
