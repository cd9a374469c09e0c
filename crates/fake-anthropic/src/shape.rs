//! An answer as JSON or as server-sent events.

use bytes::Bytes;
use serde_json::Value;

use crate::block::Block;
use crate::compose::Answer;
use crate::event::{Event, Frame};
use crate::members::{Members, quoted};

/// One frame of a stream, and whether it carries content, so that a pace applies to it.
#[derive(Debug)]
pub(crate) struct Paced {
    pub(crate) frame: Frame,
    pub(crate) is_delta: bool,
}

impl Answer {
    /// The body of an answer that isn't streamed.
    pub(crate) fn json(&self) -> String {
        let blocks: Vec<String> = self.blocks.iter().map(Block::json).collect();
        let content = format!("[{}]", blocks.join(","));
        let message = self.stop(self.opening(&content));
        match self.usage.whole() {
            Some(usage) => message.json("usage", usage),
            None => message,
        }
        .object()
    }

    fn opening(&self, content: &str) -> Members {
        Members::new()
            .text("model", &self.model)
            .text("id", &self.id)
            .text("type", "message")
            .text("role", "assistant")
            .json("content", content)
    }

    fn stop(&self, members: Members) -> Members {
        let sequence = self
            .stop_sequence
            .as_deref()
            .map_or_else(|| "null".to_owned(), quoted);
        members
            .text("stop_reason", &self.stop_reason)
            .json("stop_sequence", sequence)
            .json(
                "stop_details",
                self.stop_details.as_ref().unwrap_or(&Value::Null),
            )
    }

    /// The stream's frames, without faults.
    pub(crate) fn frames(&self) -> Vec<Paced> {
        let mut writer = Writer::new();
        let opening = self
            .opening("[]")
            .json("stop_reason", "null")
            .json("stop_sequence", "null")
            .json("stop_details", "null");
        let opening = match self.usage.at_start() {
            Some(usage) => opening.json("usage", usage),
            None => opening,
        };
        writer.event(
            "message_start",
            false,
            Members::new().json("message", opening.object()),
        );
        for (index, block) in self.blocks.iter().enumerate() {
            writer.block(index, block);
        }
        if self.blocks.is_empty() {
            writer.ping();
        }
        let delta = Members::new().json("delta", self.stop(Members::new()).object());
        let delta = match self.usage.at_end() {
            Some(usage) => delta.json("usage", usage),
            None => delta,
        };
        writer.event("message_delta", false, delta);
        writer.event("message_stop", false, Members::new());
        writer.frames
    }
}

impl Block {
    /// The finished block.
    fn json(&self) -> String {
        match self {
            Self::Text { pieces, citations } => {
                let cited = !citations.is_empty();
                let block = if cited {
                    Members::new().json("citations", Value::from(citations.clone()))
                } else {
                    Members::new()
                };
                block
                    .text("type", "text")
                    .text("text", &pieces.concat())
                    .object()
            }
            Self::Thinking { text, signature } => Members::new()
                .text("type", "thinking")
                .text("thinking", text)
                .text("signature", signature.as_deref().unwrap_or_default())
                .object(),
            Self::ToolUse {
                kind,
                id,
                name,
                input,
            } => tool_use(kind, id, name, input),
            Self::Whole(block) => block.to_string(),
        }
    }

    /// The block as `content_block_start` has it.
    fn opening(&self) -> String {
        match self {
            Self::Text { citations, .. } if citations.is_empty() => {
                "{\"type\":\"text\",\"text\":\"\"}".to_owned()
            }
            Self::Text { .. } => "{\"citations\":[],\"type\":\"text\",\"text\":\"\"}".to_owned(),
            Self::Thinking { .. } => {
                "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}".to_owned()
            }
            Self::ToolUse { kind, id, name, .. } => {
                tool_use(kind, id, name, &Value::Object(serde_json::Map::new()))
            }
            Self::Whole(block) => block.to_string(),
        }
    }
}

/// Calls of the caller's tools say who called.
fn tool_use(kind: &str, id: &str, name: &str, input: &Value) -> String {
    let call = Members::new()
        .text("type", kind)
        .text("id", id)
        .text("name", name)
        .json("input", input);
    if kind == "tool_use" {
        call.json("caller", "{\"type\":\"direct\"}")
    } else {
        call
    }
    .object()
}

struct Writer {
    frames: Vec<Paced>,
    /// Decides how many spaces pad the next event.
    padding: u64,
}

impl Writer {
    fn new() -> Self {
        Self {
            frames: Vec::with_capacity(16),
            padding: crate::ids::fresh_number(),
        }
    }

    /// An event with these members beside `type`. The real service pads most events with spaces before the last
    /// brace, and so does this.
    fn event(&mut self, name: &str, is_delta: bool, members: Members) {
        const SPACES: &str = "                ";
        self.padding = self.padding.rotate_left(5);
        let spaces = usize::try_from(self.padding % 16).unwrap_or_default();
        let members = members.bare();
        let padding = SPACES.get(..spaces).unwrap_or_default();
        let mut event = String::with_capacity(64 + 2 * name.len() + members.len());
        for part in ["event: ", name, "\ndata: {\"type\":\"", name, "\""] {
            event.push_str(part);
        }
        if !members.is_empty() {
            event.push(',');
            event.push_str(&members);
        }
        for part in [padding, "}\n\n"] {
            event.push_str(part);
        }
        self.frames.push(Paced {
            frame: Frame::Bytes(Bytes::from(event)),
            is_delta,
        });
    }

    fn ping(&mut self) {
        self.frames.push(Paced {
            frame: Event::ping().0,
            is_delta: false,
        });
    }

    fn block(&mut self, index: usize, block: &Block) {
        self.event(
            "content_block_start",
            false,
            Members::new()
                .json("index", index)
                .json("content_block", block.opening()),
        );
        // The real service sends its one ping after the start of the first block.
        if index == 0 {
            self.ping();
        }
        match block {
            Block::Text { pieces, citations } => {
                for citation in citations {
                    self.delta(index, "citations_delta", "citation", &citation.to_string());
                }
                for piece in pieces {
                    self.delta(index, "text_delta", "text", &quoted(piece));
                }
            }
            Block::Thinking { text, signature } => {
                for piece in crate::block::in_pieces(text) {
                    self.delta(index, "thinking_delta", "thinking", &quoted(&piece));
                }
                let signature = signature.as_deref().unwrap_or_default();
                self.delta(index, "signature_delta", "signature", &quoted(signature));
            }
            Block::ToolUse { input, .. } => {
                self.delta(index, "input_json_delta", "partial_json", "\"\"");
                for piece in crate::block::in_pieces(&input.to_string()) {
                    self.delta(index, "input_json_delta", "partial_json", &quoted(&piece));
                }
            }
            Block::Whole(_) => {}
        }
        self.event(
            "content_block_stop",
            false,
            Members::new().json("index", index),
        );
    }

    fn delta(&mut self, index: usize, kind: &str, member: &str, json: &str) {
        let delta = Members::new().text("type", kind).json(member, json);
        let members = Members::new()
            .json("index", index)
            .json("delta", delta.object());
        self.event("content_block_delta", true, members);
    }
}
