//! Our own pages: nothing inline, nothing from elsewhere, no dead end.

use latchkey_web::{Asset, asset};

use crate::{assets, is_module, is_vendored, text};

/// The one file that may name addresses elsewhere: those that words lead to.
const LINKS: &str = "/strings/links.js";

/// What we wrote ourselves.
fn ours() -> impl Iterator<Item = (String, Asset)> {
    assets().filter(|(path, asset)| !is_vendored(path, asset))
}

fn html() -> impl Iterator<Item = (String, Asset)> {
    ours().filter(|(_, asset)| asset.content_type.starts_with("text/html"))
}

/// The tags of a page, as they stand between `<` and `>`.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(tag, _)| tag)
}

/// The value of an attribute in a tag.
fn attribute<'tag>(tag: &'tag str, name: &str) -> Option<&'tag str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

#[test]
fn no_script_or_style_stands_in_a_page() {
    for (path, page) in html() {
        for tag in tags(text(&page)) {
            assert!(!tag.starts_with("style"), "{path}: <{tag}>");
            assert!(!tag.contains(" style="), "{path}: <{tag}>");
            assert!(
                !tag.starts_with("script") || attribute(tag, "src").is_some(),
                "{path}: <{tag}>"
            );
            let handler = tag
                .split_whitespace()
                .any(|word| word.starts_with("on") && word.contains('='));
            assert!(!handler && !tag.contains("javascript:"), "{path}: <{tag}>");
        }
    }
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    for (path, page) in html() {
        for tag in tags(text(&page)).filter(|tag| !tag.starts_with("a ")) {
            for name in ["src", "href", "srcset", "action", "data", "poster"] {
                let value = attribute(tag, name).unwrap_or_default();
                assert!(!value.contains("//"), "{path}: <{tag}>");
            }
        }
    }
    let files = ours().filter(|(_, asset)| !asset.content_type.starts_with("text/html"));
    for (path, file) in files.filter(|(path, _)| !path.ends_with(LINKS)) {
        let text = text(&file).replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{path}"
        );
        assert!(
            !text.contains("@import") && !text.contains("url("),
            "{path}"
        );
    }
}

#[test]
fn whatever_a_page_asks_for_is_there() {
    let elsewhere_on_this_server = ["/openapi.json", "/readyz", "/sign-up", "/sign-in", "/try"];
    for (path, page) in html() {
        for tag in tags(text(&page)) {
            for target in ["src", "href"]
                .iter()
                .filter_map(|name| attribute(tag, name))
            {
                if target.starts_with('/') && !elsewhere_on_this_server.contains(&target) {
                    assert!(asset(target).is_some(), "{path} asks for {target}");
                }
                if let Some(id) = target.strip_prefix('#') {
                    assert!(
                        text(&page).contains(&format!("id=\"{id}\"")),
                        "{path} leads to #{id}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_file_of_ours_is_used() {
    let everything: String = ours().map(|(_, asset)| text(&asset).to_owned()).collect();
    // The app's modules have a test of their own: they name each other by where they stand.
    for (path, _) in ours().filter(|(path, _)| !matches!(path.as_str(), "/" | "/docs" | "/chat")) {
        assert!(
            is_module(&path) || everything.contains(&path),
            "nothing asks for {path}"
        );
    }
}

#[test]
fn links_that_lead_away_tell_nothing_about_whence() {
    for (path, page) in html() {
        for tag in tags(text(&page))
            .filter(|tag| attribute(tag, "href").is_some_and(|href| href.contains("//")))
        {
            assert_eq!(
                attribute(tag, "rel"),
                Some("noopener noreferrer"),
                "{path}: <{tag}>"
            );
        }
    }
}

#[test]
fn the_home_page_says_how_to_check_and_how_to_begin_without_a_script() {
    let home = asset("/").unwrap();
    let home = text(&home);
    for needed in [
        "href=\"/readyz\"",
        "href=\"/docs\"",
        "href=\"/openapi.json\"",
        "href=\"/sign-up\"",
        "href=\"/sign-in\"",
        "href=\"/try\"",
        "/api/auth/register",
        "/api/api-keys",
        "/api/chat/conversations/123/messages",
        "http://127.0.0.1:8080",
        "aria-live=\"polite\"",
    ] {
        assert!(home.contains(needed), "{needed} is missing");
    }
}
