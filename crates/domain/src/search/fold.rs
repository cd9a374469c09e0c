//! Letters without case and accents.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The letters that stand for `letter` in every search: small, without accents, in their compatible form.
pub(super) fn folded(letter: char) -> impl Iterator<Item = char> {
    std::iter::once(letter)
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|folded| !is_accent(*folded))
        .flat_map(plain_letters)
}

/// Letters whose stroke or shape is no mark that could be taken off, as people type them without it.
fn plain_letters(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

/// Whether a sign only says how the letter before it sounds or looks. Vowel signs of Indic scripts and the voicing marks of
/// Kana are not among them: they make another letter.
fn is_accent(sign: char) -> bool {
    matches!(
        sign,
        '\u{300}'..='\u{36F}'
            | '\u{591}'..='\u{5BD}'
            | '\u{5BF}'
            | '\u{5C1}'..='\u{5C2}'
            | '\u{5C4}'..='\u{5C5}'
            | '\u{5C7}'
            | '\u{610}'..='\u{61A}'
            | '\u{640}'
            | '\u{64B}'..='\u{65F}'
            | '\u{670}'
            | '\u{6D6}'..='\u{6DC}'
            | '\u{6DF}'..='\u{6E4}'
            | '\u{6E7}'..='\u{6E8}'
            | '\u{6EA}'..='\u{6ED}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FE20}'..='\u{FE2F}'
    )
}

/// Whether a sign neither belongs to a word nor ends one: accents, soft hyphens, invisible joiners.
pub(super) fn is_ignored(sign: char) -> bool {
    is_accent(sign)
        || matches!(
            sign,
            '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}'
        )
}

/// What a folded sign is to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// A letter or digit of a script that puts spaces between words.
    Letter,
    /// A letter of a script that doesn't.
    Dense,
    /// A mark that belongs to the letter before it.
    Mark,
    /// Between words.
    Other,
}

impl Sign {
    pub(super) fn of(folded: char) -> Self {
        if is_combining_mark(folded) {
            Self::Mark
        } else if !folded.is_alphanumeric() {
            Self::Other
        } else if is_dense(folded) {
            Self::Dense
        } else {
            Self::Letter
        }
    }
}

/// Chinese, Japanese, Bopomofo, Thai, Lao, Burmese and Khmer.
fn is_dense(letter: char) -> bool {
    matches!(
        letter,
        '\u{E00}'..='\u{EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3031}'..='\u{312F}'
            | '\u{31A0}'..='\u{31BF}'
            | '\u{31F0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Korean letters: words that end in particles, so that only their beginning is asked for.
pub(super) fn is_hangul(folded: char) -> bool {
    matches!(folded, '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7FF}')
}
