//! Content blocks of a message: a person's are looked at closely, the model's loosely; all are kept verbatim.

mod image;
mod source;

use std::borrow::Cow;

use latchkey_domain::{
    RawJson,
    llm::{AskedFeatures, Feature},
};

use crate::{
    json::{Fault, Kind, Value, unicode},
    problem::FieldFault,
};
use image::Size;

/// What a person may send.
const USER_BLOCKS: &[&str] = &["text", "image", "document"];

/// Most blocks of one message.
pub(super) const MAX_BLOCKS: usize = 1_024;
/// So many faults are named; who sends more has misunderstood something else.
pub(super) const MAX_FAULTS: usize = 100;

/// Who wrote content blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// A person, whose texts must be Unicode and whose images must be such.
    Person,
    /// The model, whose blocks go back as they came.
    Model,
}

/// Content as the provider wants it, and what it is made of.
#[derive(Debug, Clone)]
pub struct Content {
    /// The blocks, a JSON array, as they came.
    pub blocks: RawJson,
    /// The text of all text blocks.
    pub text: String,
    /// What it asks of the model.
    pub asked: AskedFeatures,
    /// The longest edge of all images, in pixels, as far as it is known.
    pub longest_edge: u32,
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
        asked: AskedFeatures::default(),
        longest_edge: 0,
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
    let mut content = Content {
        blocks: value.to_raw(),
        text: String::new(),
        asked: AskedFeatures::default(),
        longest_edge: 0,
    };
    let mut faults = Vec::new();
    let mut texts = Vec::new();
    for (at, block) in value.items().enumerate() {
        if at >= MAX_BLOCKS {
            return Err("must have at most 1,024 content blocks".into());
        }
        match check_block(block, writer, &allow) {
            Ok(Seen::Text(text)) => texts.push(text),
            Ok(Seen::Image(size)) => {
                content.asked.uses(Feature::Images);
                content.asked.images += 1;
                content.longest_edge = content.longest_edge.max(size.longest_edge());
            }
            Ok(Seen::Pdf) => content.asked.uses(Feature::Pdf),
            Err(fault) if faults.len() < MAX_FAULTS => faults.push(FieldFault {
                pointer: format!("/{at}{}", fault.pointer),
                detail: fault.detail,
            }),
            Ok(Seen::Other) | Err(_) => {}
        }
    }
    if !faults.is_empty() {
        return Err(Fault::Inside(faults));
    }
    if value.items().next().is_none() {
        return Err("must not be empty".into());
    }
    content.text = texts.join("\n\n");
    Ok(content)
}

/// What a block turned out to be.
enum Seen {
    Text(String),
    Image(Size),
    Pdf,
    Other,
}

/// A fault within a block.
fn fault(pointer: &str, detail: impl Into<Cow<'static, str>>) -> FieldFault {
    FieldFault {
        pointer: pointer.to_owned(),
        detail: detail.into(),
    }
}

fn check_block(
    block: Value<'_>,
    writer: Writer,
    allow: &impl Fn(&str) -> Result<(), &'static str>,
) -> Result<Seen, FieldFault> {
    if block.kind() != Kind::Object {
        return Err(fault("", "must be a content block"));
    }
    let kind = block
        .member("type")
        .and_then(Value::string)
        .ok_or_else(|| fault("/type", "must be a text"))?;
    allow(&kind).map_err(|detail| fault("/type", detail))?;
    if writer == Writer::Person {
        refuse_cache_control(block)?;
    }
    match (&*kind, writer) {
        ("text", _) => check_text(block, writer).map(Seen::Text),
        ("image", Writer::Person) => source::check_image(block).map(Seen::Image),
        ("document", Writer::Person) => check_document(block),
        _ => Ok(Seen::Other),
    }
}

/// Breakpoints of the client's would add up over the turns to more than the four that the provider takes.
fn refuse_cache_control(block: Value<'_>) -> Result<(), FieldFault> {
    match block.member("cache_control") {
        Some(control) if control.kind() != Kind::Null => Err(fault(
            "/cache_control",
            "can't be given: prompts are cached by themselves, as the account's setting says",
        )),
        _ => Ok(()),
    }
}

fn check_text(block: Value<'_>, writer: Writer) -> Result<String, FieldFault> {
    let literal = block.member("text");
    let text = literal
        .and_then(Value::string)
        .ok_or_else(|| fault("/text", "must be a text"))?;
    if writer == Writer::Person && !literal.is_some_and(Value::is_unicode) {
        return Err(fault("/text", "must be Unicode text"));
    }
    if text.trim().is_empty() {
        return Err(fault("/text", "must not be empty"));
    }
    let is_cited = |citations: Value<'_>| citations.items().next().is_some();
    if writer == Writer::Person && block.member("citations").is_some_and(is_cited) {
        return Err(fault(
            "/citations",
            "are for answers alone; enable them on documents",
        ));
    }
    Ok(without_nul(&text))
}

fn check_document(block: Value<'_>) -> Result<Seen, FieldFault> {
    for name in ["title", "context"] {
        let wrong = |value: Value<'_>| !matches!(value.kind(), Kind::String | Kind::Null);
        if block.member(name).is_some_and(wrong) {
            return Err(fault(&format!("/{name}"), "must be a text"));
        }
    }
    if let Some(citations) = block.member("citations")
        && citations.kind() != Kind::Null
        && citations.member("enabled").map(Value::kind) != Some(Kind::Bool)
    {
        return Err(fault("/citations", "must be {\"enabled\": true} or false"));
    }
    source::check_document(block).map(|is_pdf| if is_pdf { Seen::Pdf } else { Seen::Other })
}

/// The text for search and titles. The content keeps its NULs as escapes; here not every store could hold them.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
