//! What counts as a word.
//!
//! A word is a run of letters and digits, folded. Scripts without spaces between words give each pair of neighbouring letters, and
//! the last letter alone, so that any part of a sentence can be found.

use std::{collections::BTreeSet, ops::ControlFlow, ops::Range};

use super::fold::{Sign, folded, is_ignored};

/// Most letters of a word; what is longer is found by its beginning.
const MAX_WORD_CHARS: usize = 64;
/// How much of the words of one text is kept, in bytes, with what the stores need beside each: below what PostgreSQL takes.
const MAX_INDEXED_BYTES: usize = 512 * 1024;
const BESIDE_EACH_WORD: usize = 16;

/// The words of `text` by which it is found, each once. What is beyond about fifty thousand different words is left out.
pub fn indexed_words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut room = MAX_INDEXED_BYTES;
    // Without an end that is asked for, it ends with the text.
    let _end = for_each_run(text, |run| {
        run.for_each_word(|word, _| {
            if words.contains(word) {
                return ControlFlow::Continue(());
            }
            match room.checked_sub(word.len() + BESIDE_EACH_WORD) {
                Some(left) => {
                    room = left;
                    words.insert(word.to_owned());
                    ControlFlow::Continue(())
                }
                None => ControlFlow::Break(()),
            }
        })
    });
    words
}

/// A run of letters of one kind, folded.
pub(super) struct Run {
    pub(super) is_dense: bool,
    pub(super) text: String,
    units: Vec<Unit>,
}

/// A letter of a dense run with its marks, or a whole run of others.
struct Unit {
    /// Where it begins in the run's text.
    starts: usize,
    /// Where it stands in the text.
    at: Range<usize>,
}

impl Run {
    fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Gives each word with the place where it stands in the text.
    pub(super) fn for_each_word(
        &self,
        mut each: impl FnMut(&str, Range<usize>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if !self.is_dense {
            let Some(unit) = self.units.as_slice().first() else {
                return ControlFlow::Continue(());
            };
            return each(shortened(&self.text), unit.at.clone());
        }
        for (number, unit) in self.units.iter().enumerate() {
            let next = self.units.get(number + 1);
            let end = self
                .units
                .get(number + 2)
                .map_or(self.text.len(), |after| after.starts);
            let word = self.text.get(unit.starts..end).unwrap_or_default();
            let until = next.map_or(unit.at.end, |next| next.at.end);
            each(word, unit.at.start..until)?;
        }
        ControlFlow::Continue(())
    }

    /// How many letters a dense run has.
    pub(super) fn units(&self) -> usize {
        self.units.len()
    }

    fn push(&mut self, folded: &str, at: Range<usize>) {
        match self.units.last_mut() {
            Some(unit) if !self.is_dense => unit.at.end = at.end,
            _ => self.units.push(Unit {
                starts: self.text.len(),
                at,
            }),
        }
        self.text.push_str(folded);
    }

    fn push_mark(&mut self, folded: &str, end: usize) {
        if let Some(unit) = self.units.last_mut() {
            self.text.push_str(folded);
            unit.at.end = end;
        }
    }
}

fn shortened(word: &str) -> &str {
    if word.len() <= MAX_WORD_CHARS {
        return word;
    }
    let end = word.char_indices().nth(MAX_WORD_CHARS);
    end.and_then(|(end, _)| word.get(..end)).unwrap_or(word)
}

/// Gives each run of `text`, in order, until `each` breaks off.
pub(super) fn for_each_run(
    text: &str,
    mut each: impl FnMut(&Run) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut run = Run {
        is_dense: false,
        text: String::new(),
        units: Vec::new(),
    };
    for (start, letter) in text.char_indices() {
        let at = start..start + letter.len_utf8();
        if letter.is_ascii_alphanumeric() {
            let folded = letter.to_ascii_lowercase();
            add(&mut run, Sign::Letter, folded, at, &mut each)?;
        } else if is_ignored(letter) {
            run.push_mark("", at.end);
        } else if letter.is_ascii() {
            end(&mut run, &mut each)?;
        } else {
            for folded in folded(letter) {
                add(&mut run, Sign::of(folded), folded, at.clone(), &mut each)?;
            }
        }
    }
    end(&mut run, &mut each)
}

fn add(
    run: &mut Run,
    sign: Sign,
    folded: char,
    at: Range<usize>,
    each: &mut impl FnMut(&Run) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let text = folded.encode_utf8(&mut [0; 4]).to_owned();
    match sign {
        Sign::Other => end(run, each)?,
        Sign::Mark => run.push_mark(&text, at.end),
        Sign::Letter | Sign::Dense => {
            let is_dense = sign == Sign::Dense;
            if run.is_dense != is_dense {
                end(run, each)?;
                run.is_dense = is_dense;
            }
            run.push(&text, at);
        }
    }
    ControlFlow::Continue(())
}

fn end(run: &mut Run, each: &mut impl FnMut(&Run) -> ControlFlow<()>) -> ControlFlow<()> {
    if run.is_empty() {
        return ControlFlow::Continue(());
    }
    let outcome = each(run);
    run.text.clear();
    run.units.clear();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        indexed_words(text).into_iter().collect()
    }

    #[test]
    fn case_and_accents_are_no_part_of_a_word() {
        for (text, expected) in [
            ("Hello, HELLO wörld!", vec!["hello", "world"]),
            ("STRASSE Straße ẞ", vec!["ss", "strasse"]),
            (
                "Ångström Œuvre Łódź İstanbul",
                vec!["angstrom", "istanbul", "lodz", "oeuvre"],
            ),
            (
                "e\u{301}te\u{301} co\u{AD}operate",
                vec!["cooperate", "ete"],
            ),
            ("ΟΔΥΣΣΕΥΣ οδυσσευς", vec!["οδυσσευσ"]),
            ("Ёлка ёлка", vec!["елка"]),
            (
                "snake_case C:\\temp 3.14",
                vec!["14", "3", "c", "case", "snake", "temp"],
            ),
            ("𝐁𝐨𝐥𝐝 ﬁne ２０２６", vec!["2026", "bold", "fine"]),
            ("... !? 🎉", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_give_pairs_of_letters() {
        assert_eq!(words("東京都"), ["京都", "東京", "都"]);
        assert_eq!(words("が"), words("か\u{3099}"));
        assert_ne!(words("が"), words("か"));
        assert_eq!(words("GPT4は便利"), ["gpt4", "は便", "便利", "利"]);
        assert_eq!(
            words("한국어"),
            words(&"한국어".chars().flat_map(folded).collect::<String>())
        );
    }

    #[test]
    fn a_words_place_is_where_it_stands() {
        let mut found = Vec::new();
        let text = "é東京 Zug!";
        let end = for_each_run(text, |run| {
            run.for_each_word(|word, at| {
                found.push((word.to_owned(), text[at].to_owned()));
                ControlFlow::Continue(())
            })
        });
        assert_eq!(end, ControlFlow::Continue(()));
        let expected = [("e", "é"), ("東京", "東京"), ("京", "京"), ("zug", "Zug")];
        assert_eq!(
            found,
            expected.map(|(word, at)| (word.to_owned(), at.to_owned()))
        );
    }

    #[test]
    fn what_is_indexed_of_one_text_is_bounded() {
        use std::fmt::Write as _;
        let mut text = "x".repeat(100);
        for n in 0..100_000 {
            write!(text, " {n}").unwrap();
        }
        let words = indexed_words(&text);
        assert!(words.contains(&"x".repeat(64)));
        let bytes: usize = words.iter().map(|word| word.len() + 16).sum();
        assert!((400_000..=512 * 1024).contains(&bytes), "{bytes}");
    }

    proptest! {
        /// What the stores rely on: no word has a space, a quote or another sign of theirs in it, or a capital.
        #[test]
        fn words_are_letters_digits_and_marks(text in "\\PC{0,40}|[\u{0}-\u{10FFFF}]{0,20}") {
            for word in indexed_words(&text) {
                prop_assert!(!word.is_empty());
                for letter in word.chars() {
                    prop_assert!(Sign::of(letter) != Sign::Other, "{letter:?}");
                    prop_assert!(!letter.is_ascii() || letter.is_ascii_lowercase() || letter.is_ascii_digit());
                }
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once: Vec<String> = indexed_words(&text).into_iter().collect();
            for word in once {
                let again: String = word.chars().flat_map(folded).collect();
                prop_assert_eq!(again, word);
            }
        }
    }
}
