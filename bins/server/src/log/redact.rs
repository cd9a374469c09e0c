//! The last line of defence: no text that looks like a secret leaves through the log.
//!
//! Secrets have types that print nothing; what is found here slipped through, such as in an error of a dependency.

use std::borrow::Cow;

/// What stands in place of a secret.
const REDACTED: &str = "[redacted]";

/// How secrets begin, which characters they go on with, and how many of those make one.
const SHAPES: [Shape; 7] = [
    Shape::new("sk-ant-", is_key_char, 8),
    Shape::new("eyJ", is_token_char, 10),
    // Our own tokens and codes.
    Shape::new("lk_", is_key_char, 12),
    Shape::new("lkr_", is_key_char, 12),
    Shape::new("lkc_", is_key_char, 12),
    Shape::new("Bearer ", is_token_char, 6),
    Shape::new("bearer ", is_token_char, 6),
];

struct Shape {
    start: &'static str,
    goes_on: fn(char) -> bool,
    at_least: usize,
}

impl Shape {
    const fn new(start: &'static str, goes_on: fn(char) -> bool, at_least: usize) -> Self {
        Self {
            start,
            goes_on,
            at_least,
        }
    }

    /// What follows a secret of this shape that `text` begins with.
    fn strip<'a>(&self, text: &'a str) -> Option<&'a str> {
        let secret = text.strip_prefix(self.start)?;
        let rest = secret.trim_start_matches(self.goes_on);
        (secret.len() - rest.len() >= self.at_least).then_some(rest)
    }
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn is_token_char(c: char) -> bool {
    is_key_char(c) || matches!(c, '.' | '~' | '+' | '/' | '=')
}

/// The text without secrets, and with control characters written as escapes so that one event stays one line.
pub(super) fn redact(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control()) && first_secret(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, start, after)) = first_secret(rest) {
        push_escaped(&mut clean, before);
        clean.push_str(start);
        clean.push_str(REDACTED);
        rest = after;
    }
    push_escaped(&mut clean, rest);
    Cow::Owned(clean)
}

/// What stands before the first secret, how it begins, and what stands behind it.
fn first_secret(text: &str) -> Option<(&str, &str, &str)> {
    text.char_indices().find_map(|(at, _)| {
        let (before, from) = text.split_at(at);
        let shape = SHAPES
            .iter()
            .find_map(|shape| Some((shape.start, shape.strip(from)?)));
        shape
            .or_else(|| Some(("://", strip_user_of_url(from)?)))
            .map(|(start, after)| (before, start, after))
    })
}

/// Of `://user:password@host`, what begins with the `@`.
fn strip_user_of_url(text: &str) -> Option<&str> {
    let authority = text.strip_prefix("://")?;
    let end = authority
        .find(|c: char| c == '/' || c.is_whitespace() || matches!(c, '"' | '\''))
        .unwrap_or(authority.len());
    let at = authority.get(..end)?.rfind('@')?;
    authority.get(at..)
}

fn push_escaped(clean: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            clean.extend(c.escape_default());
        } else {
            clean.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_not_written() {
        for (text, clean) in [
            (
                "key sk-ant-api03-CANARY_x-1 was refused",
                "key sk-ant-[redacted] was refused",
            ),
            (
                "\"x-api-key\":\"sk-ant-api03-CANARY\"",
                "\"x-api-key\":\"sk-ant-[redacted]\"",
            ),
            (
                "authorization: Bearer CANARY.canary-1/+=",
                "authorization: Bearer [redacted]",
            ),
            ("token=eyJhbGciOi.eyJzdWIi.c2ln!", "token=eyJ[redacted]!"),
            ("%22lkr_CANARYCANARYCANARY%22", "%22lkr_[redacted]%22"),
            ("lk_CANARYCANARYCANARY", "lk_[redacted]"),
            ("lkc_CANAR-YCANA-RYCAN", "lkc_[redacted]"),
            (
                "postgres://ada:CANARY@h:1/x and https://u@h",
                "postgres://[redacted]@h:1/x and https://[redacted]@h",
            ),
            ("postgres://ada:CAN@ARY@h/x", "postgres://[redacted]@h/x"),
            (
                "sk-ant-CANARY00 sk-ant-CANARY01",
                "sk-ant-[redacted] sk-ant-[redacted]",
            ),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "listening on http://127.0.0.1:8080",
            "Must start with 'sk-ant-'",
            "walk_around in the parks",
            "größe 10 µs, mail a@b.example",
            "",
        ] {
            assert!(
                matches!(redact(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn one_event_stays_one_line() {
        assert_eq!(
            redact("a\r\nforged\u{1b}[31m\u{85}\u{2028}x\t"),
            "a\\r\\nforged\\u{1b}[31m\\u{85}\\u{2028}x\\t"
        );
    }
}
