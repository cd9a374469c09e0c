//! What every source file has and hasn't.

use crate::workspace::{files, read};

/// Lines after which a file should have become two.
const LONGEST: usize = 400;
/// The same for tests, which are read one case at a time.
const LONGEST_TEST: usize = 600;
/// Tables, which are longer and read by looking things up.
const TABLES: [&str; 1] = ["crates/domain/src/usage/price_table.rs"];

fn sources() -> Vec<String> {
    ["crates", "bins", "fuzz/src", "fuzz/targets"]
        .map(|folder| files(folder, "rs"))
        .concat()
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in sources() {
        let text = read(&path);
        let first = text
            .lines()
            .find(|line| !line.starts_with("#!"))
            .unwrap_or_default();
        assert!(
            first.starts_with("//!"),
            "{path} starts without a `//!` line"
        );
    }
}

#[test]
fn no_file_is_endless() {
    for path in sources()
        .into_iter()
        .filter(|path| !TABLES.contains(&path.as_str()))
    {
        let lines = read(&path).lines().count();
        let is_test = ["/tests/", "/contracts/"]
            .iter()
            .any(|place| path.contains(place));
        assert!(
            lines <= if is_test { LONGEST_TEST } else { LONGEST },
            "{path} has {lines} lines: would a reader rather have two files?"
        );
    }
}

#[test]
fn nothing_is_left_unfinished_or_skipped() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("unimplemented", "!("),
        concat!("to", "do!("),
        concat!("#[ig", "nore"),
        concat!("db", "g!("),
    ];
    for path in sources() {
        let text = read(&path);
        for mark in marks {
            assert!(!text.contains(mark), "{path} has `{mark}`");
        }
    }
}

#[test]
fn no_module_is_called_after_nothing() {
    for path in sources() {
        let name = path.rsplit('/').next().unwrap();
        let vague = [
            "utils.rs",
            "util.rs",
            "helpers.rs",
            "helper.rs",
            "common.rs",
            "manager.rs",
            "misc.rs",
        ];
        assert!(
            !vague.contains(&name),
            "{path}: name it after what it holds"
        );
    }
}
