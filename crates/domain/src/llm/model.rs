//! Models by their id.

use std::fmt;

use super::ModelLifecycle;
use crate::time::Timestamp;

/// The provider's id of a model: 1 to 128 characters of `A–Z a–z 0–9 . _ - : @ /`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(String);

impl ModelId {
    /// Reads an id; whether the provider knows it is the provider's to say.
    ///
    /// # Errors
    /// [`InvalidModelId`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidModelId> {
        let fits = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-:@/".contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidModelId)
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text isn't a model id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a model id such as claude-sonnet-5-5")]
pub struct InvalidModelId;

/// What the provider says of a model. What it doesn't say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// The model's id.
    pub id: ModelId,
    /// Its name for people.
    pub display_name: Option<String>,
    /// When it came out.
    pub created_at: Option<Timestamp>,
    /// Most tokens of a prompt.
    pub max_input_tokens: Option<u64>,
    /// Most tokens of an answer.
    pub max_output_tokens: Option<u64>,
    /// Where it is in its life.
    pub lifecycle: Option<ModelLifecycle>,
}
