//! Where in a request something stands, and the readers that complain about it in the service's words.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::ApiError;

pub(crate) type Object = Map<String, Value>;

/// `messages.0.content.1`, kept as a chain on the stack: it costs nothing until somebody complains.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    pub(crate) fn member(&'a self, name: &'a str) -> Self {
        Self::Member(self, name)
    }

    pub(crate) fn item(&'a self, index: usize) -> Self {
        Self::Item(self, index)
    }

    pub(crate) fn error(&self, message: &str) -> ApiError {
        ApiError::invalid_request(&format!("{self}: {message}"))
    }

    pub(crate) fn object<'v>(&self, value: &'v Value) -> Result<&'v Object, ApiError> {
        value
            .as_object()
            .ok_or_else(|| self.error("Input should be an object"))
    }

    pub(crate) fn list<'v>(&self, value: &'v Value) -> Result<&'v [Value], ApiError> {
        value
            .as_array()
            .map(Vec::as_slice)
            .ok_or_else(|| self.error("Input should be a valid array"))
    }

    pub(crate) fn string<'v>(&self, value: &'v Value) -> Result<&'v str, ApiError> {
        value
            .as_str()
            .ok_or_else(|| self.error("Input should be a valid string"))
    }

    pub(crate) fn boolean(&self, value: &Value) -> Result<bool, ApiError> {
        value
            .as_bool()
            .ok_or_else(|| self.error("Input should be a valid boolean"))
    }

    pub(crate) fn number(&self, value: &Value) -> Result<f64, ApiError> {
        value
            .as_f64()
            .ok_or_else(|| self.error("Input should be a valid number"))
    }

    pub(crate) fn integer_from(&self, least: u64, value: &Value) -> Result<u64, ApiError> {
        match value.as_u64() {
            Some(number) if number >= least => Ok(number),
            _ if value.is_i64() || value.is_u64() => {
                Err(self.error(&format!("Input should be greater than or equal to {least}")))
            }
            _ => Err(self.error("Input should be a valid integer")),
        }
    }

    pub(crate) fn required<'v>(
        &self,
        object: &'v Object,
        name: &str,
    ) -> Result<&'v Value, ApiError> {
        object
            .get(name)
            .ok_or_else(|| self.member(name).error("Field required"))
    }

    pub(crate) fn required_string<'v>(
        &self,
        object: &'v Object,
        name: &str,
    ) -> Result<&'v str, ApiError> {
        let value = self.required(object, name)?;
        value
            .as_str()
            .ok_or_else(|| self.member(name).error("Input should be a valid string"))
    }

    /// One of a few words.
    pub(crate) fn one_of<'v>(&self, value: &'v Value, words: &[&str]) -> Result<&'v str, ApiError> {
        let word = value.as_str().filter(|word| words.contains(word));
        word.ok_or_else(|| {
            let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
            let listed = match quoted.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => quoted.concat(),
            };
            self.error(&format!("Input should be {listed}"))
        })
    }

    /// No members but these.
    pub(crate) fn only(&self, object: &Object, allowed: &[&str]) -> Result<(), ApiError> {
        match object.keys().find(|name| !allowed.contains(&name.as_str())) {
            Some(name) => Err(self.extra(name)),
            None => Ok(()),
        }
    }

    pub(crate) fn extra(&self, name: &str) -> ApiError {
        self.member(name).error("Extra inputs are not permitted")
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = match self {
            Self::Root => return Ok(()),
            Self::Member(parent, _) | Self::Item(parent, _) => parent,
        };
        if !matches!(parent, Self::Root) {
            write!(f, "{parent}.")?;
        }
        match self {
            Self::Root => Ok(()),
            Self::Member(_, name) => f.write_str(name),
            Self::Item(_, index) => write!(f, "{index}"),
        }
    }
}
