//! Log lines: one event, one line, without secrets.

mod panics;
mod redact;
mod writer;

use std::io;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::{LogFormat, LogSettings};
use writer::RedactedLines;

/// What others say of their own start and end; a filter that names them goes before.
const QUIETER: &str = "actix_server=warn";

/// Starts logging to the standard error, and logs panics.
pub fn start(settings: &LogSettings) {
    // Read once already, when the settings were.
    let filter = EnvFilter::try_new(format!("{QUIETER},{}", settings.filter))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer()
        .with_writer(|| RedactedLines::new(io::stderr()))
        // Colours are control characters, and those are escaped.
        .with_ansi(false);
    let started = match settings.format {
        LogFormat::Text => registry.with(lines.with_target(false)).try_init(),
        LogFormat::Json => registry
            .with(
                lines
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false),
            )
            .try_init(),
    };
    if started.is_ok() {
        panics::log_panics();
    }
}
