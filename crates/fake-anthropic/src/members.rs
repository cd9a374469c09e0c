//! Writes JSON objects whose members stand in the order of the real service's, without building a tree first.

use std::fmt::Display;

use serde_json::Value;

/// An object that is being written.
#[derive(Debug)]
pub(crate) struct Members {
    json: String,
}

impl Members {
    pub(crate) fn new() -> Self {
        Self {
            json: String::with_capacity(128),
        }
    }

    /// A member whose value is a string.
    pub(crate) fn text(self, name: &str, text: &str) -> Self {
        self.json(name, quoted(text))
    }

    /// A member whose value is JSON already.
    pub(crate) fn json(mut self, name: &str, json: impl Display) -> Self {
        use std::fmt::Write;
        let comma = if self.json.is_empty() { "" } else { "," };
        // Writing to a string can't fail.
        let _ = write!(self.json, "{comma}\"{name}\":{json}");
        self
    }

    /// The members without braces, to stand among others.
    pub(crate) fn bare(self) -> String {
        self.json
    }

    pub(crate) fn object(self) -> String {
        format!("{{{}}}", self.json)
    }
}

/// A string as JSON.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| Value::from(text).to_string())
}
