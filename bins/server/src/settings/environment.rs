//! The environment: the file `.env`, names that are no setting, and what lies around from other programs.

use std::{collections::BTreeSet, env, io::ErrorKind, path::Path};

use clap::CommandFactory;

use super::{given::NOT_SUPPORTED, reading::Reading};
use crate::cli::Cli;

/// Adds what the file `.env` of the present folder sets to the environment, which goes before it.
///
/// Must be called while the process has only one thread.
///
/// # Errors
/// What is wrong with the file, without its content.
pub fn read_dotenv() -> Result<(), String> {
    match dotenvy::from_path(Path::new(".env")) {
        Ok(()) => Ok(()),
        Err(dotenvy::Error::Io(error)) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(dotenvy::Error::Io(error)) => {
            Err(format!("the file .env can't be read: {}", error.kind()))
        }
        // The line itself may hold a password.
        Err(_) => Err(
            "the file .env has a line that isn't NAME=value; quote values with spaces or #"
                .to_owned(),
        ),
    }
}

/// The names of the environment's variables, and the values of those that are no settings of ours.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    names: BTreeSet<String>,
}

impl Environment {
    /// The process's environment. Empty variables are as good as none.
    pub fn of_process() -> Self {
        let names = env::vars_os()
            .filter(|(_, value)| !value.is_empty())
            .filter_map(|(name, _)| name.into_string().ok());
        Self::with(names)
    }

    /// An environment in which these variables are set.
    pub fn with(names: impl IntoIterator<Item = String>) -> Self {
        Self {
            names: names.into_iter().collect(),
        }
    }

    /// Whether a system-wide Anthropic key is set, which nothing here uses.
    pub fn has_unused_provider_key(&self) -> bool {
        self.names.contains("ANTHROPIC_API_KEY")
    }

    /// Notes settings that this version doesn't have, and names that look like ours and are none: a misspelt limit
    /// must not be no limit.
    pub(super) fn refuse_what_is_no_setting(&self, reading: &mut Reading) {
        for (name, problem) in NOT_SUPPORTED {
            if self.names.contains(name) {
                reading.refuse(name, problem);
            }
        }
        let known = known_variables();
        let ours = self
            .names
            .iter()
            .filter(|name| name.starts_with("LATCHKEY_"));
        for name in ours.filter(|name| !known.contains(*name)) {
            let is_explained = NOT_SUPPORTED.iter().any(|(other, _)| other == name);
            if !is_explained && !is_set_by_kubernetes(name) {
                reading.refuse(name, misspelt(name, &known));
            }
        }
    }
}

/// The variables of all settings.
pub(super) fn known_variables() -> BTreeSet<String> {
    Cli::command()
        .get_arguments()
        .filter_map(|arg| arg.get_env()?.to_str().map(str::to_owned))
        .collect()
}

/// A service named `latchkey` gives its neighbours such variables.
fn is_set_by_kubernetes(name: &str) -> bool {
    name == "LATCHKEY_PORT"
        || name.starts_with("LATCHKEY_PORT_")
        || name.starts_with("LATCHKEY_SERVICE_")
}

fn misspelt(name: &str, known: &BTreeSet<String>) -> String {
    let nearest = known
        .iter()
        .map(|other| (distance(name, other), other))
        .min();
    match nearest {
        Some((distance, other)) if distance <= 4 => {
            format!("is no setting; did you mean {other}?")
        }
        _ => "is no setting; remove it, or look its name up in `latchkey --help`".to_owned(),
    }
}

/// How many letters must be changed, added or removed (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        let mut next = vec![before];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let change = diagonal + usize::from(a != *b);
            before = change.min(above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        for (left, right, letters) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("same", "same", 0),
            ("abc", "", 3),
        ] {
            assert_eq!(distance(left, right), letters, "{left} {right}");
        }
    }
}
