//! Answers that are written while they go out, so that none is ever in memory as a whole; and the names of their files.

use std::{
    fmt::Write as _,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    http::header::HeaderValue,
};
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// What is put together before it goes out, and how many such parts wait for a slow reader.
const PART: usize = 64 * 1024;
const PARTS_THAT_WAIT: usize = 2;
/// Most characters of a file's name before its ending.
const MAX_NAME_CHARS: usize = 80;

/// An answer on its way out. If its writer breaks off, so does the connection: half a file never looks like a whole one.
pub(crate) struct Download {
    parts: Receiver<Part>,
}

enum Part {
    Bytes(Bytes),
    End,
}

/// Writes an answer.
pub(crate) struct DownloadWriter {
    parts: Sender<Part>,
    waiting: Vec<u8>,
}

/// The reader left, or something can't be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteFailed {
    #[error("the reader left")]
    ReaderLeft,
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl Download {
    /// An answer, and who writes it.
    pub(crate) fn begin() -> (Self, DownloadWriter) {
        let (sender, parts) = channel(PARTS_THAT_WAIT);
        let writer = DownloadWriter {
            parts: sender,
            waiting: Vec::with_capacity(PART),
        };
        (Self { parts }, writer)
    }
}

impl DownloadWriter {
    /// Writes text.
    pub(crate) async fn text(&mut self, text: &str) -> Result<(), WriteFailed> {
        self.waiting.extend_from_slice(text.as_bytes());
        self.send_if_enough().await
    }

    /// Writes a value as JSON.
    pub(crate) async fn json(&mut self, value: &impl Serialize) -> Result<(), WriteFailed> {
        serde_json::to_writer(&mut self.waiting, value)?;
        self.send_if_enough().await
    }

    /// Writes what still waits, and that this was all.
    pub(crate) async fn end(mut self) -> Result<(), WriteFailed> {
        self.send().await?;
        let ended = self.parts.send(Part::End).await;
        ended.map_err(|_| WriteFailed::ReaderLeft)
    }

    async fn send_if_enough(&mut self) -> Result<(), WriteFailed> {
        if self.waiting.len() < PART {
            return Ok(());
        }
        self.send().await
    }

    async fn send(&mut self) -> Result<(), WriteFailed> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let part = Bytes::from(std::mem::take(&mut self.waiting));
        let sent = self.parts.send(Part::Bytes(part)).await;
        sent.map_err(|_| WriteFailed::ReaderLeft)
    }
}

impl MessageBody for Download {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, io::Error>>> {
        self.parts.poll_recv(context).map(|part| match part {
            Some(Part::Bytes(bytes)) => Some(Ok(bytes)),
            Some(Part::End) => None,
            None => Some(Err(io::Error::other("the answer broke off"))),
        })
    }
}

/// `Content-Disposition` for a file that is called like this: RFC 6266, with the name in RFC 8187's form and one in ASCII for old clients.
pub(crate) fn attachment(name: &str, ending: &str) -> HeaderValue {
    let name = file_name(name);
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut value = format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''");
    for byte in format!("{name}.{ending}").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            value.push(char::from(byte));
        } else {
            // Writing into a string can't fail.
            let _ = write!(value, "%{byte:02X}");
        }
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// A name that every file system takes, on which nothing is hidden and which leads nowhere else.
fn file_name(title: &str) -> String {
    let shown = title.chars().filter(|c| !is_invisible(*c)).map(|c| {
        let is_special = c.is_control() || "/\\:*?\"<>|".contains(c);
        if is_special { ' ' } else { c }
    });
    let shown: String = shown.collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(MAX_NAME_CHARS).collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() {
        return "conversation".to_owned();
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    if is_device(stem) {
        return format!("_{name}");
    }
    name.to_owned()
}

/// Signs that hide or turn round what stands beside them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    )
}

/// Names that Windows keeps for itself.
fn is_device(stem: &str) -> bool {
    let stem = stem.to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|device| {
        let number = stem.strip_prefix(device).and_then(|rest| rest.parse().ok());
        number.is_some_and(|number: u8| (1..=9).contains(&number))
    });
    numbered || ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_safe_everywhere() {
        for (title, expected) in [
            ("A trip to Zürich", "A trip to Zürich"),
            ("../../etc/passwd", "etc passwd"),
            ("a\r\nSet-Cookie: x=1", "a Set-Cookie x=1"),
            ("...", "conversation"),
            ("", "conversation"),
            ("con", "_con"),
            ("LPT1.old", "_LPT1.old"),
            ("console", "console"),
            ("invoice\u{202E}fdp", "invoicefdp"),
            (".hidden. ", "hidden"),
        ] {
            assert_eq!(file_name(title), expected, "{title:?}");
        }
        assert_eq!(file_name(&"ä".repeat(500)).chars().count(), 80);
    }

    #[test]
    fn both_forms_of_a_name_are_sent() {
        assert_eq!(
            attachment("Zürich \"50%\"", "md"),
            "attachment; filename=\"Z_rich 50_.md\"; filename*=UTF-8''Z%C3%BCrich%2050%25.md"
        );
    }

    proptest! {
        #[test]
        fn any_title_gives_a_header(title in "\\PC{0,100}|[\u{0}-\u{10FFFF}]{0,30}") {
            let header = attachment(&title, "json");
            let text = header.to_str().unwrap();
            prop_assert!(text.starts_with("attachment; filename=\""));
            prop_assert_eq!(text.matches('"').count(), 2);
        }
    }
}
