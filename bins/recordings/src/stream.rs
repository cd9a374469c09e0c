//! Streams of events: taken apart, and made from a whole message as the provider would have sent it.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// How many characters of a text come together.
const PIECE: usize = 23;

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    pub id: Option<String>,
    pub name: String,
    pub data: String,
}

/// The events of a text; comments are none.
pub fn events(text: &str) -> Vec<Event> {
    text.split("\n\n")
        .filter_map(|block| {
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name))?;
                Some(line.strip_prefix(' ').unwrap_or(line).to_owned())
            };
            Some(Event {
                id: field("id:"),
                name: field("event:")?,
                data: field("data:")?,
            })
        })
        .collect()
}

/// The stream in which this message would have come.
pub fn of_message(message: &Value) -> Result<String, String> {
    let mut stream = Stream(String::new());
    let mut start = message.clone();
    start["content"] = json!([]);
    start["stop_reason"] = Value::Null;
    start["usage"]["output_tokens"] = json!(1);
    stream.push(&json!({"type": "message_start", "message": start}));
    let blocks = message["content"].as_array().ok_or("it has no content")?;
    for (index, block) in blocks.iter().enumerate() {
        stream.block(index, block);
    }
    let delta =
        json!({"stop_reason": message["stop_reason"], "stop_sequence": message["stop_sequence"]});
    stream.push(&json!({"type": "message_delta", "delta": delta, "usage": message["usage"]}));
    stream.push(&json!({"type": "message_stop"}));
    Ok(stream.0)
}

struct Stream(String);

impl Stream {
    fn push(&mut self, data: &Value) {
        let name = data["type"].as_str().unwrap_or_default();
        // Writing into a string can't fail.
        let _ = write!(self.0, "event: {name}\ndata: {data}\n\n");
    }

    /// A block with all that comes in pieces.
    fn block(&mut self, index: usize, block: &Value) {
        let mut start = block.clone();
        let mut deltas = Vec::new();
        match block["type"].as_str().unwrap_or_default() {
            "text" => {
                start["text"] = json!("");
                if let Some(citations) = block["citations"].as_array() {
                    start["citations"] = json!([]);
                    let delta = |citation| json!({"type": "citations_delta", "citation": citation});
                    deltas.extend(citations.iter().map(delta));
                }
                let delta = |text| json!({"type": "text_delta", "text": text});
                deltas.extend(pieces(&block["text"]).map(delta));
            }
            "thinking" => {
                start["thinking"] = json!("");
                start["signature"] = json!("");
                let delta = |text| json!({"type": "thinking_delta", "thinking": text});
                deltas.extend(pieces(&block["thinking"]).map(delta));
                deltas.push(json!({"type": "signature_delta", "signature": block["signature"]}));
            }
            "tool_use" | "server_tool_use" => {
                start["input"] = json!({});
                let input = Value::String(block["input"].to_string());
                let delta = |piece| json!({"type": "input_json_delta", "partial_json": piece});
                deltas.extend([String::new()].into_iter().chain(pieces(&input)).map(delta));
            }
            _ => {}
        }
        self.push(&json!({"type": "content_block_start", "index": index, "content_block": start}));
        for delta in deltas {
            self.push(&json!({"type": "content_block_delta", "index": index, "delta": delta}));
        }
        self.push(&json!({"type": "content_block_stop", "index": index}));
    }
}

fn pieces(text: &Value) -> impl Iterator<Item = String> {
    let characters: Vec<char> = text.as_str().unwrap_or_default().chars().collect();
    let pieces: Vec<String> = characters
        .chunks(PIECE)
        .map(|piece| piece.iter().collect())
        .collect();
    pieces.into_iter()
}
