//! Content blocks of a message: looked at loosely, kept verbatim.

use latchkey_domain::RawJson;

use crate::{
    json::{Fault, Kind, Value, unicode},
    problem::FieldFault,
};

/// What a person may send.
const USER_BLOCKS: &[&str] = &["text", "image", "document"];

/// Most blocks of one message.
pub(super) const MAX_BLOCKS: usize = 1_024;
/// So many faults are named; who sends more has misunderstood something else.
pub(super) const MAX_FAULTS: usize = 100;

/// Who wrote content blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// A person, whose texts must be Unicode.
    Person,
    /// The model, whose blocks go back as they came.
    Model,
}

/// Content as the provider wants it, and its text.
#[derive(Debug, Clone)]
pub struct Content {
    /// The blocks, a JSON array, as they came.
    pub blocks: RawJson,
    /// The text of all text blocks.
    pub text: String,
}

/// A plain message: one text block around the very literal that came.
pub fn of_text(value: Value<'_>) -> Result<Content, Fault> {
    let text = unicode(value)?;
    if text.trim().is_empty() {
        return Err("must not be empty".into());
    }
    let blocks = format!("[{{\"type\":\"text\",\"text\":{}}}]", value.text());
    Ok(Content {
        blocks: RawJson::from_trusted(blocks),
        text: without_nul(&text),
    })
}

/// A person's content blocks.
pub fn of_blocks(value: Value<'_>) -> Result<Content, Fault> {
    checked_blocks(value, Writer::Person, |kind| {
        if USER_BLOCKS.contains(&kind) {
            Ok(())
        } else {
            Err("must be text, image or document")
        }
    })
}

/// Content blocks whose types `allow` takes.
pub(super) fn checked_blocks(
    value: Value<'_>,
    writer: Writer,
    allow: impl Fn(&str) -> Result<(), &'static str>,
) -> Result<Content, Fault> {
    if value.kind() != Kind::Array {
        return Err("must be an array of content blocks".into());
    }
    let mut texts = Vec::new();
    let mut faults = Vec::new();
    for (at, block) in value.items().enumerate() {
        if at >= MAX_BLOCKS {
            return Err("must have at most 1,024 content blocks".into());
        }
        match check_block(block, writer, &allow) {
            Ok(Some(text)) => texts.push(text),
            Err((place, detail)) if faults.len() < MAX_FAULTS => faults.push(FieldFault {
                pointer: format!("/{at}{place}"),
                detail: detail.into(),
            }),
            Ok(None) | Err(_) => {}
        }
    }
    if !faults.is_empty() {
        return Err(Fault::Inside(faults));
    }
    if value.items().next().is_none() {
        return Err("must not be empty".into());
    }
    Ok(Content {
        blocks: value.to_raw(),
        text: texts.join("\n\n"),
    })
}

type BlockFault = (&'static str, &'static str);

/// The block's text, if it is a text block.
fn check_block(
    block: Value<'_>,
    writer: Writer,
    allow: &impl Fn(&str) -> Result<(), &'static str>,
) -> Result<Option<String>, BlockFault> {
    if block.kind() != Kind::Object {
        return Err(("", "must be a content block"));
    }
    let kind = block
        .member("type")
        .and_then(Value::string)
        .ok_or(("/type", "must be a text"))?;
    allow(&kind).map_err(|detail| ("/type", detail))?;
    if kind != "text" {
        return Ok(None);
    }
    let literal = block.member("text");
    let text = literal
        .and_then(Value::string)
        .ok_or(("/text", "must be a text"))?;
    if writer == Writer::Person && !literal.is_some_and(Value::is_unicode) {
        return Err(("/text", "must be Unicode text"));
    }
    if text.trim().is_empty() {
        return Err(("/text", "must not be empty"));
    }
    Ok(Some(without_nul(&text)))
}

/// The text for search and titles. The content keeps its NULs as escapes; here not every store could hold them.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
