//! Scripted replies: what is answered, and in what manner.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::block::Block;
use crate::error::ApiError;
use crate::event::Event;
use crate::gate::Gate;
use crate::http::Cut;
use crate::record::Ended;

/// What to answer, and how.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) content: Content,
    pub(crate) manner: Manner,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// The default answer: repeats what was said.
    Echo,
    /// Given blocks, streamed or as JSON as the request asks.
    Message(Message),
    /// Exactly these events, whatever the request asks.
    Events(Vec<Event>),
    Error(ApiError),
    /// Any body with any status.
    Body {
        status: u16,
        content_type: String,
        body: Bytes,
    },
    /// The whole answer, head included.
    Raw(Bytes),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) blocks: Vec<Block>,
    pub(crate) stop_reason: Option<String>,
    pub(crate) stop_details: Option<Value>,
    /// The answer's `model`, where it differs from the one that was asked.
    pub(crate) model: Option<String>,
    /// Members that replace or join those of the computed `usage`; `null` takes one away.
    pub(crate) usage: Option<Value>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) pace: Option<Duration>,
    pub(crate) hang: Option<Gate>,
    pub(crate) stall: Option<(usize, Gate)>,
    pub(crate) error_after: Option<(usize, ApiError)>,
    pub(crate) inserted: Vec<(usize, Event)>,
    pub(crate) drip: Option<Duration>,
    pub(crate) cut: Option<Cut>,
    pub(crate) separate_writes: bool,
    pub(crate) gzip: bool,
    pub(crate) unchecked: bool,
}

/// What is answered.
impl Reply {
    fn of(content: Content) -> Self {
        Self {
            content,
            manner: Manner::default(),
        }
    }

    /// The default answer, for use with a manner.
    #[must_use]
    pub fn echo() -> Self {
        Self::of(Content::Echo)
    }

    /// A text in deltas of a few words.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::blocks(vec![Block::text(text)])
    }

    /// A text with exactly these deltas.
    #[must_use]
    pub fn pieces<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Self {
        Self::blocks(vec![Block::pieces(pieces)])
    }

    /// So many deltas of one word each: `word0 word1 …`.
    #[must_use]
    pub fn many(deltas: usize) -> Self {
        let pieces = (0..deltas).map(|number| format!("word{number} ")).collect();
        Self::blocks(vec![Block::Text {
            pieces,
            citations: Vec::new(),
        }])
    }

    #[must_use]
    pub fn blocks(blocks: Vec<Block>) -> Self {
        Self::of(Content::Message(Message {
            blocks,
            ..Message::default()
        }))
    }

    /// Thinking with the fake's signature, then a text.
    #[must_use]
    pub fn thinking(thoughts: &str, text: &str) -> Self {
        Self::blocks(vec![Block::thinking(thoughts), Block::text(text)])
    }

    /// A call of one of the caller's tools.
    #[must_use]
    pub fn tool_use(name: &str, input: Value) -> Self {
        Self::blocks(vec![Block::tool_use(name, input)]).stop_reason("tool_use")
    }

    /// A web search by the service with a cited text.
    #[must_use]
    pub fn web_search(query: &str, answer: &str) -> Self {
        Self::blocks(Block::web_search(query, answer))
    }

    /// HTTP 200 with `stop_reason: refusal` after `text`.
    #[must_use]
    pub fn refusal(text: &str, category: &str, explanation: &str) -> Self {
        let details =
            json!({ "type": "refusal", "category": category, "explanation": explanation });
        let blocks = if text.is_empty() {
            Vec::new()
        } else {
            vec![Block::text(text)]
        };
        let stop_reason = Some("refusal".to_owned());
        Self::of(Content::Message(Message {
            blocks,
            stop_reason,
            stop_details: Some(details),
            ..Message::default()
        }))
    }

    /// Exactly these events with status 200, even where the request asked for JSON.
    #[must_use]
    pub fn events(events: Vec<Event>) -> Self {
        Self::of(Content::Events(events))
    }

    /// An error answer.
    #[must_use]
    pub fn error(error: ApiError) -> Self {
        Self::of(Content::Error(error))
    }

    /// The documented error of a status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::error(ApiError::of_status(status))
    }

    /// Any body.
    pub fn body(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::of(Content::Body {
            status,
            content_type: content_type.to_owned(),
            body: body.into(),
        })
    }

    /// A redirect to another place.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::body(status, "text/html", "").header("location", location)
    }

    /// The whole answer byte by byte as given, head included; the connection closes after it.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self::of(Content::Raw(bytes.into()))
    }

    /// Sets the answer's `stop_reason`.
    #[must_use]
    pub fn stop_reason(self, reason: &str) -> Self {
        self.edit_message(|message| message.stop_reason = Some(reason.to_owned()))
    }

    /// Sets the answer's `model`.
    #[must_use]
    pub fn model(self, id: &str) -> Self {
        self.edit_message(|message| message.model = Some(id.to_owned()))
    }

    /// Replaces members of `usage`, such as `{"output_tokens": 7}`; `null` takes a member away.
    #[must_use]
    pub fn usage(self, members: Value) -> Self {
        self.edit_message(|message| message.usage = Some(members))
    }

    fn edit_message(mut self, edit: impl FnOnce(&mut Message)) -> Self {
        if let Content::Message(message) = &mut self.content {
            edit(message);
        }
        self
    }
}

/// How it is answered. "After `n` events" counts everything in the stream: `message_start` is the first,
/// `content_block_start` the second, `ping` the third, then come deltas.
impl Reply {
    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.manner
            .headers
            .push((name.to_owned(), value.to_owned()));
        self
    }

    /// A pause before each delta. The deltas keep to a time table, so that delays don't add up.
    #[must_use]
    pub fn pace(mut self, pause: Duration) -> Self {
        self.manner.pace = Some(pause);
        self
    }

    /// Sends nothing, not even headers, until the gate opens.
    #[must_use]
    pub fn hang(mut self, gate: &Gate) -> Self {
        self.manner.hang = Some(gate.clone());
        self
    }

    /// Falls silent after `n` events (0: after the headers) until the gate opens; then goes on.
    #[must_use]
    pub fn stall_after(mut self, events: usize, gate: &Gate) -> Self {
        self.manner.stall = Some((events, gate.clone()));
        self
    }

    /// Sends an `error` event after `n` events, and nothing else.
    #[must_use]
    pub fn error_after(mut self, events: usize, error: ApiError) -> Self {
        self.manner.error_after = Some((events, error));
        self
    }

    /// Puts an event after the `n`-th one.
    #[must_use]
    pub fn insert_after(mut self, events: usize, event: Event) -> Self {
        self.manner.inserted.push((events, event));
        self
    }

    /// Writes one byte at a time with a pause after each.
    #[must_use]
    pub fn drip(mut self, pause: Duration) -> Self {
        self.manner.drip = Some(pause);
        self
    }

    /// Breaks the connection with a RST after so many bytes of the answer, head included.
    #[must_use]
    pub fn reset_at(self, byte: usize) -> Self {
        self.cut(Cut {
            at: byte,
            in_body: false,
            how: Ended::Reset,
        })
    }

    /// Breaks the connection with a RST after so many bytes of the body.
    #[must_use]
    pub fn reset_in_body_at(self, byte: usize) -> Self {
        self.cut(Cut {
            at: byte,
            in_body: true,
            how: Ended::Reset,
        })
    }

    /// Closes the connection (FIN) after so many bytes of the answer, head included.
    #[must_use]
    pub fn close_at(self, byte: usize) -> Self {
        self.cut(Cut {
            at: byte,
            in_body: false,
            how: Ended::Closed,
        })
    }

    /// Closes the connection (FIN) after so many bytes of the body.
    #[must_use]
    pub fn close_in_body_at(self, byte: usize) -> Self {
        self.cut(Cut {
            at: byte,
            in_body: true,
            how: Ended::Closed,
        })
    }

    fn cut(mut self, cut: Cut) -> Self {
        self.manner.cut = Some(cut);
        self
    }

    /// Writes each event on its own; otherwise events without a pause between them go out together.
    #[must_use]
    pub fn separate_writes(mut self) -> Self {
        self.manner.separate_writes = true;
        self
    }

    /// Sends the body with `content-encoding: gzip`, whatever the client accepts.
    #[must_use]
    pub fn gzip(mut self) -> Self {
        self.manner.gzip = true;
        self
    }

    /// Answers before any check of key, headers or body.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.manner.unchecked = true;
        self
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        Self::error(error)
    }
}
