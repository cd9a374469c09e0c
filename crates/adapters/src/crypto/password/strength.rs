//! The judge of passwords: the list of the most used, words that belong to the account or to this product, and zxcvbn.

use latchkey_domain::user::{Password, PasswordStrength, PasswordWeakness};
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

/// Lower-case, one a line; lines that start with `# ` are its licence.
const MOST_USED: &str = include_str!("most_used.txt");
const PRODUCT_WORDS: [&str; 3] = ["latchkey", "claude", "anthropic"];
/// Shorter parts of an address or a name say nothing about a password.
const MIN_PERSONAL_CHARS: usize = 3;
/// With fewer letters than this beside known words, digits and marks, a password is made of the known words.
const MIN_OTHER_LETTERS: usize = 4;

/// Judges passwords without asking anybody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strength;

impl PasswordStrength for Strength {
    fn judge(&self, password: &Password, personal: &[String]) -> Result<(), PasswordWeakness> {
        let lower = Zeroizing::new(password.expose().to_lowercase());
        if is_most_used(&lower) {
            return Err(PasswordWeakness::Common);
        }
        let words = known_words(personal);
        if is_made_of(&lower, &words) {
            return Err(PasswordWeakness::Personal);
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if zxcvbn(password.expose(), &words).score() < Score::Three {
            return Err(PasswordWeakness::Guessable);
        }
        Ok(())
    }
}

fn is_most_used(lower: &str) -> bool {
    MOST_USED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .any(|line| line == lower)
}

/// This product's words and the account's, whole and in parts, lower-case, the longest first.
fn known_words(personal: &[String]) -> Vec<String> {
    let personal: Vec<String> = personal.iter().map(|text| text.to_lowercase()).collect();
    let parts = personal
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let whole = personal.iter().map(String::as_str);
    let mut words: Vec<String> = whole
        .chain(parts)
        .filter(|word| word.chars().count() >= MIN_PERSONAL_CHARS)
        .chain(PRODUCT_WORDS)
        .map(str::to_owned)
        .collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

/// Whether `lower` holds a known word and, beside such words, digits and marks, next to nothing.
fn is_made_of(lower: &str, words: &[String]) -> bool {
    let mut rest = Zeroizing::new(lower.to_owned());
    let mut held_one = false;
    for word in words {
        if rest.contains(word.as_str()) {
            held_one = true;
            // A space, so that the ends that meet don't make a new word.
            rest = Zeroizing::new(rest.replace(word.as_str(), " "));
        }
    }
    held_one && rest.chars().filter(|c| c.is_alphabetic()).count() < MIN_OTHER_LETTERS
}
