//! The provider's counters: cumulative, laid over each other, and never believed beyond what can be counted.

use latchkey_domain::{
    RawJson,
    usage::{TokenUsage, UsageReport},
};
use serde_json::value::RawValue;

use crate::json_text::{Members, inside_quotes, push_string};

/// Members of all `usage` objects so far.
#[derive(Debug, Default)]
pub(super) struct UsageTally {
    members: Vec<(String, Box<RawValue>)>,
    /// Whether anything but the first event has said something.
    has_later: bool,
    /// Whether the answer's tokens became fewer, which no count does.
    decreased: bool,
}

impl UsageTally {
    /// Takes the `usage` of `message_start`.
    pub(super) fn merge_first(&mut self, usage: &RawValue) {
        self.merge(usage);
    }

    /// Takes the `usage` of a `message_delta`.
    pub(super) fn merge_later(&mut self, usage: &RawValue) {
        if self.merge(usage) {
            self.has_later = true;
        }
    }

    fn merge(&mut self, usage: &RawValue) -> bool {
        let Some(members) = Members::of(usage) else {
            return false;
        };
        let before = self.output();
        for (name, value) in members.0 {
            let known = self.members.iter_mut().find(|(known, _)| *known == name);
            match known {
                // Nothing said is nothing changed.
                Some(_) if value.get() == "null" => {}
                Some((_, known)) => *known = value.to_owned(),
                None => self.members.push((name.into_owned(), value.to_owned())),
            }
        }
        if let (Some(before), Some(after)) = (before, self.output()) {
            self.decreased |= after < before;
        }
        true
    }

    fn output(&self) -> Option<u64> {
        self.get("output_tokens").and_then(count)
    }

    fn get(&self, name: &str) -> Option<&RawValue> {
        self.members
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_ref())
    }

    /// What was counted; `None` when that isn't known: a counter is missing, or none that can be.
    pub(super) fn report(&self, complete: bool) -> Option<UsageReport> {
        if self.decreased {
            return None;
        }
        Some(UsageReport {
            tokens: self.tokens()?,
            raw: self.raw(),
            is_final: complete && self.has_later,
            fast: self.says("speed", "fast"),
            us_only: self.says("inference_geo", "us"),
        })
    }

    fn tokens(&self) -> Option<TokenUsage> {
        let (cache_write_5m, cache_write_1h) = self.cache_writes()?;
        Some(TokenUsage {
            input: self.get("input_tokens").and_then(count)?,
            output: self.output()?,
            cache_read: count_or_zero(self.get("cache_read_input_tokens"))?,
            cache_write_5m,
            cache_write_1h,
            thinking: self.nested("output_tokens_details", "thinking_tokens")?,
            web_searches: self.nested("server_tool_use", "web_search_requests")?,
            web_fetches: self.nested("server_tool_use", "web_fetch_requests")?,
        })
    }

    /// Cache writes for five minutes and for an hour. The sum comes in later events too, its parts only in the first:
    /// what the parts don't explain was written for as long as the rest.
    fn cache_writes(&self) -> Option<(u64, u64)> {
        let sum = count_or_zero(self.get("cache_creation_input_tokens"))?;
        let short = self.nested("cache_creation", "ephemeral_5m_input_tokens")?;
        let long = self.nested("cache_creation", "ephemeral_1h_input_tokens")?;
        let unexplained = sum.saturating_sub(short.checked_add(long)?);
        if short == 0 && long > 0 {
            Some((short, long.checked_add(unexplained)?))
        } else {
            Some((short.checked_add(unexplained)?, long))
        }
    }

    /// A counter within an object; 0 when either isn't there, `None` when it is no count.
    fn nested(&self, object: &str, name: &str) -> Option<u64> {
        let Some(object) = self.get(object).filter(|object| object.get() != "null") else {
            return Some(0);
        };
        count_or_zero(Members::of(object)?.get(name))
    }

    fn says(&self, name: &str, word: &str) -> bool {
        self.get(name).and_then(inside_quotes) == Some(word)
    }

    fn raw(&self) -> RawJson {
        let mut raw = String::from("{");
        for (name, value) in &self.members {
            if raw.len() > 1 {
                raw.push(',');
            }
            push_string(&mut raw, name);
            raw.push(':');
            raw.push_str(value.get());
        }
        raw.push('}');
        RawJson::from_trusted(raw)
    }
}

/// A whole number from 0 to `i64::MAX`, which is as much as a database can hold.
fn count(value: &RawValue) -> Option<u64> {
    let count: u64 = serde_json::from_str(value.get()).ok()?;
    i64::try_from(count).is_ok().then_some(count)
}

fn count_or_zero(value: Option<&RawValue>) -> Option<u64> {
    match value {
        None => Some(0),
        Some(value) if value.get() == "null" => Some(0),
        Some(value) => count(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn raw(value: &Value) -> Box<RawValue> {
        RawValue::from_string(value.to_string()).unwrap()
    }

    fn tally(first: &Value, later: &[Value]) -> UsageTally {
        let mut tally = UsageTally::default();
        tally.merge_first(&raw(first));
        for usage in later {
            tally.merge_later(&raw(usage));
        }
        tally
    }

    #[test]
    fn every_counter_is_read_and_later_ones_win() {
        let first = json!({
            "input_tokens": 10, "output_tokens": 1, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 5,
            "cache_creation": { "ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20 },
            "service_tier": "standard", "inference_geo": "us", "speed": "fast",
        });
        let later = json!({
            "input_tokens": 11, "output_tokens": 400, "cache_read_input_tokens": null,
            "output_tokens_details": { "thinking_tokens": 300 },
            "server_tool_use": { "web_search_requests": 2, "web_fetch_requests": 3 },
        });
        let report = tally(&first, &[later]).report(true).unwrap();
        assert_eq!(
            report.tokens,
            TokenUsage {
                input: 11,
                output: 400,
                cache_read: 5,
                cache_write_5m: 10,
                cache_write_1h: 20,
                thinking: 300,
                web_searches: 2,
                web_fetches: 3,
            }
        );
        assert!(report.is_final && report.fast && report.us_only);
        let raw: Value = serde_json::from_str(report.raw.as_str()).unwrap();
        assert_eq!(raw["service_tier"], "standard");
        assert_eq!(raw["output_tokens"], 400);
    }

    #[test]
    fn cache_writes_are_told_apart_as_far_as_they_can_be() {
        let writes = |first: Value, later: Value| {
            let report = tally(&first, &[later]).report(true).unwrap();
            (report.tokens.cache_write_5m, report.tokens.cache_write_1h)
        };
        let of = |short: u64, long: u64| {
            json!({
                "input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": short + long,
                "cache_creation": { "ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long },
            })
        };
        let plain =
            json!({ "input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 9 });
        assert_eq!(writes(plain, json!({})), (9, 0));
        assert_eq!(writes(of(1, 2), json!({})), (1, 2));
        assert_eq!(
            writes(of(0, 2), json!({ "cache_creation_input_tokens": 7 })),
            (0, 7)
        );
        assert_eq!(
            writes(of(3, 0), json!({ "cache_creation_input_tokens": 7 })),
            (7, 0)
        );
    }

    #[test]
    fn what_cannot_be_counted_is_unknown() {
        for (first, later) in [
            (json!({}), json!({})),
            (json!({ "input_tokens": 1 }), json!({})),
            (json!({ "output_tokens": 1 }), json!({})),
            (json!({ "input_tokens": -1, "output_tokens": 1 }), json!({})),
            (
                json!({ "input_tokens": 1.5, "output_tokens": 1 }),
                json!({}),
            ),
            (
                json!({ "input_tokens": "1", "output_tokens": 1 }),
                json!({}),
            ),
            (
                json!({ "input_tokens": 1u64 << 63, "output_tokens": 1 }),
                json!({}),
            ),
            (
                json!({ "input_tokens": 1, "output_tokens": 9 }),
                json!({ "output_tokens": 8 }),
            ),
            (
                json!({ "input_tokens": 1, "output_tokens": 9, "cache_creation": 7 }),
                json!({}),
            ),
            (
                json!({ "input_tokens": 1, "output_tokens": 9, "server_tool_use": { "web_search_requests": -1 } }),
                json!({}),
            ),
        ] {
            assert_eq!(tally(&first, &[later]).report(true), None, "{first}");
        }
        assert_eq!(tally(&json!(7), &[json!([1])]).report(true), None);
        assert_eq!(UsageTally::default().report(false), None);
    }

    #[test]
    fn figures_of_the_start_alone_are_not_final() {
        let first = json!({ "input_tokens": 1, "output_tokens": 1 });
        assert!(!tally(&first, &[]).report(true).unwrap().is_final);
        let later = [json!({ "output_tokens": 2 })];
        assert!(!tally(&first, &later).report(false).unwrap().is_final);
        assert!(tally(&first, &later).report(true).unwrap().is_final);
    }

    proptest! {
        #[test]
        fn no_number_overflows(numbers in proptest::collection::vec(proptest::num::u64::ANY, 6)) {
            let usage = json!({
                "input_tokens": numbers[0], "output_tokens": numbers[1], "cache_creation_input_tokens": numbers[2],
                "cache_creation": {
                    "ephemeral_5m_input_tokens": numbers[3], "ephemeral_1h_input_tokens": numbers[4],
                },
                "cache_read_input_tokens": numbers[5],
            });
            let known = numbers.iter().all(|number| i64::try_from(*number).is_ok());
            let report = tally(&usage, &[]).report(true);
            prop_assert_eq!(report.is_some(), known);
            if let Some(report) = report {
                let _no_panic = report.tokens.total_input();
            }
        }
    }
}
