//! The benchmark: release builds, the fake provider, nginx beside us, both databases.

use crate::{
    install,
    postgres::{Durability, Postgres},
    run::{self, Step},
};

/// `cargo xtask bench [ARGS]`: ARGS go to the benchmark program (`--help` lists them).
pub fn run(arguments: &[&str]) -> Step {
    install::missing(&install::DATABASES)?;
    install::missing(&install::BENCH)?;
    run::check(run::cargo(&[
        "build",
        "--release",
        "--locked",
        "-p",
        "fake-anthropic",
        "-p",
        "latchkey",
        "-p",
        "latchkey-bench",
    ]))?;
    let postgres = Postgres::start(Durability::Full)?;
    let mut bench = run::cargo(&[
        "run",
        "--release",
        "--locked",
        "--quiet",
        "-p",
        "latchkey-bench",
        "--",
    ]);
    bench
        .env("BENCH_DATABASE_URL", postgres.socket_url())
        .args(arguments);
    run::check(bench)
}
