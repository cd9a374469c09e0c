//! `cargo xtask …`: sets up what tests need and runs what takes more than one command. No dependencies, so that it
//! builds in a second on any machine.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to the terminal"
)]

mod bench;
mod browser;
mod checks;
mod demo;
mod fuzz;
mod install;
mod postgres;
mod probe;
mod recordings;
mod run;
mod servers;
mod test;

use std::process::ExitCode;

const HELP: &str = "cargo xtask COMMAND

  test [--install] [-- ARGS]   all tests, on SQLite and PostgreSQL, then those in a browser; ARGS go to `cargo test`,
                               and then the browser is left out
                               --install first installs what is missing (Debian, as root), else says what to install
  browser [--install] [FILE…]  the tests in a real Chromium alone, or those of some files
  fuzz [SECONDS] [--install]   the fuzz targets, each for so long (60 s); --install installs cargo-fuzz if it is missing
  probe schemathesis [SECONDS] random requests after the OpenAPI document, with and without a token
  probe sqlmap                 queries, paths, headers and bodies, tried for SQL injection
  probe wapiti                 pages and API, tried by a scanner of web applications
  recordings FOLDER            recorded answers of the real provider, through the product as streams and as JSON
  postgres                     a throw-away PostgreSQL; prints its URL, runs until Enter or end of input
  demo                         Latchkey with a fake Anthropic behind it: try everything without a key
  bench [ARGS]                 the table of figures (release build; see docs/performance.md)
  fmt | lint | docs | deny     the checks of CI, one by one; `deny --install` installs cargo-deny if it is missing
  ci                           all checks, all tests, a minute of each fuzz target
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["browser", rest @ ..] => browser::run(rest),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["probe", rest @ ..] => probe::run(rest),
        ["recordings", rest @ ..] => recordings::run(rest),
        ["postgres"] => postgres::run_until_enter(),
        ["demo"] => demo::run(),
        ["bench", rest @ ..] => bench::run(rest),
        ["fmt"] => checks::fmt(),
        ["lint"] => checks::lint(),
        ["docs"] => checks::docs(),
        ["deny"] => checks::deny(false),
        ["deny", "--install"] => checks::deny(true),
        ["ci"] => checks::all()
            .and_then(|()| test::run(&["--install"]))
            .and_then(|()| fuzz::run(&["--install"])),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("I don't know `{}`.\n\n{HELP}", words.join(" "))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
