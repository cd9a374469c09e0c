//! Members that grow piece by piece, and how they are written.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::json_text::{decode, is_json, push_string};

/// What a member has grown to.
#[derive(Debug)]
pub(super) enum Growth {
    /// A string, as between its quotes.
    Text(String),
    /// The JSON of `input`, itself as between the quotes of a string.
    Input(String),
    /// Elements of an array, joined by commas.
    List(String),
}

impl Growth {
    /// Writes the value; `start` is what the block began with.
    pub(super) fn write(&self, start: Option<&RawValue>, out: &mut String) {
        match self {
            Self::Text(text) => push_quoted(out, text),
            Self::List(elements) => push_list(out, elements),
            Self::Input(json) => match Input::read(json) {
                Input::Json(json) => out.push_str(json.trim()),
                // A call without arguments, or one whose arguments can't be shown here.
                Input::Nothing | Input::Unreadable => {
                    out.push_str(start.map_or("{}", RawValue::get));
                }
            },
        }
    }
}

/// The input of a tool call, as far as it came.
pub(super) enum Input<'a> {
    Nothing,
    Json(Cow<'a, str>),
    Unreadable,
}

impl<'a> Input<'a> {
    pub(super) fn read(inside: &'a str) -> Self {
        let json = decode(inside);
        if json.trim().is_empty() {
            Self::Nothing
        } else if is_json(&json) {
            Self::Json(json)
        } else {
            Self::Unreadable
        }
    }
}

pub(super) fn push_name(out: &mut String, first: &mut bool, name: &str) {
    if !*first {
        out.push(',');
    }
    *first = false;
    push_string(out, name);
    out.push(':');
}

pub(super) fn push_quoted(out: &mut String, inside: &str) {
    out.push('"');
    out.push_str(inside);
    out.push('"');
}

pub(super) fn push_list(out: &mut String, elements: &str) {
    out.push('[');
    out.push_str(elements);
    out.push(']');
}

pub(super) fn push_element(elements: &mut String, element: &str) {
    if !elements.is_empty() {
        elements.push(',');
    }
    elements.push_str(element);
}
