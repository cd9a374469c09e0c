//! What a recording is worth, read without any of the product's code but its prices.

use latchkey_domain::{
    RawJson,
    llm::ModelId,
    usage::{TokenUsage, UsageReport, price_call},
};
use serde_json::{Map, Value, json};

use crate::stream::{Event, events};

/// The answer that must come.
#[derive(Default)]
pub struct Expected {
    pub content: Vec<Value>,
    pub model: String,
    pub usage: Map<String, Value>,
    pub stop_reason: Value,
    /// The type of the error that ended it.
    pub error: Option<String>,
}

impl Expected {
    /// The answer in a stream of events.
    pub fn of_stream(text: &str) -> Result<Self, String> {
        let mut expected = Self::default();
        // Pieces of JSON for the block that is open.
        let mut input = String::new();
        for Event { data, .. } in events(text) {
            let data: Value = serde_json::from_str(&data).map_err(|error| error.to_string())?;
            match data["type"].as_str().unwrap_or_default() {
                "message_start" => {
                    let message = &data["message"];
                    message["model"]
                        .as_str()
                        .unwrap_or_default()
                        .clone_into(&mut expected.model);
                    expected.lay_over(&message["usage"]);
                }
                "content_block_start" => expected.content.push(data["content_block"].clone()),
                "content_block_delta" => {
                    let block = expected.content.last_mut().ok_or("no block is open")?;
                    grow(block, &data["delta"], &mut input)?;
                }
                "content_block_stop" if !input.is_empty() => {
                    let block = expected.content.last_mut().ok_or("no block is open")?;
                    let read = serde_json::from_str(&input).map_err(|error| error.to_string())?;
                    set(block, "input", read);
                    input.clear();
                }
                "message_delta" => {
                    expected.stop_reason = data["delta"]["stop_reason"].clone();
                    expected.lay_over(&data["usage"]);
                }
                "error" => {
                    let kind = data["error"]["type"].as_str().unwrap_or_default();
                    expected.error = Some(kind.to_owned());
                }
                _ => {}
            }
        }
        Ok(expected)
    }

    /// The answer in a whole message.
    pub fn of_message(message: &Value) -> Result<Self, String> {
        let content = message["content"].as_array().ok_or("it has no content")?;
        let usage = message["usage"].as_object().ok_or("it has no usage")?;
        Ok(Self {
            content: content.clone(),
            model: message["model"].as_str().unwrap_or_default().to_owned(),
            usage: usage.clone(),
            stop_reason: message["stop_reason"].clone(),
            error: None,
        })
    }

    fn lay_over(&mut self, usage: &Value) {
        for (name, value) in usage.as_object().into_iter().flatten() {
            self.usage.insert(name.clone(), value.clone());
        }
    }

    pub fn text(&self) -> String {
        let blocks = self.content.iter().filter(|block| block["type"] == "text");
        blocks.filter_map(|block| block["text"].as_str()).collect()
    }

    pub fn tokens(&self) -> TokenUsage {
        let usage = Value::Object(self.usage.clone());
        let count = |value: &Value| value.as_u64().unwrap_or_default();
        let writes = &usage["cache_creation"];
        let all_writes = count(&usage["cache_creation_input_tokens"]);
        let for_an_hour = count(&writes["ephemeral_1h_input_tokens"]);
        TokenUsage {
            input: count(&usage["input_tokens"]),
            output: count(&usage["output_tokens"]),
            cache_read: count(&usage["cache_read_input_tokens"]),
            cache_write_5m: all_writes.saturating_sub(for_an_hour),
            cache_write_1h: for_an_hour,
            thinking: count(&usage["output_tokens_details"]["thinking_tokens"]),
            web_searches: count(&usage["server_tool_use"]["web_search_requests"]),
            web_fetches: count(&usage["server_tool_use"]["web_fetch_requests"]),
        }
    }

    /// In billionths of a dollar; `None` when the model has no price.
    pub fn cost(&self) -> Option<i64> {
        let model = ModelId::parse(&self.model).ok()?;
        let report = UsageReport {
            tokens: self.tokens(),
            raw: RawJson::from_trusted("{}".to_owned()),
            is_final: true,
            fast: self.usage.get("speed") == Some(&json!("fast")),
            us_only: self.usage.get("inference_geo") == Some(&json!("us")),
        };
        price_call(&model, Some(&report)).amount.map(|cost| cost.0)
    }
}

fn grow(block: &mut Value, delta: &Value, input: &mut String) -> Result<(), String> {
    let piece = |name: &str| delta[name].as_str().unwrap_or_default();
    match delta["type"].as_str().unwrap_or_default() {
        "text_delta" => add_text(block, "text", piece("text")),
        "thinking_delta" => add_text(block, "thinking", piece("thinking")),
        "signature_delta" => add_text(block, "signature", piece("signature")),
        "input_json_delta" => input.push_str(piece("partial_json")),
        "citations_delta" => {
            let mut citations = match block["citations"].take() {
                Value::Array(citations) => citations,
                _ => Vec::new(),
            };
            citations.push(delta["citation"].clone());
            set(block, "citations", Value::Array(citations));
        }
        other => return Err(format!("nothing is known of `{other}`")),
    }
    Ok(())
}

fn add_text(block: &mut Value, member: &str, piece: &str) {
    let text = format!("{}{piece}", block[member].as_str().unwrap_or_default());
    set(block, member, Value::String(text));
}

fn set(block: &mut Value, member: &str, value: Value) {
    if let Value::Object(members) = block {
        members.insert(member.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::of_message;

    #[test]
    fn a_message_is_the_same_in_a_stream() {
        let message = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5",
            "content": [
                {"type": "thinking", "thinking": "Hm, hm. ".repeat(9), "signature": "c2ln"},
                {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Münster", "days": [1, 2.5]}},
                {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
                {"type": "text", "text": "Grüße 😀 ".repeat(9), "citations": [{"cited_text": "x"}]},
                {"type": "newer", "glow": 1},
            ],
            "stop_reason": "tool_use", "stop_sequence": null,
            "usage": {"input_tokens": 7, "output_tokens": 90, "cache_creation_input_tokens": 5,
                "cache_creation": {"ephemeral_5m_input_tokens": 2, "ephemeral_1h_input_tokens": 3}},
        });
        let whole = Expected::of_message(&message).unwrap();
        let streamed = Expected::of_stream(&of_message(&message).unwrap()).unwrap();
        assert_eq!(streamed.content, whole.content);
        assert_eq!(streamed.usage, whole.usage);
        assert_eq!(streamed.stop_reason, whole.stop_reason);
        assert_eq!(
            (streamed.text(), streamed.cost()),
            (whole.text(), whole.cost())
        );
        let tokens = whole.tokens();
        assert_eq!((tokens.cache_write_5m, tokens.cache_write_1h), (2, 3));
    }
}
