//! What is shown of a hit: some words around it, with what was searched for marked.

use std::ops::{ControlFlow, Range};

use super::{SearchWords, words::for_each_run};

/// How much of a message is looked through for its snippet, in characters.
pub const LONGEST_SEARCHED: u32 = 100_000;
/// What is shown before the first hit, and in all, in characters.
const BEFORE: usize = 48;
const IN_ALL: usize = 200;

/// A few words of a text: one line, in parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// The parts, in order.
    pub parts: Vec<SnippetPart>,
}

/// A part of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnippetPart {
    /// Its text.
    pub text: String,
    /// Whether it is what was searched for.
    pub is_hit: bool,
}

impl Snippet {
    /// The words of `text` around the first of `words`; the beginning if none of them is near it.
    pub fn of(text: &str, words: &SearchWords) -> Self {
        let first = hits(text, words, 0..text.len(), 1).into_iter().next();
        let start = first.map_or(0, |first| begin_before(text, first.start));
        let end = text
            .get(start..)
            .and_then(|rest| rest.char_indices().nth(IN_ALL))
            .map_or(text.len(), |(length, _)| start + length);
        let mut line = Line::default();
        if start > 0 {
            line.push("…", false);
        }
        let mut shown = start;
        for hit in hits(text, words, start..end, usize::MAX) {
            line.push(text.get(shown..hit.start).unwrap_or_default(), false);
            line.push(text.get(hit.clone()).unwrap_or_default(), true);
            shown = hit.end;
        }
        line.push(text.get(shown..end.max(shown)).unwrap_or_default(), false);
        if end < text.len() {
            line.push("…", false);
        }
        line.snippet
    }
}

/// Where words that are searched for begin within `within`: at most `most`, in order, none inside another.
fn hits(text: &str, words: &SearchWords, within: Range<usize>, most: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut is_enough = false;
    let part = text.get(within.start..).unwrap_or_default();
    // It breaks off when enough is found.
    let _end = for_each_run(part, |run| {
        run.for_each_word(|word, at| {
            let at = within.start + at.start..within.start + at.end;
            if at.start >= within.end {
                return ControlFlow::Break(());
            }
            if words.iter().any(|wanted| wanted.matches(word)) {
                match found.last_mut() {
                    Some(last) if last.end >= at.start => last.end = last.end.max(at.end),
                    _ => found.push(at),
                }
                is_enough = found.len() >= most;
            }
            if is_enough {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    });
    found
}

/// The beginning of a word some way before `hit`.
fn begin_before(text: &str, hit: usize) -> usize {
    let before = text.get(..hit).unwrap_or_default();
    let Some((start, _)) = before.char_indices().rev().nth(BEFORE) else {
        return 0;
    };
    let space = text
        .get(start..hit)
        .and_then(|near| near.char_indices().find(|(_, c)| c.is_whitespace()));
    space.map_or(start, |(at, space)| start + at + space.len_utf8())
}

/// A snippet in the making, with one space for each run of white space and control characters.
#[derive(Default)]
struct Line {
    snippet: Snippet,
    ends_in_space: bool,
}

impl Line {
    fn push(&mut self, text: &str, is_hit: bool) {
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            let is_space = c.is_whitespace() || c.is_control();
            if !is_space {
                shown.push(c);
            } else if !self.ends_in_space {
                shown.push(' ');
            }
            self.ends_in_space = is_space;
        }
        if !shown.is_empty() {
            self.snippet.parts.push(SnippetPart {
                text: shown,
                is_hit,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str, search: &str) -> String {
        let snippet = Snippet::of(text, &SearchWords::parse(search));
        let mark = |part: SnippetPart| {
            if part.is_hit {
                format!("[{}]", part.text)
            } else {
                part.text
            }
        };
        snippet.parts.into_iter().map(mark).collect()
    }

    #[test]
    fn hits_are_marked_as_they_are_written() {
        assert_eq!(
            shown("Mit Zügen,\n\nzüge  fahren", "ZUGE"),
            "Mit [Zügen], [züge] fahren"
        );
        assert_eq!(shown("私は東京都に住む", "東京都"), "私は[東京都]に住む");
        assert_eq!(shown("nothing of it", "else"), "nothing of it");
        assert_eq!(shown("", "x"), "");
    }

    #[test]
    fn a_long_text_is_shown_around_the_first_hit() {
        let text = format!("{} needle {}", "hay ".repeat(500), "straw ".repeat(500));
        let shown = shown(&text, "needle");
        assert!(shown.starts_with("…hay "), "{shown}");
        assert!(shown.contains(" [needle] straw "), "{shown}");
        assert!(shown.ends_with('…'), "{shown}");
        assert!(shown.chars().count() < 210, "{shown}");
    }

    proptest! {
        #[test]
        fn any_text_has_a_snippet(text in "\\PC{0,400}", search in "\\PC{0,4}") {
            let snippet = Snippet::of(&text, &SearchWords::parse(&search));
            let length: usize = snippet.parts.iter().map(|part| part.text.chars().count()).sum();
            prop_assert!(length <= IN_ALL + 2 + 400);
        }
    }
}
