//! No case is forgotten: what is written in a suite is also run, and each port has a suite.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Ports without a suite of their own, and why.
const WITHOUT_SUITE: [(&str, &str); 5] = [
    (
        "answer_assembler",
        "made by AnswerFormat, whose suite covers it",
    ),
    ("clock", "promises nothing but the present"),
    ("limit_permit", "made by RateLimiter, whose suite covers it"),
    (
        "llm_client",
        "its promises are about HTTP: they are tested against the fake provider",
    ),
    ("llm_stream", "made by LlmClient"),
];

#[test]
fn every_case_of_a_suite_is_in_its_list() {
    for (name, source) in suites() {
        let written: BTreeSet<&str> = source
            .lines()
            .filter_map(|line| {
                line.strip_prefix("pub async fn ")
                    .or(line.strip_prefix("pub fn "))
            })
            .filter_map(|line| line.split('(').next())
            .collect();
        let (_, list) = source
            .split_once("$factory;")
            .expect("the suite lists its cases");
        let (list, _) = list.split_once('}').expect("the list ends");
        let listed: BTreeSet<&str> = list
            .split(',')
            .map(str::trim)
            .filter(|case| !case.is_empty())
            .collect();
        assert_eq!(written, listed, "{name}");
        assert!(!written.is_empty(), "{name} has cases");
    }
}

#[test]
fn every_port_has_a_suite() {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src");
    let mut ports = BTreeSet::new();
    collect_ports(&domain, &mut ports);
    let suites = suites().into_iter().map(|(name, _)| name);
    let excused = WITHOUT_SUITE.iter().map(|(port, _)| (*port).to_owned());
    let covered: BTreeSet<String> = suites.chain(excused).collect();
    assert_eq!(ports, covered);
}

/// Each suite by its name, with the source of its file and of those in the folder of that name.
fn suites() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contracts");
    let files = sources_in(&folder)
        .into_iter()
        .filter(|path| path.file_name().unwrap() != "mod.rs");
    let suites = files.map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut source = fs::read_to_string(&path).unwrap();
        let parts = path.with_extension("");
        if parts.is_dir() {
            for part in sources_in(&parts) {
                source += &fs::read_to_string(part).unwrap();
            }
        }
        (name, source)
    });
    suites.collect()
}

fn sources_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}

fn collect_ports(folder: &Path, ports: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_ports(&path, ports);
        } else {
            let source = fs::read_to_string(&path).unwrap();
            let traits = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub trait "));
            ports.extend(traits.map(|line| snake_case(line.split([':', ' ']).next().unwrap())));
        }
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
