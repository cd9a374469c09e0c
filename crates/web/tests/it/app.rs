//! The app's modules: each is used, none is long, one place calls the server, and all of them together are light.

use std::collections::{BTreeMap, BTreeSet};

use latchkey_web::{APP, asset};

use crate::{assets, is_module, text};

/// Most lines of a module; words are data.
const MOST_LINES: usize = 200;
/// What a browser loads before somebody can write, compressed.
const FIRST_LOAD: usize = 150_000;

/// The modules by their names below the release: `chat/thread.js`.
fn modules() -> BTreeMap<String, String> {
    assets()
        .filter(|(path, _)| is_module(path))
        .map(|(path, asset)| (name(&path), text(&asset).to_owned()))
        .collect()
}

/// What comes after `/assets/app-…/`.
fn name(path: &str) -> String {
    path.splitn(4, '/').nth(3).unwrap_or_default().to_owned()
}

/// What stands in quotes behind each of these words.
fn quoted<'text>(text: &'text str, word: &'text str) -> impl Iterator<Item = &'text str> {
    text.split(word)
        .skip(1)
        .filter_map(|rest| rest.split_once('\''))
        .map(|(found, _)| found)
}

/// The modules that a module loads: at once, and when they are needed.
fn imports(name: &str, text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let own = |specifier: &&str| specifier.starts_with('.');
    let at_once = quoted(text, "from '").chain(quoted(text, "import '"));
    let later = quoted(text, "import('").filter(own);
    (
        at_once
            .filter(own)
            .map(|found| resolved(name, found))
            .collect(),
        later.map(|found| resolved(name, found)).collect(),
    )
}

fn resolved(from: &str, specifier: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// What is loaded with `main.js`, and all that can be loaded in the end.
fn reachable() -> (BTreeSet<String>, BTreeSet<String>) {
    let modules = modules();
    let mut first = BTreeSet::new();
    let mut later = BTreeSet::new();
    let mut open = vec![("main.js".to_owned(), true)];
    while let Some((module, is_first)) = open.pop() {
        let seen = if is_first { &mut first } else { &mut later };
        if !seen.insert(module.clone()) {
            continue;
        }
        let text = modules
            .get(&module)
            .unwrap_or_else(|| panic!("{module} is imported, but not there"));
        let (at_once, when_needed) = imports(&module, text);
        open.extend(at_once.into_iter().map(|found| (found, is_first)));
        open.extend(when_needed.into_iter().map(|found| (found, false)));
    }
    let all = first.union(&later).cloned().collect();
    (first, all)
}

/// The addresses that the page names in `src` and `href`.
fn named_by_the_page() -> BTreeSet<String> {
    let page = asset(APP).expect("the app has a page");
    ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| text(&page).split(attribute).skip(1))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(address, _)| address.to_owned())
        .filter(|address| address.starts_with("/assets/"))
        .collect()
}

#[test]
fn every_module_is_used() {
    let (_, all) = reachable();
    assert_eq!(modules().into_keys().collect::<BTreeSet<_>>(), all);
}

#[test]
fn the_page_asks_early_for_what_it_needs_first() {
    let (first, _) = reachable();
    let asked: BTreeSet<String> = named_by_the_page()
        .iter()
        .filter(|address| is_module(address))
        .map(|address| name(address))
        .collect();
    assert_eq!(
        asked, first,
        "the list in app.html is not what main.js needs"
    );
    let mut vendored: BTreeSet<&str> = BTreeSet::new();
    let modules = modules();
    for module in &first {
        let text = &modules[module];
        vendored.extend(quoted(text, "from '/assets/"));
        vendored.extend(quoted(text, "import '/assets/"));
    }
    for file in vendored {
        assert!(
            named_by_the_page().contains(&format!("/assets/{file}")),
            "{file} is not asked for early"
        );
    }
}

#[test]
fn the_first_load_is_light() {
    let load: usize = named_by_the_page()
        .iter()
        .chain([&APP.to_owned()])
        .map(|address| {
            let asset = asset(address).unwrap_or_else(|| panic!("{address} is missing"));
            asset
                .gzip
                .map_or(asset.bytes.len(), |gzip| gzip.bytes.len())
        })
        .sum();
    assert!(load < FIRST_LOAD, "{load} bytes");
}

#[test]
fn no_module_is_long() {
    for (name, text) in modules() {
        let lines = text.lines().count();
        assert!(
            name.starts_with("strings/") || lines <= MOST_LINES,
            "{name} has {lines} lines"
        );
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for (name, text) in modules() {
        assert!(text.starts_with("// "), "{name}");
    }
}

#[test]
fn one_place_calls_the_server() {
    for (name, text) in modules() {
        for way in [
            "fetch(",
            "XMLHttpRequest",
            "EventSource",
            "sendBeacon",
            "WebSocket",
        ] {
            assert!(
                name == "api/transport.js" || !text.contains(way),
                "{name} has {way}"
            );
        }
        let inside = ["api/transport.js", "api/token.js", "api/events.js"];
        let calls_past_it = inside
            .iter()
            .any(|module| text.contains(&format!("../{module}'")));
        assert!(!calls_past_it, "{name} goes past api.js");
    }
}

#[test]
fn text_becomes_markup_in_the_sanitizer_alone() {
    for (name, text) in modules() {
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "createContextualFragment",
            "document.write",
            "setHTMLUnsafe",
            "DOMParser",
            "eval(",
            "Function(",
            "srcdoc",
        ] {
            assert!(!text.contains(way), "{name} has {way}");
        }
        assert!(
            name == "chat/markdown.js" || !text.contains(".sanitize("),
            "{name} sanitizes"
        );
    }
}

#[test]
fn every_error_code_has_its_words() {
    let modules = modules();
    let words = &modules["strings/errors-en.js"];
    let told: BTreeSet<&str> = words
        .lines()
        .filter_map(|line| line.trim().split_once(": { title: "))
        .map(|(code, _)| code)
        .collect();
    let table = include_str!("../../../../docs/ERRORS.md");
    let listed: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(code, _)| code)
        .collect();
    assert!(
        listed.len() > 50,
        "the table was not understood: {listed:?}"
    );
    let untold: Vec<&&str> = listed.difference(&told).collect();
    assert!(untold.is_empty(), "no words for {untold:?}");
}
