//! Objects of an export: a member that hasn't the form that is looked for is as good as absent.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::json_text::{Members, decode, inside_quotes};

/// An object, its members unread.
pub struct Object<'a>(Members<'a>);

impl<'a> Object<'a> {
    /// The object that `value` is.
    pub fn of(value: &'a RawValue) -> Option<Self> {
        Members::of(value).map(Self)
    }

    /// A member, whatever it is.
    pub fn value(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name)
    }

    /// A member that is an object.
    pub fn object(&self, name: &str) -> Option<Self> {
        Self::of(self.value(name)?)
    }

    /// A member that is a text.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text_of(self.value(name)?)
    }

    /// The items of a member that is a list; none of anything else.
    pub fn list(&self, name: &str) -> Vec<&'a RawValue> {
        let list = self.value(name).map(RawValue::get);
        list.and_then(|list| serde_json::from_str(list).ok())
            .unwrap_or_default()
    }

    /// A member that is a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        serde_json::from_str(self.value(name)?.get()).ok()
    }

    /// Whether a member is `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value.get() == "true")
    }

    /// All members.
    pub fn members(self) -> Vec<(Cow<'a, str>, &'a RawValue)> {
        self.0.0
    }
}

/// The text that `value` is. Half a surrogate pair becomes U+FFFD.
pub fn text_of(value: &RawValue) -> Option<Cow<'_, str>> {
    inside_quotes(value).map(decode)
}
