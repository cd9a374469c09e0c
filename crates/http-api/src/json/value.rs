//! Values as slices of a text that was checked.

use std::borrow::Cow;

use latchkey_domain::RawJson;

/// What kind of value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A text.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A JSON value: its text, known to be well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    pub(super) fn of_checked(text: &'a str) -> Self {
        Self(text)
    }

    /// What kind of value it is.
    pub fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') | None => Kind::Null,
            Some(_) => Kind::Number,
        }
    }

    /// The value as it came.
    pub fn text(self) -> &'a str {
        self.0
    }

    /// The value as it came, to keep.
    pub fn to_raw(self) -> RawJson {
        RawJson::from_trusted(self.0)
    }

    /// Whether each escape stands for a character: there is no lone surrogate.
    pub fn is_unicode(self) -> bool {
        let mut rest = self.0;
        while let Some((_, after)) = rest.split_once('\\') {
            // Any other escape is one ASCII character.
            let (c, length) = if after.starts_with('u') {
                unescape_unicode(after)
            } else {
                (Some('x'), 1)
            };
            if c.is_none() {
                return false;
            }
            rest = after.get(length..).unwrap_or_default();
        }
        true
    }

    /// The text, if it is one. Lone surrogates, which no Rust string can hold, become U+FFFD.
    pub fn string(self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::String).then(|| unescape(self.0))
    }

    /// The items of an array; none of anything else.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> {
        let mut rest = Rest::inside(self, Kind::Array);
        std::iter::from_fn(move || rest.value())
    }

    /// The members of an object; none of anything else.
    pub fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> {
        let mut rest = Rest::inside(self, Kind::Object);
        std::iter::from_fn(move || Some((unescape(rest.value()?.0), rest.value()?)))
    }

    /// The member of an object with this name.
    pub fn member(self, name: &str) -> Option<Value<'a>> {
        self.members()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value)
    }
}

/// What is left of a checked array or object.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn inside(value: Value<'a>, kind: Kind) -> Self {
        if value.kind() != kind {
            return Self("");
        }
        let text = value.0;
        Self(
            text.get(1..text.len().saturating_sub(1))
                .unwrap_or_default(),
        )
    }

    /// The next value, a member's name or not.
    fn value(&mut self) -> Option<Value<'a>> {
        let is_between = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | ',' | ':');
        let text = self.0.trim_start_matches(is_between);
        if text.is_empty() {
            return None;
        }
        let (value, rest) = text.split_at_checked(length_of_first(text))?;
        self.0 = rest;
        Some(Value(value))
    }
}

/// Length of the value that a checked text begins with.
fn length_of_first(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at += length_of_string(bytes.get(at..).unwrap_or_default()),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' if depth == 0 => return at,
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// Length of the string that checked bytes begin with, quotes included.
fn length_of_string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    at
}

/// The text of a checked string literal.
pub(super) fn unescape(literal: &str) -> Cow<'_, str> {
    let inner = literal
        .get(1..literal.len().saturating_sub(1))
        .unwrap_or_default();
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    // Never longer than the literal: a buffer that doesn't move leaves no copy of a secret.
    let mut text = String::with_capacity(inner.len());
    unescape_into(inner, &mut text);
    Cow::Owned(text)
}

fn unescape_into(inner: &str, text: &mut String) {
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = after.chars();
        let unescaped = match chars.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let (c, length) = unescape_unicode(after);
                text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = after.get(length..).unwrap_or_default();
                continue;
            }
            Some(other) => other,
            None => break,
        };
        text.push(unescaped);
        rest = chars.as_str();
    }
    text.push_str(rest);
}

/// The character of an escape, and the length of what it took, of a text that begins behind the first backslash.
/// `None` is a lone surrogate.
fn unescape_unicode(text: &str) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(1).unwrap_or(0xFFFD);
    if let 0xD800..=0xDBFF = first
        && text.get(5..7) == Some("\\u")
        && let Some(second @ 0xDC00..=0xDFFF) = unit(7)
    {
        let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return (char::from_u32(code), 11);
    }
    (char::from_u32(first), 5)
}
