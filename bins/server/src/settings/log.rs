//! What is logged, and how.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use super::{given::GivenLog, reading::Reading};

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// Directives that [`EnvFilter`] has already read once.
    pub filter: String,
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl LogSettings {
    pub(super) fn read(given: &GivenLog, reading: &mut Reading) -> Option<Self> {
        let filter = reading.read("LATCHKEY_LOG", &given.log, |text| {
            EnvFilter::try_new(text)
                .map(|_| text.to_owned())
                .map_err(|_| "must be error, warn, info, debug or trace, or by module such as info,latchkey_adapters=debug")
        });
        let format = reading.read_optional(
            "LATCHKEY_LOG_FORMAT",
            given.log_format.as_deref(),
            log_format,
        );
        Some(Self {
            filter: filter?,
            format: format?.unwrap_or_else(format_of_stderr),
        })
    }
}

impl LogSettings {
    /// The same, with nothing but warnings: for commands, whose output is what counts.
    pub fn warnings_only(&self) -> Self {
        Self {
            filter: "warn".to_owned(),
            ..self.clone()
        }
    }
}

fn log_format(text: &str) -> Result<LogFormat, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be text or json"),
    }
}

fn format_of_stderr() -> LogFormat {
    if io::stderr().is_terminal() {
        LogFormat::Text
    } else {
        LogFormat::Json
    }
}
