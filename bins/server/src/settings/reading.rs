//! Reads texts into values and collects what is wrong, so that everything wrong can be said at once.

use std::fmt;

use latchkey_domain::secret::SecretText;

/// Settings that can't be used, each with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongSettings(Vec<Fault>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    name: String,
    /// The text, unless it may hold a secret.
    given: Option<String>,
    problem: String,
}

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Reading {
    faults: Vec<Fault>,
}

impl Reading {
    /// Reads a setting; a fault is noted.
    pub(super) fn read<T, E: fmt::Display>(
        &mut self,
        name: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = text.trim();
        match parse(text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.note(name, Some(text), problem.to_string());
                None
            }
        }
    }

    /// Reads a setting that need not be there. The outer `None` is a fault.
    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn read_optional<T, E: fmt::Display>(
        &mut self,
        name: &str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match text.map(str::trim).filter(|text| !text.is_empty()) {
            None => Some(None),
            Some(text) => self.read(name, text, parse).map(Some),
        }
    }

    /// Reads a setting whose text is never shown.
    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    pub(super) fn read_secret<T, E: fmt::Display>(
        &mut self,
        name: &str,
        secret: Option<&SecretText>,
        parse: impl FnOnce(&SecretText) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match secret.filter(|secret| !secret.expose().trim().is_empty()) {
            None => Some(None),
            Some(secret) => match parse(secret) {
                Ok(value) => Some(Some(value)),
                Err(problem) => {
                    self.refuse(name, problem.to_string());
                    None
                }
            },
        }
    }

    /// Notes a fault without showing what was given.
    pub(super) fn refuse(&mut self, name: &str, problem: impl Into<String>) {
        self.note(name, None, problem.into());
    }

    fn note(&mut self, name: &str, given: Option<&str>, problem: String) {
        self.faults.push(Fault {
            name: name.to_owned(),
            given: given.map(|text| text.chars().take(200).collect()),
            problem,
        });
    }

    /// The value, if nothing was wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, WrongSettings> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(WrongSettings(self.faults)),
        }
    }
}

impl fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => writeln!(f, "a setting is wrong:")?,
            many => writeln!(f, "{many} settings are wrong:")?,
        }
        for fault in &self.0 {
            match &fault.given {
                Some(given) => writeln!(f, "  {} is {given:?}, but {}", fault.name, fault.problem)?,
                None => writeln!(f, "  {} {}", fault.name, fault.problem)?,
            }
        }
        write!(
            f,
            "Settings come from flags, the environment and the file .env, in this order; `latchkey --help` explains each."
        )
    }
}

impl std::error::Error for WrongSettings {}
