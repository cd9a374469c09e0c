//! What came, held against what was recorded.

use std::{collections::BTreeMap, fmt::Write as _};

use latchkey_domain::usage::TokenUsage;
use serde_json::{Value, json};

use crate::{
    expected::Expected,
    product::{Answer, Product},
    recording::Recording,
    stream::{Event, events},
};

/// A model for recordings that don't name theirs.
const SOME_MODEL: &str = "claude-sonnet-5";

/// Sends the recorded answer through as a stream and as JSON; says what came.
pub async fn check_answer(
    product: &Product,
    recording: &Recording,
    expected: &Expected,
    sent: &str,
    number: usize,
    ledger: &mut Ledger,
) -> Result<String, String> {
    let model = recording.model.as_deref().unwrap_or(SOME_MODEL);
    let streamed = format!("streamed-{number}");
    let body = json!({"message": "Hello", "model": model, "stream": true});
    let came = product.stream(&messages_of(&streamed), &body).await?;
    if let Some(kind) = &expected.error {
        // Nothing came before it, so it is an error of the call.
        let is_told = came.contains("\"code\":\"provider_overloaded\"");
        return if kind == "overloaded_error" && is_told {
            Ok(format!("an error: {kind}"))
        } else {
            Err(format!("{kind} became {came}"))
        };
    }
    let is_providers = |event: &Event| !event.name.starts_with("latchkey.");
    let unnumbered = |event: Event| Event { id: None, ..event };
    let passed_on: Vec<Event> = events(&came)
        .into_iter()
        .filter(is_providers)
        .map(unnumbered)
        .collect();
    let recorded = events(sent);
    if passed_on != recorded {
        return Err(format!(
            "{} events became {}: {came}",
            recorded.len(),
            passed_on.len()
        ));
    }
    let shown = product.get(&messages_of(&streamed)).await?;
    let saved = shown["items"].as_array().and_then(|items| items.last());
    same(expected, saved.ok_or("nothing was saved")?)?;

    let whole = format!("whole-{number}");
    let body = json!({"message": "Hello", "model": model, "stream": false});
    let Answer { status, body } = product.post(&messages_of(&whole), &body).await?;
    if status != 200 {
        return Err(format!("as JSON, {status}: {body}"));
    }
    same(expected, &body["assistantMessage"]).map_err(|fault| format!("as JSON, {fault}"))?;

    ledger.expect(&streamed, expected);
    ledger.expect(&whole, expected);
    Ok(format!(
        "{} events, {} blocks, {} characters",
        recorded.len(),
        expected.content.len(),
        expected.text().chars().count()
    ))
}

fn same(expected: &Expected, message: &Value) -> Result<(), String> {
    for (what, came, recorded) in [
        ("content", &message["content"], &json!(expected.content)),
        ("text", &message["text"], &json!(expected.text())),
        ("model", &message["model"], &json!(expected.model)),
        ("stop reason", &message["stopReason"], &expected.stop_reason),
        ("usage", &message["usage"], &json!(expected.usage)),
        ("status", &message["status"], &json!("complete")),
        (
            "cost",
            &message["cost"]["amountNanoUsd"],
            &json!(expected.cost()),
        ),
    ] {
        if came != recorded {
            return Err(format!("{what} differs: {recorded} became {came}"));
        }
    }
    Ok(())
}

/// Sends the recorded error through; says what it became.
pub async fn check_refusal(
    product: &Product,
    recording: &Recording,
    error: &Value,
    number: usize,
) -> Result<String, String> {
    let detail = &error["error"];
    let is_spend_limit = detail["details"]["error_code"]
        .as_str()
        .is_some_and(|code| code.ends_with("spend_limit_reached"));
    let words = detail["message"].as_str().unwrap_or_default();
    let code = match recording.status {
        400 if words.starts_with("prompt is too long") => "prompt_too_long",
        400 | 404 => "provider_refused_request",
        401 => "invalid_api_key",
        429 if is_spend_limit => "provider_spend_limit_reached",
        429 => "provider_rate_limited",
        529 => "provider_overloaded",
        other => return Err(format!("nothing is known of status {other}")),
    };
    let path = messages_of(&format!("refused-{number}"));
    let model = recording.model.as_deref().unwrap_or(SOME_MODEL);
    for stream in [true, false] {
        let body = json!({"message": "Hello", "model": model, "stream": stream});
        let answer = product.post(&path, &body).await?;
        let said = answer.body["detail"].as_str().unwrap_or_default();
        // The text of a refused key is fixed.
        let is_said = code == "invalid_api_key" || says(said, words);
        if answer.body["code"] != code || !is_said {
            return Err(format!("{code} ({words}) became {}", answer.body));
        }
    }
    Ok(format!("an error: {code}"))
}

/// Whether all of the provider's words are there but ids of organisations, which are nobody else's business.
fn says(said: &str, words: &str) -> bool {
    let is_id = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_hexdigit());
        word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4
    };
    let mut words = words.split_whitespace();
    words.all(|word| said.contains(word) != is_id(word))
}

/// Asks for the models that the recorded page lists.
pub async fn check_models(product: &Product, page: &Value) -> Result<String, String> {
    let recorded = page["data"].as_array().ok_or("it has no list")?;
    let shown = product.get("/api/models").await?;
    let shown = shown["items"].as_array().ok_or("no list came")?;
    let missing: Vec<&Value> = recorded
        .iter()
        .map(|model| &model["id"])
        .filter(|id| !shown.iter().any(|model| model["id"] == **id))
        .collect();
    if missing.is_empty() && shown.len() == recorded.len() {
        Ok(format!("{} models", shown.len()))
    } else {
        Err(format!("{} models came; missing: {missing:?}", shown.len()))
    }
}

fn messages_of(conversation: &str) -> String {
    format!("/api/chat/conversations/{conversation}/messages")
}

/// What the ledger must have, by conversation.
#[derive(Default)]
pub struct Ledger {
    conversations: BTreeMap<String, (String, TokenUsage, Option<i64>)>,
}

impl Ledger {
    fn expect(&mut self, conversation: &str, expected: &Expected) {
        let entry = (expected.model.clone(), expected.tokens(), expected.cost());
        self.conversations.insert(conversation.to_owned(), entry);
    }

    /// Where the product's sums differ.
    pub async fn differences(&self, product: &Product) -> Result<Vec<String>, String> {
        let path = "/api/usage/summary?groupBy=conversation,model";
        let summary = product.get(path).await?;
        let groups = summary["items"].as_array().ok_or("no summary")?;
        let mut differences = Vec::new();
        for (conversation, (model, tokens, cost)) in &self.conversations {
            let found = groups
                .iter()
                .find(|group| group["conversationId"] == **conversation);
            let came = found.unwrap_or(&Value::Null);
            let expected = json!({
                "attempts": 1, "model": model, "cost": {"amountNanoUsd": cost.unwrap_or_default(), "known": cost.is_some()},
                "tokens": {
                    "input": tokens.input, "output": tokens.output, "thinking": tokens.thinking,
                    "cacheRead": tokens.cache_read, "cacheWrite5m": tokens.cache_write_5m,
                    "cacheWrite1h": tokens.cache_write_1h,
                    "webSearches": tokens.web_searches, "webFetches": tokens.web_fetches,
                },
            });
            if !has_all_of(came, &expected) {
                differences.push(format!("{conversation}: {expected} became {came}"));
            }
        }
        Ok(differences)
    }

    /// What was used, by model.
    pub fn table(&self) -> String {
        let mut models: BTreeMap<&str, (u64, u64, u64, Option<i64>)> = BTreeMap::new();
        for (model, tokens, cost) in self.conversations.values() {
            let sum = models.entry(model).or_insert((0, 0, 0, Some(0)));
            sum.0 += 1;
            sum.1 += tokens.total_input();
            sum.2 += tokens.output;
            sum.3 = sum.3.zip(*cost).map(|(sum, cost)| sum + cost);
        }
        let mut table = String::from(
            "\n| model | answers | input | output | nano-dollars |\n|---|---|---|---|---|\n",
        );
        for (model, (answers, input, output, cost)) in models {
            let cost = cost.map_or_else(|| "no price".to_owned(), |cost| cost.to_string());
            // Writing into a string can't fail.
            let _ = writeln!(
                table,
                "| {model} | {answers} | {input} | {output} | {cost} |"
            );
        }
        table
    }
}

/// Whether `came` has all members of `expected`; it may have more.
fn has_all_of(came: &Value, expected: &Value) -> bool {
    match expected {
        Value::Object(members) => members
            .iter()
            .all(|(name, value)| has_all_of(&came[name.as_str()], value)),
        value => came == value,
    }
}
