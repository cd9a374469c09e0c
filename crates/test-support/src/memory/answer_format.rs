//! The provider's format, read the simple way: each event is parsed into a JSON tree.

use bytes::Bytes;
use latchkey_domain::{
    RawJson,
    llm::{
        AnswerAssembler, AnswerFormat, AssembledAnswer, EventKind, LlmError, LlmErrorKind,
        LlmEvent, ModelId,
    },
};
use serde_json::{Value, json};

use super::usage_tally::UsageTally;

const MAX_BLOCKS: usize = 1_024;
const MAX_BYTES: usize = 32 << 20;

/// Anthropic's format of answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryFormat;

impl AnswerFormat for MemoryFormat {
    fn assembler(&self) -> Box<dyn AnswerAssembler> {
        Box::new(Assembler::default())
    }

    fn read_journal(&self, journal: &[u8]) -> Vec<LlmEvent> {
        let whole = journal.windows(2).rposition(|pair| pair == b"\n\n");
        let whole = whole.and_then(|end| journal.get(..end)).unwrap_or_default();
        let text = String::from_utf8_lossy(whole);
        text.split("\n\n").filter_map(read_event).collect()
    }
}

fn read_event(text: &str) -> Option<LlmEvent> {
    let text = match text.strip_prefix("id: ") {
        Some(numbered) => numbered.split_once('\n')?.1,
        None => text,
    };
    let (name, data) = text.strip_prefix("event: ")?.split_once('\n')?;
    let lines: Vec<&str> = data
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    let kind = match name {
        "message_start" => EventKind::MessageStart,
        "content_block_start" => EventKind::BlockStart,
        "content_block_delta" => EventKind::BlockDelta,
        "content_block_stop" => EventKind::BlockStop,
        "message_delta" => EventKind::MessageDelta,
        "message_stop" => EventKind::MessageStop,
        "ping" => EventKind::Ping,
        _ => EventKind::Other,
    };
    Some(LlmEvent {
        name: Bytes::copy_from_slice(name.as_bytes()),
        data: Bytes::from(lines.join("\n")),
        kind,
    })
}

#[derive(Debug, Default)]
struct Assembler {
    started: bool,
    complete: bool,
    message: Value,
    blocks: Vec<Block>,
    stop_reason: Option<String>,
    usage: UsageTally,
    size: usize,
}

#[derive(Debug)]
struct Block {
    value: Value,
    /// The pieces of a tool's input.
    input: String,
    open: bool,
}

impl AnswerAssembler for Assembler {
    fn push(&mut self, event: &LlmEvent) -> Result<(), LlmError> {
        if self.complete {
            return Err(malformed("an event after the end"));
        }
        if matches!(event.kind, EventKind::Ping | EventKind::Other) {
            return Ok(());
        }
        if self.started == (event.kind == EventKind::MessageStart) {
            return Err(malformed("a second start, or none"));
        }
        let size = self.size + event.data.len();
        if size > MAX_BYTES {
            return Err(malformed("more than 32 MiB"));
        }
        let data: Value = serde_json::from_slice(&event.data).map_err(|_| malformed("no JSON"))?;
        self.take(event.kind, &data)
            .ok_or_else(|| malformed("an event that can't follow"))?;
        self.size = size;
        Ok(())
    }

    fn snapshot(&self) -> AssembledAnswer {
        let all: Vec<Value> = self.blocks.iter().map(Block::finished).collect();
        let fit = self.blocks.iter().filter(|block| block.may_go_on());
        let fit: Vec<Value> = fit.map(Block::finished).collect();
        let texts = all.iter().filter(|block| kind(block) == "text");
        AssembledAnswer {
            next_turn: (fit.len() < all.len()).then(|| raw(&Value::Array(fit))),
            text: texts.map(|block| text_of(block, "text")).collect(),
            model: ModelId::parse(text_of(&self.message, "model")).ok(),
            provider_message_id: self
                .message
                .get("id")
                .and_then(Value::as_str)
                .map(str::to_owned),
            stop_reason: self.stop_reason.clone(),
            usage: self.usage.report(self.complete),
            complete: self.complete,
            content: raw(&Value::Array(all)),
        }
    }
}

impl Assembler {
    /// Takes an event; `None`, with nothing changed, if it can't follow.
    fn take(&mut self, kind: EventKind, data: &Value) -> Option<()> {
        match kind {
            EventKind::MessageStart => {
                let message = data.get("message").filter(|message| message.is_object())?;
                self.usage.merge(message.get("usage"));
                self.message = message.clone();
                self.started = true;
            }
            EventKind::BlockStart => {
                let block = data
                    .get("content_block")
                    .filter(|block| block.is_object())?;
                if index(data)? != self.blocks.len() || self.blocks.len() >= MAX_BLOCKS {
                    return None;
                }
                self.blocks.push(Block {
                    value: block.clone(),
                    input: String::new(),
                    open: true,
                });
            }
            EventKind::BlockDelta => self.open_block(data)?.grow(data.get("delta")?)?,
            EventKind::BlockStop => self.open_block(data)?.open = false,
            EventKind::MessageDelta => {
                let reason = data
                    .get("delta")?
                    .get("stop_reason")
                    .and_then(Value::as_str);
                if let Some(reason) = reason {
                    self.stop_reason = Some(reason.to_owned());
                }
                self.usage.merge_later(data.get("usage"));
            }
            EventKind::MessageStop => {
                if self.blocks.iter().any(|block| block.open) {
                    return None;
                }
                self.complete = true;
            }
            EventKind::Ping | EventKind::Other => {}
        }
        Some(())
    }

    fn open_block(&mut self, data: &Value) -> Option<&mut Block> {
        let block = self.blocks.get_mut(index(data)?);
        block.filter(|block| block.open)
    }
}

impl Block {
    fn grow(&mut self, delta: &Value) -> Option<()> {
        let piece = |member: &str| delta.get(member).and_then(Value::as_str);
        match kind(delta) {
            "text_delta" => self.append("text", piece("text")?),
            "thinking_delta" => self.append("thinking", piece("thinking")?),
            "signature_delta" => self.append("signature", piece("signature")?),
            "input_json_delta" => self.input.push_str(piece("partial_json")?),
            "citations_delta" => {
                let citation = delta.get("citation")?.clone();
                let list = self.member("citations", json!([]))?;
                list.as_array_mut()?.push(citation);
            }
            _ => {}
        }
        Some(())
    }

    fn append(&mut self, member: &str, piece: &str) {
        if let Some(Value::String(text)) = self.member(member, json!("")) {
            text.push_str(piece);
        }
    }

    fn member(&mut self, name: &str, empty: Value) -> Option<&mut Value> {
        let members = self.value.as_object_mut()?;
        Some(members.entry(name).or_insert(empty))
    }

    fn finished(&self) -> Value {
        let mut value = self.value.clone();
        if let Ok(input) = serde_json::from_str::<Value>(&self.input)
            && let Some(members) = value.as_object_mut()
        {
            members.insert("input".to_owned(), input);
        }
        value
    }

    fn may_go_on(&self) -> bool {
        match kind(&self.value) {
            "text" => !text_of(&self.value, "text").trim().is_empty(),
            _ => !self.open,
        }
    }
}

fn kind(value: &Value) -> &str {
    text_of(value, "type")
}

fn text_of<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn index(data: &Value) -> Option<usize> {
    usize::try_from(data.get("index")?.as_u64()?).ok()
}

fn raw(value: &Value) -> RawJson {
    RawJson::from_trusted(value.to_string())
}

fn malformed(what: &str) -> LlmError {
    LlmError::new(LlmErrorKind::Malformed).with_message(what)
}
