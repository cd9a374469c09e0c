//! Readers of single values.

use std::{borrow::Cow, ops::RangeInclusive};

use latchkey_domain::{
    Timestamp,
    id::{ApiKeyId, MessageId},
    secret::SecretText,
};
use zeroize::Zeroizing;

use super::{Kind, Value};
use crate::problem::{FieldFault, PublicText};

/// Why a value can't be taken: one fault, or several further inside.
#[derive(Debug)]
pub enum Fault {
    /// The value itself is wrong.
    Here(Cow<'static, str>),
    /// Parts of it are; pointers are relative to it.
    Inside(Vec<FieldFault>),
}

impl From<&'static str> for Fault {
    fn from(text: &'static str) -> Self {
        Self::Here(text.into())
    }
}

impl From<PublicText> for Fault {
    fn from(text: PublicText) -> Self {
        Self::Here(text.as_str().to_owned().into())
    }
}

/// `true` or `false`.
pub fn boolean(value: Value<'_>) -> Result<bool, Fault> {
    match value.text() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false".into()),
    }
}

/// A text of a person's. Only what the provider wrote itself may hold lone surrogates: those are no characters.
pub fn unicode(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    let text = value.string().ok_or("must be a text")?;
    if value.is_unicode() {
        Ok(text)
    } else {
        Err("must be Unicode text".into())
    }
}

/// A text without NUL, which not every store takes, of at most `max` characters.
pub fn text(max: usize) -> impl Fn(Value<'_>) -> Result<String, Fault> {
    move |value| {
        let text = unicode(value)?;
        if text.contains('\0') {
            return Err("must not contain NUL".into());
        }
        if text.chars().count() > max {
            return Err(Fault::Here(
                format!("must have at most {max} characters").into(),
            ));
        }
        Ok(text.into_owned())
    }
}

/// A text that wipes itself.
pub fn secret(value: Value<'_>) -> Result<SecretText, Fault> {
    Ok(match unicode(value)? {
        Cow::Borrowed(text) => SecretText::new(text.to_owned()),
        Cow::Owned(text) => SecretText::from(Zeroizing::new(text)),
    })
}

/// A text that a domain type reads; what is wrong with it is said in the domain's words.
pub fn parsed<T, E: crate::problem::ForPeople>(
    parse: impl Fn(&str) -> Result<T, E>,
) -> impl Fn(Value<'_>) -> Result<T, Fault> {
    move |value| {
        let text = unicode(value)?;
        parse(&text).map_err(|fault| PublicText::of(&fault).into())
    }
}

/// One of a few words.
pub fn chosen<T: Copy + 'static>(
    choices: &'static [(&'static str, T)],
) -> impl Fn(Value<'_>) -> Result<T, Fault> {
    move |value| {
        let text = value.string();
        let found = choices
            .iter()
            .find(|(word, _)| text.as_deref() == Some(word));
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            Fault::Here(format!("must be one of {}", words.join(", ")).into())
        })
    }
}

/// An instant in RFC 3339.
pub fn timestamp(value: Value<'_>) -> Result<Timestamp, Fault> {
    value
        .string()
        .and_then(|text| Timestamp::parse_rfc3339(&text))
        .ok_or_else(|| "must be a time such as 2026-11-22T18:00:00Z".into())
}

/// A whole number within these bounds.
pub fn whole_number(range: RangeInclusive<u32>) -> impl Fn(Value<'_>) -> Result<u32, Fault> {
    move |value| {
        let number = value.text().parse().ok();
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let (min, max) = (range.start(), range.end());
                Fault::Here(format!("must be a whole number from {min} to {max}").into())
            })
    }
}

/// The id of a stored key.
pub fn key_id(value: Value<'_>) -> Result<ApiKeyId, Fault> {
    value
        .string()
        .and_then(|text| ApiKeyId::parse(&text))
        .ok_or_else(|| "must be the id of an API key".into())
}

/// The id of a message.
pub fn message_id(value: Value<'_>) -> Result<MessageId, Fault> {
    value
        .string()
        .and_then(|text| MessageId::parse(&text))
        .ok_or_else(|| "must be the id of a message".into())
}

/// A list, each element read by `item`; `what` says of what. Each element that can't be taken is named by its place.
pub fn list_of<T>(
    what: &'static str,
    item: impl Fn(Value<'_>) -> Result<T, Fault>,
) -> impl Fn(Value<'_>) -> Result<Vec<T>, Fault> {
    move |value| {
        if value.kind() != Kind::Array {
            return Err(Fault::Here(format!("must be a list of {what}").into()));
        }
        let (mut taken, mut faults) = (Vec::new(), Vec::new());
        for (place, element) in value.items().enumerate() {
            match item(element) {
                Ok(element) => taken.push(element),
                Err(Fault::Here(detail)) => faults.push(FieldFault {
                    pointer: format!("/{place}"),
                    detail,
                }),
                Err(Fault::Inside(inside)) => faults.extend(inside.into_iter().map(|fault| {
                    let pointer = format!("/{place}{}", fault.pointer);
                    FieldFault { pointer, ..fault }
                })),
            }
        }
        if faults.is_empty() {
            Ok(taken)
        } else {
            Err(Fault::Inside(faults))
        }
    }
}

/// An object, which `read` takes apart.
pub fn object<'a, T>(
    value: Value<'a>,
    read: impl FnOnce(&mut super::Fields<'a>) -> Option<T>,
) -> Result<T, Fault> {
    if value.kind() != Kind::Object {
        return Err("must be an object".into());
    }
    let mut fields = super::Fields::of(value);
    let read = read(&mut fields);
    let faults = fields.into_faults();
    match read {
        Some(read) if faults.is_empty() => Ok(read),
        _ => Err(Fault::Inside(faults)),
    }
}
