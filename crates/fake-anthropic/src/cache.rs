//! The prompt cache, as far as a client sees it: what a request writes to it and reads from it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::checks::Ask;

const FIVE_MINUTES: Duration = Duration::from_mins(5);
const ONE_HOUR: Duration = Duration::from_hours(1);
/// Above this many entries the cache starts anew, so that a benchmark can't fill the memory.
const MOST_ENTRIES: usize = 200_000;
/// An image or document counts like a text of this many bytes.
const ATTACHMENT_BYTES: usize = 6_400;

/// How a request's input divides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CacheUse {
    pub(crate) read: u64,
    pub(crate) written_5m: u64,
    pub(crate) written_1h: u64,
}

impl CacheUse {
    pub(crate) fn total(self) -> u64 {
        self.read + self.written_5m + self.written_1h
    }
}

/// Which prefixes are cached, and until when.
#[derive(Debug, Default)]
pub(crate) struct PromptCache {
    until: Mutex<HashMap<u64, Instant>>,
}

/// The prompt up to the end of one block.
struct Prefix {
    digest: u64,
    bytes: usize,
    breakpoint: Option<Duration>,
}

impl PromptCache {
    /// What this request reads and writes; nothing where it has no breakpoint.
    pub(crate) fn serve(&self, key: &str, ask: &Ask<'_>, least_tokens: u64) -> CacheUse {
        if !ask.breakpoints.any() {
            return CacheUse::default();
        }
        let prefixes = prefixes(key, ask);
        let Some(end) = prefixes
            .iter()
            .rposition(|prefix| prefix.breakpoint.is_some())
        else {
            return CacheUse::default();
        };
        let cacheable = prefixes.get(..=end).unwrap_or_default();
        let tokens = |prefix: &Prefix| ask.model.tokens_of(prefix.bytes).min(ask.input_tokens);
        if cacheable.last().map_or(0, tokens) < least_tokens.max(1) {
            return CacheUse::default();
        }
        let now = Instant::now();
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let hit = cacheable
            .iter()
            .rev()
            .find(|prefix| until.get(&prefix.digest).is_some_and(|until| *until > now));
        let mut used = CacheUse {
            read: hit.map_or(0, tokens),
            ..CacheUse::default()
        };
        let mut covered = used.read;
        if until.len() > MOST_ENTRIES {
            until.clear();
        }
        for prefix in cacheable {
            let Some(lifetime) = prefix.breakpoint else {
                continue;
            };
            let written = tokens(prefix).saturating_sub(covered);
            covered += written;
            if lifetime == ONE_HOUR {
                used.written_1h += written;
            } else {
                used.written_5m += written;
            }
            until.insert(prefix.digest, now + lifetime);
        }
        used
    }
}

fn prefixes(key: &str, ask: &Ask<'_>) -> Vec<Prefix> {
    let mut prompt = Prompt {
        hasher: DefaultHasher::new(),
        bytes: 0,
        prefixes: Vec::new(),
    };
    key.hash(&mut prompt.hasher);
    ask.model.id.hash(&mut prompt.hasher);
    for part in ["tools", "system"] {
        match ask.body.get(part) {
            Some(Value::Array(blocks)) => blocks.iter().for_each(|block| prompt.block(part, block)),
            Some(Value::String(text)) => prompt.text(part, text, None),
            _ => {}
        }
    }
    for message in ask
        .body
        .get("messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match message.get("content") {
            Some(Value::Array(blocks)) => blocks.iter().for_each(|block| prompt.block(role, block)),
            Some(Value::String(text)) => prompt.text(role, text, None),
            _ => {}
        }
    }
    if ask.breakpoints.automatic
        && let Some(last) = prompt.prefixes.last_mut()
    {
        last.breakpoint = ask.body.get("cache_control").map(lifetime);
    }
    prompt.prefixes
}

struct Prompt {
    hasher: DefaultHasher,
    bytes: usize,
    prefixes: Vec<Prefix>,
}

impl Prompt {
    /// A string and a text block with the same text are the same.
    fn text(&mut self, role: &str, text: &str, breakpoint: Option<Duration>) {
        (role, text).hash(&mut self.hasher);
        self.bytes += text.len();
        self.end_block(breakpoint);
    }

    fn block(&mut self, role: &str, block: &Value) {
        let breakpoint = block
            .get("cache_control")
            .filter(|control| !control.is_null())
            .map(lifetime);
        let kind = block.get("type").and_then(Value::as_str);
        if let (Some("text"), Some(text)) = (kind, block.get("text").and_then(Value::as_str)) {
            return self.text(role, text, breakpoint);
        }
        role.hash(&mut self.hasher);
        self.bytes += if matches!(kind, Some("image" | "document")) {
            ATTACHMENT_BYTES
        } else {
            bytes_of(block)
        };
        hash_value(block, &mut self.hasher);
        self.end_block(breakpoint);
    }

    fn end_block(&mut self, breakpoint: Option<Duration>) {
        self.prefixes.push(Prefix {
            digest: self.hasher.finish(),
            bytes: self.bytes,
            breakpoint,
        });
    }
}

fn lifetime(control: &Value) -> Duration {
    if control.get("ttl").and_then(Value::as_str) == Some("1h") {
        ONE_HOUR
    } else {
        FIVE_MINUTES
    }
}

/// Everything but `cache_control`, which is not part of what is cached.
fn without_control(members: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    members.iter().filter(|(name, _)| *name != "cache_control")
}

fn hash_value(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Object(members) => without_control(members).for_each(|(name, member)| {
            name.hash(hasher);
            hash_value(member, hasher);
        }),
        Value::Array(items) => items.iter().for_each(|item| hash_value(item, hasher)),
        scalar => scalar.hash(hasher),
    }
}

fn bytes_of(value: &Value) -> usize {
    match value {
        Value::Object(members) => without_control(members)
            .map(|(name, member)| name.len() + bytes_of(member))
            .sum(),
        Value::Array(items) => items.iter().map(bytes_of).sum(),
        Value::String(text) => text.len(),
        _ => 1,
    }
}
