//! A streamed answer, event by event.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

/// The longest wait for an event; heartbeats come every ten seconds, so silence is a fault.
const PATIENCE: Duration = Duration::from_mins(1);

/// A streamed answer that is being read. Dropping it is leaving.
pub struct Stream {
    response: Response,
    unread: Vec<u8>,
    heard: Arc<Mutex<Vec<u8>>>,
    /// The text so far.
    pub text: String,
}

/// An event.
#[derive(Debug, Clone)]
pub struct Event {
    /// The bytes as they came.
    pub raw: String,
    pub name: String,
    pub data: Value,
}

impl Stream {
    pub(crate) fn of(response: Response, heard: Arc<Mutex<Vec<u8>>>) -> Self {
        Self {
            response,
            unread: Vec::new(),
            heard,
            text: String::new(),
        }
    }

    /// The next event; `None` at the end. Comments are skipped.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(block) = self.take_block() {
                if let Some(event) = parse(&block) {
                    self.note_text(&event);
                    return Some(event);
                }
                continue;
            }
            let chunk = timeout(PATIENCE, self.response.chunk())
                .await
                .expect("the stream is silent")
                .ok()??;
            self.heard.lock().unwrap().extend_from_slice(&chunk);
            self.unread.extend_from_slice(&chunk);
        }
    }

    /// The first event, which names the messages.
    pub async fn start(&mut self) -> Value {
        let event = self.next().await.expect("the stream is empty");
        assert_eq!(event.name, "latchkey.start");
        event.data
    }

    /// Reads until so many characters of text have come.
    pub async fn read_text(&mut self, characters: usize) {
        while self.text.chars().count() < characters {
            let event = self.next().await.expect("the stream ended early");
            assert!(!event.name.starts_with("latchkey."), "{event:?}");
        }
    }

    /// Reads to the end and returns all events.
    pub async fn all(&mut self) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }

    /// Reads to the end and returns the last event.
    pub async fn last(&mut self) -> Event {
        let mut last = None;
        while let Some(event) = self.next().await {
            last = Some(event);
        }
        last.expect("the stream ended without an event")
    }

    fn take_block(&mut self) -> Option<String> {
        let end = self.unread.windows(2).position(|pair| pair == b"\n\n")?;
        let block: Vec<u8> = self.unread.drain(..end + 2).collect();
        Some(String::from_utf8(block).unwrap())
    }

    fn note_text(&mut self, event: &Event) {
        if event.name == "content_block_delta" {
            self.text
                .push_str(event.data["delta"]["text"].as_str().unwrap_or_default());
        }
    }
}

/// An event's lines; `None` for a comment.
fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.strip_prefix(' ').unwrap_or(line).to_owned())
    };
    let name = field("event:")?;
    let data = field("data:").unwrap_or_default();
    Some(Event {
        raw: block.to_owned(),
        name,
        data: serde_json::from_str(&data).unwrap(),
    })
}
