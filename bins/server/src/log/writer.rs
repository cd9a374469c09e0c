//! Writes log lines through the redaction.

use std::io::{self, Write};

use super::redact::redact;

/// Writes each event as one redacted line. The formatter hands over one whole event with its line end at a time.
pub(super) struct RedactedLines<W> {
    to: W,
}

impl<W> RedactedLines<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to }
    }
}

impl<W: Write> Write for RedactedLines<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = redact(text.trim_end_matches('\n')).into_owned();
        line.push('\n');
        self.to.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines_of(json: bool, log: impl FnOnce()) -> String {
        let written = Written::default();
        let to = written.clone();
        let builder = fmt::fmt()
            .with_ansi(false)
            .with_writer(move || RedactedLines::new(to.clone()));
        if json {
            tracing::subscriber::with_default(builder.json().finish(), log);
        } else {
            tracing::subscriber::with_default(builder.finish(), log);
        }
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_event_is_one_line_whatever_it_holds() {
        for json in [false, true] {
            let lines = lines_of(json, || {
                tracing::warn!(
                    cause = "a\nb sk-ant-api03-CANARY",
                    "first\n2026 ERROR forged {}",
                    "x"
                );
            });
            assert_eq!(lines.matches('\n').count(), 1, "{lines}");
            assert!(
                lines.ends_with('\n') && !lines.contains("CANARY"),
                "{lines}"
            );
        }
    }
}
