//! What a search asks for.

use std::ops::ControlFlow;

use super::{
    fold::is_hangul,
    words::{Run, for_each_run},
};

/// The words that must all be in a title, or all in a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchWords {
    words: Vec<SearchWord>,
}

/// A word that is searched for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchWord {
    /// The word, folded as [`indexed_words`](super::indexed_words) gives it.
    pub text: String,
    /// Whether words that begin with it will do.
    pub is_beginning: bool,
}

impl SearchWord {
    /// Whether `word` is what is searched for.
    pub fn matches(&self, word: &str) -> bool {
        if self.is_beginning {
            word.starts_with(&self.text)
        } else {
            word == self.text
        }
    }
}

impl SearchWords {
    /// The words of what a person typed. Of the last one, which may still be in the making, the beginning is enough; so it is of Korean
    /// words. No sign in the text is syntax.
    pub fn parse(text: &str) -> Self {
        let mut words = Vec::new();
        let mut last_is_open = false;
        // Without an end that is asked for, it ends with the text.
        let _end = for_each_run(text, |run| {
            last_is_open = !run.is_dense;
            add_words(run, &mut words);
            ControlFlow::Continue(())
        });
        if let Some(last) = words.last_mut().filter(|_| last_is_open) {
            last.is_beginning = true;
        }
        words.sort_unstable();
        words.dedup();
        Self { words }
    }

    /// The words, each once.
    pub fn iter(&self) -> impl Iterator<Item = &SearchWord> {
        self.words.iter()
    }

    /// Whether there is no word in it: then nothing is found.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

fn add_words(run: &Run, words: &mut Vec<SearchWord>) {
    let is_alone = run.units() == 1;
    let mut left = run.units();
    // Without an end that is asked for, it ends with the run.
    let _end = run.for_each_word(|word, _| {
        left = left.saturating_sub(1);
        // The last letter of a dense run is in the pair before it.
        if !run.is_dense || left > 0 || is_alone {
            let is_korean = word.chars().next().is_some_and(is_hangul);
            words.push(SearchWord {
                text: word.to_owned(),
                is_beginning: is_korean || run.is_dense && is_alone,
            });
        }
        ControlFlow::Continue(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<String> {
        let words = SearchWords::parse(text);
        let shown = |word: &SearchWord| {
            let star = if word.is_beginning { "*" } else { "" };
            format!("{}{star}", word.text)
        };
        words.iter().map(shown).collect()
    }

    #[test]
    fn the_last_word_may_go_on() {
        for (text, expected) in [
            ("Recipe BOO", vec!["boo*", "recipe"]),
            ("recipe recipe ", vec!["recipe", "recipe*"]),
            (
                "\"a\" OR b* -c NEAR(d)",
                vec!["a", "b", "c", "d*", "near", "or"],
            ),
            ("京", vec!["京*"]),
            ("東京都", vec!["京都", "東京"]),
            ("tokyo 東京", vec!["tokyo", "東京"]),
            ("%_!", vec![]),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
        assert!(
            SearchWords::parse("한국 역사")
                .iter()
                .all(|word| word.is_beginning)
        );
        assert!(SearchWords::parse(" \0").is_empty());
    }
}
