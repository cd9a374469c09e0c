//! Puts an answer together from its events, whether they come from the provider or from a journal.

mod block;
mod growth;
mod next_turn;
mod usage;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use latchkey_domain::{
    RawJson,
    llm::{
        AnswerAssembler, AnswerFormat, AssembledAnswer, EventKind, LlmError, LlmErrorKind,
        LlmEvent, ModelId,
    },
};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::{block::Block, usage::UsageTally};
use super::{event::Received, sse::SseParser, wire};

/// Most content blocks of an answer.
const MAX_BLOCKS: usize = 1_024;
/// Most bytes of an answer.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Most bytes of all its events, with those of which nothing is kept: they are held for the journal and for who listens.
const MAX_RECEIVED: usize = 256 * 1024 * 1024;
/// What an event costs beside its data.
const EVENT_OVERHEAD: usize = 32;

/// Anthropic's format of answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnthropicFormat;

impl AnswerFormat for AnthropicFormat {
    fn assembler(&self) -> Box<dyn AnswerAssembler> {
        Box::new(Assembler::default())
    }

    fn read_journal(&self, journal: &[u8]) -> Vec<LlmEvent> {
        let mut read = Vec::new();
        // A journal holds only events that were small enough; what follows one that isn't can't be trusted.
        let _bounded = SseParser::default().push(&Bytes::copy_from_slice(journal), &mut read);
        read.into_iter()
            .filter_map(|event| match Received::read(event) {
                Received::Event(event) => Some(event),
                Received::Error(_) => None,
            })
            .collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    NotStarted,
    Running,
    Complete,
}

/// One answer so far.
#[derive(Debug, Default)]
struct Assembler {
    phase: Phase,
    model: Option<ModelId>,
    provider_message_id: Option<String>,
    stop_reason: Option<String>,
    blocks: Vec<Block>,
    usage: UsageTally,
    /// Bytes of blocks, deltas and usage so far.
    size: usize,
    /// Bytes of all events so far.
    received: usize,
}

impl AnswerAssembler for Assembler {
    fn push(&mut self, event: &LlmEvent) -> Result<(), LlmError> {
        self.received = self
            .received
            .saturating_add(event.data.len() + EVENT_OVERHEAD);
        if self.received > MAX_RECEIVED {
            return Err(malformed("more events than an answer has"));
        }
        match (self.phase, event.kind) {
            (Phase::Complete, _) => Err(malformed("an event after the end of the answer")),
            (_, EventKind::Ping | EventKind::Other) => Ok(()),
            (Phase::NotStarted, EventKind::MessageStart) => self.start(&event.data),
            (Phase::Running, EventKind::BlockDelta) => self.grow_block(&event.data),
            (Phase::Running, EventKind::BlockStart) => self.start_block(&event.data),
            (Phase::Running, EventKind::BlockStop) => self.stop_block(&event.data),
            (Phase::Running, EventKind::MessageDelta) => self.grow_message(&event.data),
            (Phase::Running, EventKind::MessageStop) => self.stop(&event.data),
            (Phase::Running, EventKind::MessageStart) => {
                Err(malformed("a second start of the answer"))
            }
            (Phase::NotStarted, _) => Err(malformed("an event before the start of the answer")),
        }
    }

    fn snapshot(&self) -> AssembledAnswer {
        AssembledAnswer {
            content: self.content(),
            next_turn: next_turn::less_than_all(&self.blocks),
            text: self.text(),
            model: self.model.clone(),
            provider_message_id: self.provider_message_id.clone(),
            stop_reason: self.stop_reason.clone(),
            usage: self.usage.report(self.phase == Phase::Complete),
            complete: self.phase == Phase::Complete,
        }
    }
}

impl Assembler {
    fn start(&mut self, data: &[u8]) -> Result<(), LlmError> {
        let start: wire::MessageStart<'_> = read(data)?;
        expect_type(&start.kind, "message_start")?;
        let message = start.message;
        let blocks: Vec<Block> = message
            .content
            .unwrap_or_default()
            .into_iter()
            .map(|raw| started(raw).map(Block::stopped))
            .collect::<Result<_, _>>()?;
        if blocks.len() > MAX_BLOCKS {
            return Err(malformed("too many content blocks"));
        }
        self.take_space(data.len())?;
        self.blocks = blocks;
        self.provider_message_id = message.id.map(std::borrow::Cow::into_owned);
        self.model = message.model.and_then(|id| ModelId::parse(&id).ok());
        self.stop_reason = message.stop_reason.map(std::borrow::Cow::into_owned);
        if let Some(usage) = message.usage {
            self.usage.merge_first(usage);
        }
        self.phase = Phase::Running;
        Ok(())
    }

    fn start_block(&mut self, data: &[u8]) -> Result<(), LlmError> {
        let start: wire::BlockStart<'_> = read(data)?;
        expect_type(&start.kind, "content_block_start")?;
        if start.index != self.blocks.len() {
            return Err(malformed("a content block out of order"));
        }
        if start.index >= MAX_BLOCKS {
            return Err(malformed("too many content blocks"));
        }
        let block = started(start.content_block)?;
        self.take_space(start.content_block.get().len())?;
        self.blocks.push(block);
        Ok(())
    }

    fn grow_block(&mut self, data: &[u8]) -> Result<(), LlmError> {
        let grow: wire::BlockDelta<'_> = read(data)?;
        expect_type(&grow.kind, "content_block_delta")?;
        let size = self.size_with(grow.delta.size().unwrap_or(data.len()))?;
        let block = self.open_block(grow.index)?;
        let fits = block.grow(&grow.delta, || {
            serde_json::from_slice::<wire::UnreadDelta<'_>>(data)
                .ok()
                .map(|unread| unread.delta)
        });
        if !fits {
            return Err(malformed("a delta that doesn't fit its content block"));
        }
        self.size = size;
        Ok(())
    }

    fn stop_block(&mut self, data: &[u8]) -> Result<(), LlmError> {
        let stop: wire::BlockStop<'_> = read(data)?;
        expect_type(&stop.kind, "content_block_stop")?;
        self.open_block(stop.index)?.stop();
        Ok(())
    }

    fn grow_message(&mut self, data: &[u8]) -> Result<(), LlmError> {
        let delta: wire::MessageDelta<'_> = read(data)?;
        expect_type(&delta.kind, "message_delta")?;
        self.take_space(data.len())?;
        if let Some(reason) = delta.delta.and_then(|delta| delta.stop_reason) {
            self.stop_reason = Some(reason.into_owned());
        }
        if let Some(usage) = delta.usage {
            self.usage.merge_later(usage);
        }
        Ok(())
    }

    fn stop(&mut self, data: &[u8]) -> Result<(), LlmError> {
        let stop: wire::Typed<'_> = read(data)?;
        expect_type(&stop.kind, "message_stop")?;
        if self.blocks.iter().any(Block::is_open) {
            return Err(malformed("the end of the answer within a content block"));
        }
        self.phase = Phase::Complete;
        Ok(())
    }

    fn open_block(&mut self, index: usize) -> Result<&mut Block, LlmError> {
        self.blocks
            .get_mut(index)
            .filter(|block| block.is_open())
            .ok_or_else(|| malformed("an event of a content block that isn't open"))
    }

    fn size_with(&self, more: usize) -> Result<usize, LlmError> {
        let size = self.size.saturating_add(more);
        if size > MAX_BYTES {
            Err(malformed("an answer of more than 32 MiB"))
        } else {
            Ok(size)
        }
    }

    fn take_space(&mut self, more: usize) -> Result<(), LlmError> {
        self.size = self.size_with(more)?;
        Ok(())
    }

    fn content(&self) -> RawJson {
        let mut content = String::with_capacity(self.size + 2);
        content.push('[');
        for (at, block) in self.blocks.iter().enumerate() {
            if at > 0 {
                content.push(',');
            }
            block.write_whole(&mut content);
        }
        content.push(']');
        RawJson::from_trusted(content)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for block in self.blocks.iter().filter(|block| block.is_text()) {
            text.push_str(&block.text());
        }
        text
    }
}

fn started(block: &RawValue) -> Result<Block, LlmError> {
    Block::started(block)
        .ok_or_else(|| malformed("a content block without a type or with a member twice"))
}

fn read<'a, T: Deserialize<'a>>(data: &'a [u8]) -> Result<T, LlmError> {
    serde_json::from_slice(data).map_err(|_| malformed("an event that isn't what its name says"))
}

fn expect_type(found: &str, expected: &str) -> Result<(), LlmError> {
    if found == expected {
        Ok(())
    } else {
        Err(malformed("an event that isn't what its name says"))
    }
}

fn malformed(what: &str) -> LlmError {
    LlmError::new(LlmErrorKind::Malformed).with_message(format!("The provider sent {what}."))
}
