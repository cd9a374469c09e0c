//! A content block and what it grew by. Text is kept as it stands between the quotes of its JSON, so that joining
//! pieces costs no more than copying them, and nothing is decoded and encoded again.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::growth::{Growth, Input, push_element, push_list, push_name, push_quoted};
use crate::{
    json_text::{Members, decode, inside_quotes},
    llm::anthropic::wire::{Delta, Typed},
};

/// Holds, in the stored content alone, the input of a tool call that is no JSON: cut off, or never valid.
const PARTIAL_INPUT: &str = "latchkey_partial_input";
/// Holds, in the stored content alone, the deltas whose type is newer than this program.
const UNREAD_DELTAS: &str = "latchkey_unread_deltas";

/// One content block.
#[derive(Debug)]
pub(super) struct Block {
    kind: String,
    /// The block as it began.
    start: Box<RawValue>,
    /// Members that grew since.
    grown: Vec<Grown>,
    /// Deltas that we can't read, joined by commas.
    unread_deltas: String,
    open: bool,
}

#[derive(Debug)]
struct Grown {
    member: &'static str,
    value: Growth,
}

impl Block {
    /// A block that begins; `None` when `raw` is no object with a type, or has a member twice: of two values one reader
    /// takes the first and another the last (RFC 8259, section 4).
    pub(super) fn started(raw: &RawValue) -> Option<Self> {
        Members::of(raw).filter(Members::are_distinct)?;
        let typed: Typed<'_> = serde_json::from_str(raw.get()).ok()?;
        Some(Self {
            kind: typed.kind.into_owned(),
            start: raw.to_owned(),
            grown: Vec::new(),
            unread_deltas: String::new(),
            open: true,
        })
    }

    /// The same block, complete.
    pub(super) fn stopped(mut self) -> Self {
        self.stop();
        self
    }

    pub(super) fn stop(&mut self) {
        self.open = false;
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    pub(super) fn is_text(&self) -> bool {
        self.kind == "text"
    }

    pub(super) fn has_unread_deltas(&self) -> bool {
        !self.unread_deltas.is_empty()
    }

    /// Takes a delta; `raw` gives its JSON if its type is unknown. Says whether it fits the block.
    #[must_use]
    pub(super) fn grow<'a>(
        &mut self,
        delta: &Delta<'a>,
        raw: impl FnOnce() -> Option<&'a RawValue>,
    ) -> bool {
        match delta.kind.as_ref() {
            "text_delta" => self.grow_text("text", delta.text),
            "thinking_delta" => self.grow_text("thinking", delta.thinking),
            "signature_delta" => self.grow_text("signature", delta.signature),
            "input_json_delta" => self.grow_input(delta.partial_json),
            "citations_delta" => self.grow_list("citations", delta.citation),
            _ => raw().is_some_and(|delta| {
                push_element(&mut self.unread_deltas, delta.get());
                true
            }),
        }
    }

    fn grow_text(&mut self, member: &'static str, piece: Option<&RawValue>) -> bool {
        let Some(piece) = piece.and_then(inside_quotes) else {
            return false;
        };
        let grown = self.grown_member(member, |start| {
            match start.map(|value| (value, inside_quotes(value))) {
                None => Some(Growth::Text(String::new())),
                Some((_, Some(text))) => Some(Growth::Text(text.to_owned())),
                Some((value, None)) => (value.get() == "null").then(|| Growth::Text(String::new())),
            }
        });
        match grown {
            Some(Growth::Text(text)) => {
                text.push_str(piece);
                true
            }
            _ => false,
        }
    }

    fn grow_input(&mut self, piece: Option<&RawValue>) -> bool {
        let Some(piece) = piece.and_then(inside_quotes) else {
            return false;
        };
        match self.grown_member("input", |_| Some(Growth::Input(String::new()))) {
            Some(Growth::Input(json)) => {
                json.push_str(piece);
                true
            }
            _ => false,
        }
    }

    fn grow_list(&mut self, member: &'static str, element: Option<&RawValue>) -> bool {
        let Some(element) = element else {
            return false;
        };
        let grown = self.grown_member(member, |start| {
            let start = start.map_or("null", RawValue::get);
            let elements = match start {
                "null" => "",
                list => list.strip_prefix('[')?.strip_suffix(']')?.trim(),
            };
            Some(Growth::List(elements.to_owned()))
        });
        match grown {
            Some(Growth::List(elements)) => {
                push_element(elements, element.get());
                true
            }
            _ => false,
        }
    }

    /// What `member` has grown to; `begin` makes it of the value in the block's start when it grows first.
    fn grown_member(
        &mut self,
        member: &'static str,
        begin: impl FnOnce(Option<&RawValue>) -> Option<Growth>,
    ) -> Option<&mut Growth> {
        // Mostly the last one grows: a block has one or two.
        if let Some(at) = self.grown.iter().rposition(|grown| grown.member == member) {
            return self.grown.get_mut(at).map(|grown| &mut grown.value);
        }
        let start = Members::of(&self.start)?;
        let value = begin(start.get(member))?;
        self.grown.push(Grown { member, value });
        self.grown.last_mut().map(|grown| &mut grown.value)
    }

    /// The string member's text; empty when there is none.
    fn string_member(&self, member: &str) -> Cow<'_, str> {
        let grown = self.grown.iter().find(|grown| grown.member == member);
        match grown.map(|grown| &grown.value) {
            Some(Growth::Text(text)) => decode(text),
            Some(_) => Cow::Borrowed(""),
            None => Members::of(&self.start)
                .and_then(|members| members.get(member).and_then(inside_quotes))
                .map_or(Cow::Borrowed(""), decode),
        }
    }

    /// The text of a text block.
    pub(super) fn text(&self) -> Cow<'_, str> {
        self.string_member("text")
    }

    /// The signature of a thinking block.
    pub(super) fn signature(&self) -> Cow<'_, str> {
        self.string_member("signature")
    }

    /// The id of a tool call.
    pub(super) fn id(&self) -> Cow<'_, str> {
        self.string_member("id")
    }

    /// The id of the tool call to which this block is the result.
    pub(super) fn tool_use_id(&self) -> Cow<'_, str> {
        self.string_member("tool_use_id")
    }

    /// Whether the input is JSON, as it must be unless it was cut off.
    pub(super) fn has_readable_input(&self) -> bool {
        self.grown.iter().all(|grown| match &grown.value {
            Growth::Input(json) => !matches!(Input::read(json), Input::Unreadable),
            Growth::Text(_) | Growth::List(_) => true,
        })
    }

    /// Writes all of the block: also what can't go back to the provider, under names of ours.
    pub(super) fn write_whole(&self, out: &mut String) {
        self.write(out, true);
    }

    /// Writes the block as the provider knows it.
    pub(super) fn write_for_provider(&self, out: &mut String) {
        self.write(out, false);
    }

    fn write(&self, out: &mut String, ours_too: bool) {
        let ours_too = ours_too && (self.has_unread_deltas() || !self.has_readable_input());
        let members = Members::of(&self.start).filter(|_| ours_too || !self.grown.is_empty());
        let Some(members) = members else {
            return out.push_str(self.start.get());
        };
        out.push('{');
        let mut first = true;
        for (name, start) in &members.0 {
            let grown = self.grown.iter().find(|grown| grown.member == name);
            push_name(out, &mut first, name);
            match grown {
                Some(grown) => grown.value.write(Some(start), out),
                None => out.push_str(start.get()),
            }
        }
        for grown in &self.grown {
            if members.get(grown.member).is_none() {
                push_name(out, &mut first, grown.member);
                grown.value.write(None, out);
            }
        }
        if ours_too {
            self.write_ours(out, &mut first);
        }
        out.push('}');
    }

    fn write_ours(&self, out: &mut String, first: &mut bool) {
        for grown in &self.grown {
            if let Growth::Input(json) = &grown.value
                && matches!(Input::read(json), Input::Unreadable)
            {
                push_name(out, first, PARTIAL_INPUT);
                push_quoted(out, json);
            }
        }
        if self.has_unread_deltas() {
            push_name(out, first, UNREAD_DELTAS);
            push_list(out, &self.unread_deltas);
        }
    }
}
