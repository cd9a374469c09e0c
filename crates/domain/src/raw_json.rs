//! JSON of the provider's, kept as it came.

use std::sync::Arc;

/// A JSON value that passes through unread: nothing of the provider's is lost, reordered or rounded.
///
/// The domain neither parses nor builds JSON; whoever makes a `RawJson` vouches that it is one well-formed value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawJson(Arc<str>);

impl RawJson {
    /// Takes text that the caller knows to be one well-formed JSON value.
    pub fn from_trusted(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The empty array.
    pub fn empty_array() -> Self {
        Self("[]".into())
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the array without elements.
    pub fn is_empty_array(&self) -> bool {
        self.0
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|inner| inner.trim().is_empty())
    }
}

impl std::fmt::Debug for RawJson {
    /// Only the length: the text may be somebody's prompt.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawJson({} bytes)", self.0.len())
    }
}
