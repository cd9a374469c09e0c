//! Anthropic's JSON, as far as we read it. Everything borrows from what came.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// Anything with a type.
#[derive(Deserialize)]
pub(super) struct Typed<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
}

/// Data of `message_start`.
#[derive(Deserialize)]
pub(super) struct MessageStart<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) message: Message<'a>,
}

/// The answer's frame.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow, default)]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) model: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) content: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    pub(super) stop_reason: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) usage: Option<&'a RawValue>,
}

/// Data of `content_block_start`.
#[derive(Deserialize)]
pub(super) struct BlockStart<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    pub(super) index: usize,
    #[serde(borrow)]
    pub(super) content_block: &'a RawValue,
}

/// Data of `content_block_start`, if the block is a text.
#[derive(Deserialize)]
pub(super) struct TextStart<'a> {
    #[serde(borrow)]
    pub(super) content_block: Text<'a>,
}

/// A text, as far as it is there.
#[derive(Deserialize)]
pub(super) struct Text<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) text: Cow<'a, str>,
}

/// Data of `content_block_delta`: the one that comes by the thousand.
#[derive(Deserialize)]
pub(super) struct BlockDelta<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    pub(super) index: usize,
    #[serde(borrow)]
    pub(super) delta: Delta<'a>,
}

/// What a block grows by. Which member counts is told by `kind`.
#[derive(Deserialize)]
pub(super) struct Delta<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) text: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) thinking: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) signature: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) partial_json: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) citation: Option<&'a RawValue>,
}

impl Delta<'_> {
    /// How many bytes it adds; `None` when it is newer than this program.
    pub(super) fn size(&self) -> Option<usize> {
        let piece = match self.kind.as_ref() {
            "text_delta" => self.text,
            "thinking_delta" => self.thinking,
            "signature_delta" => self.signature,
            "input_json_delta" => self.partial_json,
            "citations_delta" => self.citation,
            _ => return None,
        };
        Some(piece.map_or(0, |piece| piece.get().len()))
    }
}

/// Data of `content_block_delta` with a delta that is newer than this program.
#[derive(Deserialize)]
pub(super) struct UnreadDelta<'a> {
    #[serde(borrow)]
    pub(super) delta: &'a RawValue,
}

/// Data of `content_block_stop`.
#[derive(Deserialize)]
pub(super) struct BlockStop<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    pub(super) index: usize,
}

/// Data of `message_delta`.
#[derive(Deserialize)]
pub(super) struct MessageDelta<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) delta: Option<StopDelta<'a>>,
    #[serde(borrow, default)]
    pub(super) usage: Option<&'a RawValue>,
}

/// Why the model stopped.
#[derive(Deserialize)]
pub(super) struct StopDelta<'a> {
    #[serde(borrow, default)]
    pub(super) stop_reason: Option<Cow<'a, str>>,
}

/// An error: the body of an answer, or the data of an `error` event.
#[derive(Deserialize)]
pub(super) struct ErrorBody<'a> {
    #[serde(borrow, default)]
    pub(super) error: Option<ErrorDetail<'a>>,
    #[serde(borrow, default)]
    pub(super) request_id: Option<Cow<'a, str>>,
}

/// What went wrong.
#[derive(Deserialize)]
pub(super) struct ErrorDetail<'a> {
    #[serde(rename = "type", borrow, default)]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) details: Option<ErrorExtra<'a>>,
}

/// More about an error.
#[derive(Deserialize)]
pub(super) struct ErrorExtra<'a> {
    #[serde(borrow, default)]
    pub(super) error_code: Option<Cow<'a, str>>,
}

/// A page of `GET /v1/models`.
#[derive(Deserialize)]
pub(super) struct ModelPage<'a> {
    #[serde(borrow)]
    pub(super) data: Vec<Model<'a>>,
    #[serde(default)]
    pub(super) has_more: bool,
    #[serde(borrow, default)]
    pub(super) last_id: Option<Cow<'a, str>>,
}

/// One model of the list.
#[derive(Deserialize)]
pub(super) struct Model<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) display_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) created_at: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) max_input_tokens: Option<u64>,
    #[serde(default)]
    pub(super) max_tokens: Option<u64>,
    #[serde(borrow, default)]
    pub(super) lifecycle: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) deprecated_at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) retires_at: Option<&'a RawValue>,
}

/// The answer of `POST /v1/messages/count_tokens`.
#[derive(Deserialize)]
pub(super) struct TokenCount {
    pub(super) input_tokens: u64,
}
