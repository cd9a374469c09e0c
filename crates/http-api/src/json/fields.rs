//! Reads an object member by member and collects every fault, so that a person corrects all of them at once.

use std::borrow::Cow;

use latchkey_domain::secret::SecretText;
use utoipa::ToSchema;

use super::{Fault, Kind, Value};
use crate::problem::FieldFault;

/// Most characters of an unknown member's name that are repeated to its sender.
const MAX_SHOWN_NAME: usize = 64;

/// So many faults are named at most.
const MAX_FAULTS: usize = 200;

/// A member that may be left out (`None`) or be `null` to take something away (`Some(None)`).
pub type Clearable<T> = Option<Option<T>>;

/// The type of a request's body.
pub trait ReadBody: ToSchema + Sized {
    /// Takes the members; `None` only after a fault was noted.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// The members of an object, while it is read.
pub struct Fields<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    known: Vec<&'static str>,
    faults: Vec<FieldFault>,
}

impl<'a> Fields<'a> {
    /// The members of `object`.
    pub fn of(object: Value<'a>) -> Self {
        Self {
            members: object.members().collect(),
            known: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// A member that must be there.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value<'a>) -> Result<T, Fault>,
    ) -> Option<T> {
        let Some(value) = self.find(name) else {
            self.fault(name, "is required");
            return None;
        };
        self.noted(name, read(value))
    }

    /// A member that may be left out or `null`.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value<'a>) -> Result<T, Fault>,
    ) -> Option<T> {
        self.clearable(name, read).flatten()
    }

    /// A member that may be left out, or `null` to take something away.
    pub fn clearable<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value<'a>) -> Result<T, Fault>,
    ) -> Clearable<T> {
        let value = self.find(name)?;
        if value.kind() == Kind::Null {
            return Some(None);
        }
        self.noted(name, read(value)).map(Some)
    }

    /// A member that may be left out, but not be `null`: there is nothing to take away.
    pub fn changed<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value<'a>) -> Result<T, Fault>,
    ) -> Option<T> {
        let value = self.find(name)?;
        self.noted(name, read(value))
    }

    /// A member's text, if it is there and is one; without a word about faults.
    pub fn text_of(&self, name: &str) -> Option<SecretText> {
        let (_, value) = self.members.iter().find(|(found, _)| found == name)?;
        super::secret(*value).ok()
    }

    /// Whether a member is there and not `null`.
    pub fn has(&self, name: &str) -> bool {
        self.members
            .iter()
            .any(|(found, value)| found == name && value.kind() != Kind::Null)
    }

    /// Notes a fault at a member.
    pub fn fault(&mut self, name: &str, detail: impl Into<Cow<'static, str>>) {
        self.faults.push(FieldFault {
            pointer: pointer(name),
            detail: detail.into(),
        });
    }

    /// All faults, unknown members included.
    pub fn into_faults(mut self) -> Vec<FieldFault> {
        for (name, _) in &self.members {
            if self.faults.len() >= MAX_FAULTS {
                break;
            }
            if !self.known.contains(&&**name) {
                self.faults.push(FieldFault {
                    pointer: pointer(name),
                    detail: "is not a member of this request".into(),
                });
            }
        }
        self.faults
    }

    /// The names that were asked for so far.
    pub fn known(&self) -> &[&'static str] {
        &self.known
    }

    fn find(&mut self, name: &'static str) -> Option<Value<'a>> {
        self.known.push(name);
        self.members
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| *value)
    }

    fn noted<T>(&mut self, name: &str, read: Result<T, Fault>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(Fault::Here(detail)) => {
                self.fault(name, detail);
                None
            }
            Err(Fault::Inside(faults)) => {
                let outer = pointer(name);
                self.faults
                    .extend(faults.into_iter().map(|fault| FieldFault {
                        pointer: format!("{outer}{}", fault.pointer),
                        detail: fault.detail,
                    }));
                None
            }
        }
    }
}

/// The JSON pointer (RFC 6901) to a member. A name that is very long, or might be a key or a token in the wrong place, isn't
/// repeated.
pub fn pointer(name: &str) -> String {
    let may_be_secret = ["sk-ant-", "lk_"].iter().any(|start| name.contains(start));
    if may_be_secret || name.chars().count() > MAX_SHOWN_NAME {
        return "/(hidden)".to_owned();
    }
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
