//! JSON as text: read without rounding or reordering, written without re-serialising.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The members of an object in the order in which they came, values unread.
pub(crate) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The members of `object`; `None` when it is no object.
    pub(crate) fn of(object: &'a RawValue) -> Option<Self> {
        serde_json::from_str(object.get()).ok()
    }

    /// The value of the member with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| *value)
    }

    /// Whether no two members have the same name.
    pub(super) fn are_distinct(&self) -> bool {
        let mut names = HashSet::with_capacity(self.0.len());
        self.0.iter().all(|(name, _)| names.insert(name))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

/// A member's name, borrowed unless it has escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            members.push((name, value));
        }
        Ok(Members(members))
    }
}

/// What stands between the quotes of a string, escapes as they are; `None` when the value is no string.
///
/// Such pieces can be joined without being decoded: the whole then has exactly the characters of its parts, even
/// where an escaped pair of surrogates was cut in two.
pub(crate) fn inside_quotes(value: &RawValue) -> Option<&str> {
    value.get().strip_prefix('"')?.strip_suffix('"')
}

/// The text of a string of which `inside` stands between the quotes. Half a surrogate pair becomes U+FFFD.
pub(crate) fn decode(inside: &str) -> Cow<'_, str> {
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    let quoted = format!("\"{inside}\"");
    serde_json::from_str::<String>(&quoted)
        .or_else(|_| serde_json::from_str::<LossyText>(&quoted).map(|text| text.0))
        .map_or(Cow::Borrowed(inside), Cow::Owned)
}

struct LossyText(String);

impl<'de> Deserialize<'de> for LossyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lossy;
        impl Visitor<'_> for Lossy {
            type Value = LossyText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<LossyText, E> {
                Ok(LossyText(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Lossy)
    }
}

/// Appends `text` as a string, quotes included.
pub(crate) fn push_string(out: &mut String, text: &str) {
    use fmt::Write;
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                // Writing to a `String` can't fail.
                let _infallible = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Whether `text` is one well-formed JSON value.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn members_keep_their_order_and_digits() {
        let raw: Box<RawValue> =
            serde_json::from_str(r#"{"z":1.10,"a":123456789012345678901234567890,"\u0062":null}"#)
                .unwrap();
        let members = Members::of(&raw).unwrap();
        let seen: Vec<_> = members
            .0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.get()))
            .collect();
        assert_eq!(
            seen,
            [
                ("z", "1.10"),
                ("a", "123456789012345678901234567890"),
                ("b", "null")
            ]
        );
    }

    #[test]
    fn half_a_surrogate_pair_is_no_error() {
        assert_eq!(decode(r"a\ud83db"), "a\u{fffd}\u{fffd}\u{fffd}b");
        assert_eq!(decode(r"a\ud83d\ude00b"), "a😀b");
    }

    proptest! {
        #[test]
        fn strings_come_back(text in any::<String>()) {
            let mut out = String::new();
            push_string(&mut out, &text);
            prop_assert_eq!(&serde_json::from_str::<String>(&out).unwrap(), &text);
            prop_assert_eq!(decode(out.strip_prefix('"').unwrap().strip_suffix('"').unwrap()), text);
        }
    }
}
