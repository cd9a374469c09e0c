//! Bodies of requests that many tests start from.

use serde_json::{Value, json};

/// A model that takes sampling options and thinking budgets.
pub const OLD_MODEL: &str = "claude-haiku-4-5-20251001";
pub const MODEL: &str = "claude-sonnet-5-5";

pub fn ask(prompt: &str) -> Value {
    json!({ "model": MODEL, "max_tokens": 1_000, "messages": [{ "role": "user", "content": prompt }] })
}

pub fn streamed(prompt: &str) -> Value {
    with(ask(prompt), json!({ "stream": true }))
}

/// A body with members replaced; `null` takes one away.
pub fn with(mut body: Value, members: Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
    body
}

pub fn conversation(model: &str, messages: Value) -> Value {
    json!({ "model": model, "max_tokens": 1_000, "messages": messages })
}
