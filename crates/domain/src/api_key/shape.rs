//! The form of an Anthropic key, and the secret itself.

use std::fmt;

use crate::secret::SecretText;

/// Fewest and most characters of a key.
const LENGTH: std::ops::RangeInclusive<usize> = 20..=512;
/// What every Anthropic key starts with.
const PREFIX: &str = "sk-ant-";
/// Kinds of Anthropic keys that can't call models (platform.claude.com, "API keys"; secretlint's rules for `ort`).
const UNSUPPORTED_KINDS: [&str; 4] = ["sk-ant-admin", "sk-ant-oat", "sk-ant-ort", "sk-ant-api01-"];

/// A provider key in clear: trimmed, `sk-ant-…`, 20 to 512 printable ASCII characters without spaces, so that
/// it can stand in a header and nothing can leave it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeySecret(SecretText);

impl ApiKeySecret {
    /// Reads a key as it was pasted.
    ///
    /// # Errors
    /// [`MalformedKey`] says what is wrong; it never holds a part of the text.
    pub fn parse(text: &SecretText) -> Result<Self, MalformedKey> {
        let key = text.expose().trim();
        if !key.starts_with(PREFIX) {
            return Err(MalformedKey::WrongPrefix);
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(MalformedKey::ForbiddenCharacter);
        }
        if !LENGTH.contains(&key.len()) {
            return Err(MalformedKey::WrongLength);
        }
        if UNSUPPORTED_KINDS.iter().any(|kind| key.starts_with(kind)) {
            return Err(MalformedKey::UnsupportedKind);
        }
        Ok(Self(SecretText::new(key.to_owned())))
    }

    /// The key, for the seal and for the header of a call to the provider; nowhere else.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The last four characters, by which its owner tells it from others.
    pub fn hint(&self) -> KeyHint {
        let key = self.expose();
        let tail = key.get(key.len().saturating_sub(4)..).unwrap_or_default();
        KeyHint(format!("…{tail}"))
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[api key]")
    }
}

/// What of a key may be seen: `…4f2A`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyHint(String);

impl KeyHint {
    /// The hint as it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The hint's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text can't be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedKey {
    /// Another prefix than `sk-ant-`.
    #[error("Invalid API key format. Must start with 'sk-ant-'")]
    WrongPrefix,
    /// Shorter or longer than any key.
    #[error("The API key must have 20 to 512 characters. Please copy the whole key.")]
    WrongLength,
    /// Spaces, line breaks or other characters that no key has.
    #[error(
        "The API key contains characters that no key has (spaces, line breaks or letters beyond ASCII). Please copy it again."
    )]
    ForbiddenCharacter,
    /// An admin key, an OAuth token or a refresh token.
    #[error(
        "This kind of key can't call models. Please create an API key in the Anthropic Console (it starts with 'sk-ant-api03-')."
    )]
    UnsupportedKind,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<ApiKeySecret, MalformedKey> {
        ApiKeySecret::parse(&SecretText::new(text.to_owned()))
    }

    #[test]
    fn a_key_with_spaces_around_is_trimmed() {
        let key = parse("  sk-ant-api03-abcdefghijklmnop4f2A\r\n").unwrap();
        assert_eq!(key.expose(), "sk-ant-api03-abcdefghijklmnop4f2A");
        assert_eq!(key.hint().as_str(), "…4f2A");
    }

    #[test]
    fn each_fault_of_shape_has_its_name() {
        use MalformedKey::{ForbiddenCharacter, UnsupportedKind, WrongLength, WrongPrefix};
        let long = format!("sk-ant-{}", "a".repeat(506));
        let cases = [
            ("", WrongPrefix),
            ("x", WrongPrefix),
            ("$ANTHROPIC_API_KEY", WrongPrefix),
            ("file:///etc/passwd", WrongPrefix),
            ("SK-ANT-api03-abcdefghijklmnop", WrongPrefix),
            ("sk-ant-short", WrongLength),
            (long.as_str(), WrongLength),
            ("sk-ant-api03-abc def ghi jkl mno", ForbiddenCharacter),
            ("sk-ant-api03-abc\tdefghijklmno", ForbiddenCharacter),
            ("sk-ant-api03-abc\r\nx-evil: 1", ForbiddenCharacter),
            ("sk-ant-api03-abc\0defghijklmno", ForbiddenCharacter),
            ("sk-ant-api03-äbcdefghijklmnop", ForbiddenCharacter),
            ("sk-ant-admin01-abcdefghijklmnop", UnsupportedKind),
            ("sk-ant-oat01-abcdefghijklmnop", UnsupportedKind),
            ("sk-ant-ort01-abcdefghijklmnop", UnsupportedKind),
            ("sk-ant-api01-abcdefghijklmnop", UnsupportedKind),
        ];
        for (text, fault) in cases {
            assert_eq!(parse(text), Err(fault), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_can_stand_in_a_header(text in "\\s{0,3}(sk-ant-)?\\PC{0,600}\\s{0,3}") {
            if let Ok(key) = parse(&text) {
                prop_assert!(key.expose().bytes().all(|b| (0x21..=0x7e).contains(&b)));
                prop_assert!(LENGTH.contains(&key.expose().len()));
                prop_assert_eq!(parse(key.expose()), Ok(key.clone()));
            }
        }
    }
}
