//! Why the program ends early, in words for whoever started it.

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

/// Why the program ends early.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    message: String,
    exit_code: u8,
}

impl Failure {
    /// What was asked can't be done as it was asked: wrong settings, wrong arguments.
    pub fn wrong_use(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit_code: 2,
        }
    }

    /// It was asked well and did not work.
    pub fn of(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit_code: 1,
        }
    }

    /// Tells the person, and gives the program's exit code.
    pub fn report(&self) -> ExitCode {
        // Without a standard error there is nobody to tell.
        let _ = writeln!(io::stderr(), "latchkey: {}", self.message);
        ExitCode::from(self.exit_code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// An error and its causes in one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        // Transparent errors say the same as their cause.
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}
