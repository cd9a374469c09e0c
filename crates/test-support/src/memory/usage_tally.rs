//! The provider's counters, laid over each other.

use latchkey_domain::{
    RawJson,
    usage::{TokenUsage, UsageReport},
};
use serde_json::{Map, Value};

/// Members of all `usage` objects so far.
#[derive(Debug, Default)]
pub(super) struct UsageTally {
    members: Map<String, Value>,
    has_later: bool,
    decreased: bool,
}

impl UsageTally {
    pub fn merge(&mut self, usage: Option<&Value>) {
        let before = self.output();
        for (name, value) in usage.and_then(Value::as_object).into_iter().flatten() {
            self.members.insert(name.clone(), value.clone());
        }
        self.decreased |= self.output() < before;
    }

    pub fn merge_later(&mut self, usage: Option<&Value>) {
        self.has_later |= usage.is_some_and(Value::is_object);
        self.merge(usage);
    }

    pub fn report(&self, complete: bool) -> Option<UsageReport> {
        if self.decreased {
            return None;
        }
        let says = |name, word| self.members.get(name).and_then(Value::as_str) == Some(word);
        Some(UsageReport {
            tokens: self.tokens()?,
            raw: RawJson::from_trusted(Value::Object(self.members.clone()).to_string()),
            is_final: complete && self.has_later,
            fast: says("speed", "fast"),
            us_only: says("inference_geo", "us"),
        })
    }

    fn output(&self) -> Option<u64> {
        count(self.members.get("output_tokens")?)
    }

    fn tokens(&self) -> Option<TokenUsage> {
        let written = self.or_zero("/cache_creation_input_tokens")?;
        let for_an_hour = self.or_zero("/cache_creation/ephemeral_1h_input_tokens")?;
        Some(TokenUsage {
            input: count(self.members.get("input_tokens")?)?,
            output: self.output()?,
            cache_read: self.or_zero("/cache_read_input_tokens")?,
            cache_write_5m: written.checked_sub(for_an_hour)?,
            cache_write_1h: for_an_hour,
            thinking: self.or_zero("/output_tokens_details/thinking_tokens")?,
            web_searches: self.or_zero("/server_tool_use/web_search_requests")?,
            web_fetches: self.or_zero("/server_tool_use/web_fetch_requests")?,
        })
    }

    /// The counter at this path; 0 when there is none, `None` when it is no count.
    fn or_zero(&self, path: &str) -> Option<u64> {
        let mut names = path.split('/').skip(1);
        let mut found = self.members.get(names.next()?);
        for name in names {
            found = found.and_then(|object| object.get(name));
        }
        found
            .filter(|value| !value.is_null())
            .map_or(Some(0), count)
    }
}

/// A whole number that a database can hold.
fn count(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| i64::try_from(*count).is_ok())
}
