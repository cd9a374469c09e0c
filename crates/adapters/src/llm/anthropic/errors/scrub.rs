//! Takes out of the provider's words what must not be seen: keys in any spelling, organisation ids, control characters.

use std::{borrow::Cow, fmt::Write, ops::Range};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use latchkey_domain::api_key::ApiKeySecret;
use memchr::memmem;
use zeroize::Zeroizing;

/// So many characters of the key in a row, in any spelling, are too many.
const WINDOW: usize = 12;
const KEY_PREFIX: &str = "sk-ant-";
const KEY_MASK: &str = "[key]";
const ID_MASK: &str = "[id]";

/// The text without anything that must not be seen; borrowed when nothing had to be taken out.
pub(super) fn clean<'a>(text: &'a str, key: &ApiKeySecret) -> Cow<'a, str> {
    // First, so that nothing can hide behind an invisible character.
    let text = without_control_characters(text);
    let mut hidden = key_ranges(&text, key);
    hidden.extend(uuid_ranges(&text));
    if hidden.is_empty() {
        return text;
    }
    hidden.sort_unstable_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut last_mask = "";
    for (range, mask) in hidden {
        let before = text.get(at..range.start).unwrap_or_default();
        out.push_str(before);
        // Ranges that touch are one secret.
        if range.start > at || mask != last_mask {
            out.push_str(mask);
        }
        last_mask = mask;
        at = at.max(range.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

fn without_control_characters(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    // A tab or line break still parts words; others just go.
    let visible = text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\t' => Some(' '),
        control if control.is_control() => None,
        other => Some(other),
    });
    Cow::Owned(visible.collect())
}

type Hidden = (Range<usize>, &'static str);

/// Where keys stand: any by its prefix, and this call's by any dozen of its characters in a row. All of them are
/// ASCII, so the ranges lie between characters.
///
/// Each answer's request id comes through here, so the key's spellings are searched as they are: a set of their parts costs more to
/// fill than a short text costs to search.
fn key_ranges(text: &str, key: &ApiKeySecret) -> Vec<Hidden> {
    let spellings = spellings(key.expose());
    let bytes = text.as_bytes();
    let with_rest = |start: usize, length: usize| {
        let end = start + length;
        let rest = bytes.get(end..).unwrap_or_default();
        let more = rest.iter().take_while(|byte| is_of_a_key(**byte)).count();
        (start..end + more, KEY_MASK)
    };
    let mut ranges: Vec<Hidden> = text
        .match_indices(KEY_PREFIX)
        .map(|(start, prefix)| with_rest(start, prefix.len()))
        .collect();
    let mut free_from = 0;
    for (start, window) in bytes.windows(WINDOW).enumerate() {
        if start + WINDOW > free_from && memmem::find(spellings.as_bytes(), window).is_some() {
            let range = with_rest(start, WINDOW);
            free_from = range.0.end;
            ranges.push(range);
        }
    }
    ranges
}

fn is_of_a_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/=%".contains(&byte)
}

/// The key as it may come back: plain, percent-encoded, in hexadecimal, and in base64 at any offset. The spellings stand in lines of
/// their own; a text without control characters can't match across two.
fn spellings(key: &str) -> Zeroizing<String> {
    // Room for all: plain, thrice for the encoded, twice for each hexadecimal, and six times four thirds.
    let mut all = Zeroizing::new(String::with_capacity(key.len() * 16 + 10));
    all.push_str(key);
    all.push('\n');
    all.extend(url::form_urlencoded::byte_serialize(key.as_bytes()));
    all.push('\n');
    for byte in key.bytes() {
        // Writing to a `String` can't fail.
        let _infallible = write!(all, "{byte:02x}");
    }
    all.push('\n');
    for byte in key.bytes() {
        let _infallible = write!(all, "{byte:02X}");
    }
    for offset in 0..3 {
        let tail = key.as_bytes().get(offset..).unwrap_or_default();
        // Whole groups alone: what follows the key changes the last one.
        let groups = tail.get(..tail.len() / 3 * 3).unwrap_or_default();
        all.push('\n');
        STANDARD_NO_PAD.encode_string(groups, &mut all);
        all.push('\n');
        URL_SAFE_NO_PAD.encode_string(groups, &mut all);
    }
    all
}

/// Where UUIDs stand: Anthropic's ids of organisations.
fn uuid_ranges(text: &str) -> Vec<Hidden> {
    const LENGTH: usize = 36;
    let bytes = text.as_bytes();
    let mut ranges = Vec::new();
    let mut free_from = 0;
    for (start, window) in bytes.windows(LENGTH).enumerate() {
        if start >= free_from && is_uuid(window) {
            ranges.push((start..start + LENGTH, ID_MASK));
            free_from = start + LENGTH;
        }
    }
    ranges
}

fn is_uuid(window: &[u8]) -> bool {
    window.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use latchkey_domain::secret::SecretText;
    use proptest::prelude::*;

    const KEY: &str = "sk-ant-api03-CANARY/ab+cd?efgh~ijklmnop4f2A";

    fn key(text: &str) -> ApiKeySecret {
        ApiKeySecret::parse(&SecretText::new(text.into())).unwrap()
    }

    fn leaks(text: &str, key: &str) -> bool {
        key.as_bytes()
            .windows(WINDOW)
            .any(|part| text.as_bytes().windows(WINDOW).any(|window| window == part))
    }

    #[test]
    fn the_key_is_masked_in_every_spelling() {
        let encoded: String = url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect();
        let mut hex = String::new();
        for byte in KEY.bytes() {
            write!(hex, "{byte:02x}").unwrap();
        }
        let mut spelled = vec![KEY.to_owned(), encoded, hex.to_uppercase(), hex];
        for before in ["", "x", "xy"] {
            spelled.push(STANDARD.encode(format!("{before}{KEY}:")));
            spelled.push(URL_SAFE.encode(format!("{before}{KEY}:")));
        }
        for text in spelled {
            let cleaned = clean(&format!("bad key {text}, sorry"), &key(KEY)).into_owned();
            assert!(cleaned.contains(KEY_MASK), "{text}");
            for part in text.as_bytes().windows(WINDOW + 4) {
                let part = std::str::from_utf8(part).unwrap();
                assert!(!cleaned.contains(part), "{cleaned}");
            }
        }
    }

    #[test]
    fn other_keys_and_stumps_are_masked_too() {
        let cleaned = |text| clean(text, &key(KEY)).into_owned();
        assert_eq!(cleaned("no sk-ant-api03-R2D_x-9 here"), "no [key] here");
        assert_eq!(cleaned("ends with sk-ant-ap"), "ends with [key]");
        assert_eq!(cleaned("the end ~ijklmnop4f2A!"), "the end [key]!");
        assert_eq!(
            cleaned("twice sk-ant-aaaaaaaa, sk-ant-bbbbbbbb"),
            "twice [key], [key]"
        );
    }

    #[test]
    fn organisations_and_control_characters_go() {
        let text = "limit of\n your org\u{1b}[31m (0dccdde6-f924-4f1b-bb3b-92ef846e0a5b)\0.";
        assert_eq!(clean(text, &key(KEY)), "limit of  your org[31m ([id]).");
    }

    #[test]
    fn harmless_words_stay_as_they_are() {
        for text in [
            "Overloaded",
            "prompt is too long: 3333404 tokens > 200000 maximum",
            "ä😀",
            "",
        ] {
            assert!(matches!(clean(text, &key(KEY)), Cow::Borrowed(same) if same == text));
        }
    }

    proptest! {
        #[test]
        fn no_dozen_characters_of_a_key_get_through(
            secret in "sk-ant-api03-[!-~]{20,60}",
            before in "\\PC{0,20}",
            after in "\\PC{0,20}",
            cut in 0usize..20,
        ) {
            let text = format!("{before}{}{after}", &secret[cut..]);
            let cleaned = clean(&text, &key(&secret)).into_owned();
            prop_assert!(!leaks(&cleaned, &secret), "{}", cleaned);
        }

        #[test]
        fn any_text_is_cleaned_without_harm(text in any::<String>()) {
            let cleaned = clean(&text, &key(KEY)).into_owned();
            prop_assert!(!cleaned.chars().any(char::is_control));
            prop_assert!(!cleaned.contains("sk-ant-"));
        }
    }
}
