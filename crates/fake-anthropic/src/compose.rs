//! Makes an answer: blocks, stop reason and usage, independent of the shape in which it is sent.

use serde_json::Value;

use crate::block::Block;
use crate::cache::CacheUse;
use crate::checks::{Ask, Thinking};
use crate::ids;
use crate::members::{Members, quoted};
use crate::reply::Message;
use crate::sample;
use crate::signature;

/// A finished answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) stop_reason: String,
    pub(crate) stop_sequence: Option<String>,
    pub(crate) stop_details: Option<Value>,
    pub(crate) usage: Usage,
}

/// The counters, and what a script changed of them.
#[derive(Debug)]
pub(crate) struct Usage {
    input_tokens: u64,
    output_tokens: u64,
    thinking_tokens: Option<u64>,
    cache: CacheUse,
    web_searches: Option<usize>,
    fast: bool,
    edits: Option<Value>,
}

/// The default answer to a prompt: repeats it.
#[must_use]
pub fn echo_of(prompt: &str) -> String {
    const MOST_LETTERS: usize = 4_000;
    let prompt = crate::directives::without_directives(prompt);
    let prompt = prompt.trim();
    if prompt.is_empty() {
        return "You said nothing in words.".to_owned();
    }
    let cut = prompt
        .char_indices()
        .nth(MOST_LETTERS)
        .map_or(prompt.len(), |(position, _)| position);
    format!("You said: {}", prompt.get(..cut).unwrap_or(prompt))
}

/// The default answer's thoughts.
pub(crate) const THOUGHTS: &str =
    "The user wants to hear their own words again. I will repeat them as they are and add nothing.";

/// The default answer.
pub(crate) fn echo(ask: &Ask<'_>, cache: CacheUse) -> Answer {
    let mut text = match ask.schema {
        Some(schema) => sample::matching(schema, &echo_of(&ask.prompt)).to_string(),
        None => echo_of(&ask.prompt),
    };
    if ask.attachments > 0 && ask.schema.is_none() {
        text = format!("{text} (and sent {} attached)", ask.attachments);
    }
    let mut stop_reason = "end_turn";
    let mut stop_sequence = None;
    if let Some((position, sequence)) = ask
        .stop_sequences
        .iter()
        .filter_map(|sequence| Some((text.find(sequence)?, *sequence)))
        .min()
    {
        text.truncate(position);
        stop_reason = "stop_sequence";
        stop_sequence = Some(sequence.to_owned());
    }
    if ask.model.tokens_of(text.len()) > ask.max_tokens {
        shorten(&mut text, ask);
        stop_reason = "max_tokens";
        stop_sequence = None;
    }
    let mut blocks = Vec::with_capacity(2);
    if ask.thinking != Thinking::Off {
        blocks.push(Block::thinking(THOUGHTS));
    }
    if !text.is_empty() {
        blocks.push(Block::text(&text));
    }
    let message = Message {
        blocks,
        stop_reason: Some(stop_reason.to_owned()),
        ..Message::default()
    };
    Answer {
        stop_sequence,
        ..scripted(ask, message, cache)
    }
}

/// Cuts a text down to `max_tokens`.
fn shorten(text: &mut String, ask: &Ask<'_>) {
    while ask.model.tokens_of(text.len()) > ask.max_tokens && text.pop().is_some() {}
}

/// A scripted answer.
pub(crate) fn scripted(ask: &Ask<'_>, message: Message, cache: CacheUse) -> Answer {
    let Message {
        mut blocks,
        stop_reason,
        stop_details,
        model,
        usage,
    } = message;
    for block in &mut blocks {
        finish_thinking(block, ask);
    }
    let tokens_of = |blocks: &[Block]| {
        ask.model
            .tokens_of(blocks.iter().map(Block::size).sum::<usize>())
            + 3
    };
    let thinks = blocks
        .iter()
        .any(|block| matches!(block, Block::Thinking { .. }));
    let thoughts: usize = blocks
        .iter()
        .filter(|block| matches!(block, Block::Thinking { .. }))
        .map(Block::size)
        .sum();
    let searches = blocks.iter().filter(|block| block.is_server_tool()).count();
    Answer {
        id: ids::message_id(),
        model: model.unwrap_or_else(|| ask.model.id.to_owned()),
        stop_reason: stop_reason.unwrap_or_else(|| "end_turn".to_owned()),
        stop_sequence: None,
        stop_details,
        usage: Usage {
            input_tokens: ask.input_tokens.saturating_sub(cache.total()),
            output_tokens: tokens_of(&blocks),
            thinking_tokens: thinks.then(|| ask.model.tokens_of(thoughts).max(1)),
            cache,
            web_searches: (searches > 0).then_some(searches),
            fast: ask.body.get("speed").and_then(Value::as_str) == Some("fast"),
            edits: usage,
        },
        blocks,
    }
}

fn finish_thinking(block: &mut Block, ask: &Ask<'_>) {
    if let Block::Thinking { text, signature } = block {
        if ask.thinking == Thinking::Hidden {
            text.clear();
        }
        if signature.is_none() {
            *signature = Some(signature::sign(ask.model, ask.conversation.digest(), text));
        }
    }
}

/// Members of `usage` with their JSON, in order.
type Counters = Vec<(String, String)>;

impl Usage {
    /// As `message_start` has it: the output has only begun.
    pub(crate) fn at_start(&self) -> Option<String> {
        let mut usage = self.input();
        self.add_cache_creation(&mut usage);
        usage.push((
            "output_tokens".to_owned(),
            self.output_tokens.min(4).to_string(),
        ));
        self.add_terms(&mut usage);
        self.edited(usage, |name| name != "output_tokens")
    }

    /// As `message_delta` has it: cumulative, without what does not change.
    pub(crate) fn at_end(&self) -> Option<String> {
        let mut usage = self.input();
        self.add_output(&mut usage);
        self.edited(usage, |_| true)
    }

    /// As a JSON answer has it.
    pub(crate) fn whole(&self) -> Option<String> {
        let mut usage = self.input();
        self.add_cache_creation(&mut usage);
        self.add_output(&mut usage);
        self.add_terms(&mut usage);
        self.edited(usage, |_| true)
    }

    fn input(&self) -> Counters {
        let written = self.cache.written_5m + self.cache.written_1h;
        vec![
            ("input_tokens".to_owned(), self.input_tokens.to_string()),
            (
                "cache_creation_input_tokens".to_owned(),
                written.to_string(),
            ),
            (
                "cache_read_input_tokens".to_owned(),
                self.cache.read.to_string(),
            ),
        ]
    }

    fn add_cache_creation(&self, usage: &mut Counters) {
        let creation = Members::new()
            .json("ephemeral_5m_input_tokens", self.cache.written_5m)
            .json("ephemeral_1h_input_tokens", self.cache.written_1h);
        usage.push(("cache_creation".to_owned(), creation.object()));
    }

    fn add_output(&self, usage: &mut Counters) {
        usage.push(("output_tokens".to_owned(), self.output_tokens.to_string()));
        if let Some(thinking) = self.thinking_tokens {
            let details = Members::new().json("thinking_tokens", thinking);
            usage.push(("output_tokens_details".to_owned(), details.object()));
        }
        if let Some(searches) = self.web_searches {
            let tools = Members::new()
                .json("web_search_requests", searches)
                .json("web_fetch_requests", 0);
            usage.push(("server_tool_use".to_owned(), tools.object()));
        }
    }

    fn add_terms(&self, usage: &mut Counters) {
        usage.push(("service_tier".to_owned(), quoted("standard")));
        usage.push(("inference_geo".to_owned(), quoted("not_available")));
        if self.fast {
            usage.push(("speed".to_owned(), quoted("fast")));
        }
    }

    /// With the script's changes; `None` where the script takes the whole object away.
    fn edited(&self, mut usage: Counters, concerns: impl Fn(&str) -> bool) -> Option<String> {
        match &self.edits {
            None => {}
            Some(Value::Object(edits)) => {
                for (name, value) in edits.iter().filter(|(name, _)| concerns(name)) {
                    usage.retain(|(present, _)| present != name);
                    if !value.is_null() {
                        usage.push((name.clone(), value.to_string()));
                    }
                }
            }
            Some(_) => return None,
        }
        let members = usage.iter().fold(Members::new(), |members, (name, json)| {
            members.json(name, json)
        });
        Some(members.object())
    }
}
