//! All tests, on both databases, then in a browser.

use crate::{
    browser, install,
    postgres::{Durability, Postgres},
    run::{self, Step},
};

/// Where tests find PostgreSQL.
const DATABASE: &str = "TEST_DATABASE_URL";

/// `cargo xtask test [--install] [-- ARGS]`.
pub fn run(arguments: &[&str]) -> Step {
    let (install, rest) = match arguments {
        ["--install", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let passed_on = match rest {
        [] => [].as_slice(),
        ["--", passed_on @ ..] => passed_on,
        other => return Err(format!("`test` doesn't take `{}`", other.join(" "))),
    };
    // Words for `cargo test` pick some of its tests: the browser has none of these.
    let with_browser = rest.is_empty();
    if install {
        install::missing(&install::DATABASES)?;
        install::missing(&install::JOURNEYS)?;
        if with_browser {
            browser::install()?;
        }
    }
    test_crates(passed_on)?;
    if with_browser {
        browser::test(&[])?;
    }
    Ok(())
}

/// `cargo test` with these arguments.
fn test_crates(passed_on: &[&str]) -> Step {
    let mut test = run::cargo(&["test", "--locked"]);
    let names_packages = passed_on
        .iter()
        .any(|word| ["-p", "--package"].contains(word));
    if !names_packages {
        test.arg("--workspace");
    }
    test.args(passed_on);
    if std::env::var_os(DATABASE).is_some() {
        println!("PostgreSQL: the one of {DATABASE}");
        return run::check(test);
    }
    let postgres = Postgres::start(Durability::None)?;
    println!("PostgreSQL: {} (started for these tests)", postgres.url());
    test.env(DATABASE, postgres.url());
    run::check(test)
}
