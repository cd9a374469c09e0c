//! The fuzz targets, each for a given time, as many at once as there are processors.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

use crate::run::{self, Step};

/// The version that the recipe was written for.
const CARGO_FUZZ: &str = "0.13.2";
/// How long each target runs if nothing is said.
const SECONDS: u32 = 60;
/// What a target must not get beyond, in MiB: all inputs are small, so what they make must be, too.
const MEMORY: u32 = 512;
/// How long one input may take, in seconds.
const PATIENCE: u32 = 10;
/// Inputs longer than this find nothing new, and slow the others down.
const LONGEST: u32 = 16 * 1024;

/// How long each target runs, and from which seed; without one each run draws its own.
#[derive(Clone, Copy)]
struct Effort {
    seconds: u32,
    seed: Option<u32>,
}

/// `cargo xtask fuzz [SECONDS] [--seed NUMBER] [--install]`.
pub fn run(arguments: &[&str]) -> Step {
    let mut effort = Effort {
        seconds: SECONDS,
        seed: None,
    };
    let mut installs = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match *word {
            "--install" => installs = true,
            "--seed" => effort.seed = Some(number(words.next().unwrap_or(&""))?),
            seconds => effort.seconds = number(seconds)?,
        }
    }
    ensure_installed(installs)?;
    start_from_the_products_lock()?;
    run::check(cargo_fuzz("build"))?;
    fuzz_all(targets()?, effort)
}

fn number(word: &str) -> Result<u32, String> {
    word.parse().map_err(|_| format!("`{word}` is no number"))
}

fn ensure_installed(installs: bool) -> Step {
    if run::exists("cargo-fuzz") {
        return Ok(());
    }
    if !installs {
        return Err(format!(
            "cargo-fuzz is missing: `cargo install cargo-fuzz --locked --version {CARGO_FUZZ}`, or `cargo xtask fuzz --install`"
        ));
    }
    run::check(run::cargo(&[
        "install",
        "cargo-fuzz",
        "--locked",
        "--version",
        CARGO_FUZZ,
        "--profile",
        "dev",
    ]))
}

/// The targets are built with the versions that the product has.
fn start_from_the_products_lock() -> Step {
    let lock = run::root().join("Cargo.lock");
    fs::copy(lock, folder().join("Cargo.lock"))
        .map(drop)
        .map_err(|error| format!("Cargo.lock can't be copied: {error}"))
}

/// `cargo fuzz` with the options that every use needs. There is no sanitizer, as these want a nightly compiler and the
/// workspace has no unsafe code; `cfg(fuzzing)` stays off, so that what is tried is what ships.
fn cargo_fuzz(command: &str) -> Command {
    let mut cargo = run::cargo(&["fuzz", command, "--fuzz-dir", "fuzz"]);
    cargo
        .args(["--sanitizer", "none", "--no-cfg-fuzzing"])
        .args(["--codegen-units", "16"])
        .arg("--target-dir")
        .arg(builds());
    cargo
}

fn folder() -> PathBuf {
    run::root().join("fuzz")
}

fn builds() -> PathBuf {
    run::root().join("target").join("fuzz")
}

/// All targets: each is a file.
fn targets() -> Result<VecDeque<String>, String> {
    let entries = fs::read_dir(folder().join("targets")).map_err(|error| error.to_string())?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names.into())
}

fn fuzz_all(targets: VecDeque<String>, effort: Effort) -> Step {
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} fuzz targets for {} s each, {at_once} at once",
        targets.len(),
        effort.seconds
    );
    let waiting = Mutex::new(targets);
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    };
    let failures: Vec<String> = thread::scope(|scope| {
        let work = || {
            let mut failures = Vec::new();
            while let Some(target) = next() {
                failures.extend(fuzz(&target, effort).err());
            }
            failures
        };
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                let stopped = |_| vec!["a fuzz run could not be watched".to_owned()];
                worker.join().unwrap_or_else(stopped)
            })
            .collect()
    });
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n"))
    }
}

/// One target from its corpus on. New inputs go below `target`, not into the repository.
fn fuzz(target: &str, effort: Effort) -> Step {
    let found = builds().join("found").join(target);
    fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    let mut command = cargo_fuzz("run");
    command
        .arg(target)
        .arg(&found)
        .arg(folder().join("corpus").join(target))
        .arg("--")
        .args([
            format!("-max_total_time={}", effort.seconds),
            format!("-rss_limit_mb={MEMORY}"),
            format!("-timeout={PATIENCE}"),
            format!("-max_len={LONGEST}"),
            "-print_final_stats=1".to_owned(),
        ]);
    if let Some(seed) = effort.seed {
        command.arg(format!("-seed={seed}"));
    }
    let words = folder().join("dictionaries").join(format!("{target}.dict"));
    if words.is_file() {
        command.arg(format!("-dict={}", words.display()));
    }
    let log = builds().join(format!("{target}.log"));
    let says = watch(command, &log)?;
    match says {
        Ok(text) => {
            let figure = |name: &str| figure(&text, name);
            println!(
                "{target}: {} inputs, {} of them new ways through the code, at most {} MiB",
                figure("number_of_executed_units"),
                figure("new_units_added"),
                figure("peak_rss_mb"),
            );
            Ok(())
        }
        Err(text) => Err(format!(
            "{target} failed; {} has all of it:\n{}",
            log.display(),
            last_lines(&text)
        )),
    }
}

/// Runs to the end with all output in a file; the output of a success, or of a failure.
fn watch(mut command: Command, log: &Path) -> Result<Result<String, String>, String> {
    let fault = |error| format!("{}: {error}", log.display());
    let output = fs::File::create(log).map_err(fault)?;
    command
        .stdout(output.try_clone().map_err(fault)?)
        .stderr(output);
    let status = command
        .status()
        .map_err(|error| format!("cargo fuzz could not be started: {error}"))?;
    let text = String::from_utf8_lossy(&fs::read(log).map_err(fault)?).into_owned();
    Ok(if status.success() {
        Ok(text)
    } else {
        Err(text)
    })
}

/// What libFuzzer says at the end: `stat::NAME: FIGURE`.
fn figure<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines()
        .filter_map(|line| line.strip_prefix("stat::"))
        .find_map(|stat| stat.strip_prefix(name)?.strip_prefix(':'))
        .map_or("?", str::trim)
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(40)..)
        .unwrap_or_default()
        .join("\n")
}
