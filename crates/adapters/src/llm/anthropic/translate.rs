//! From our request to Anthropic's, as JSON text. What came from the provider goes back byte for byte.

use std::fmt::Write;

use latchkey_domain::{
    llm::{LlmError, LlmErrorKind, LlmRequest},
    user::CacheLifetime,
};

use super::{json_text::push_string, sampling::Temperature, shown_content::ShownContent};

/// The version of the API that we speak.
const CURRENT_VERSION: &str = "2026-10-21";
/// The one before, which alone has `temperature`.
const VERSION_WITH_TEMPERATURE: &str = "2023-06-01";
/// Members that an option must not bring in.
const OWN_MEMBERS: [&str; 8] = [
    "model",
    "max_tokens",
    "stream",
    "system",
    "messages",
    "thinking",
    "temperature",
    "cache_control",
];

/// A request as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MessagesRequest {
    /// The header `anthropic-version`.
    pub(super) version: &'static str,
    /// The JSON text.
    pub(super) body: String,
}

/// Translates `request`.
///
/// # Errors
/// [`LlmErrorKind::RefusedRequest`] for what the provider would refuse in any case.
pub(super) fn messages_request(request: &LlmRequest) -> Result<MessagesRequest, LlmError> {
    let version = version_for(request)?;
    let mut body = String::with_capacity(expected_length(request));
    body.push_str("{\"model\":");
    push_string(&mut body, request.model.as_str());
    // Writing to a `String` can't fail, here and below.
    let _infallible = write!(
        body,
        ",\"max_tokens\":{},\"stream\":true",
        request.max_tokens
    );
    if let Some(system) = request
        .system
        .as_deref()
        .filter(|text| !text.trim().is_empty())
    {
        body.push_str(",\"system\":");
        push_string(&mut body, system);
    }
    if let Some(temperature) = request.temperature {
        let _infallible = write!(body, ",\"temperature\":{temperature}");
    }
    if let Some(thinking) = &request.thinking {
        push_member(&mut body, "thinking", thinking.as_str());
    }
    for (name, value) in &request.options {
        if OWN_MEMBERS.contains(name) {
            return Err(refused(format!("{name} is not an option.")));
        }
        push_member(&mut body, name, value.as_str());
    }
    push_cache_control(&mut body, request.prompt_cache);
    push_messages(&mut body, request);
    body.push('}');
    Ok(MessagesRequest { version, body })
}

fn version_for(request: &LlmRequest) -> Result<&'static str, LlmError> {
    let Some(temperature) = request.temperature else {
        return Ok(CURRENT_VERSION);
    };
    if !(0.0..=1.0).contains(&temperature) {
        return Err(refused("The temperature must be between 0 and 1.".into()));
    }
    match Temperature::of(&request.model) {
        Temperature::Taken | Temperature::Unknown => Ok(VERSION_WITH_TEMPERATURE),
        Temperature::Refused => Err(refused(format!(
            "{} takes no temperature: models from 4.7 on choose for themselves. Please leave it out, or use an older model.",
            request.model
        ))),
    }
}

fn refused(message: String) -> LlmError {
    LlmError::new(LlmErrorKind::RefusedRequest).with_message(message)
}

fn expected_length(request: &LlmRequest) -> usize {
    let turns: usize = request
        .turns
        .iter()
        .map(|turn| turn.content.as_str().len() + 40)
        .sum();
    let options: usize = request
        .options
        .iter()
        .map(|(name, value)| name.len() + value.as_str().len() + 4)
        .sum();
    turns + options + request.system.as_ref().map_or(0, String::len) + 512
}

fn push_member(body: &mut String, name: &str, value: &str) {
    body.push(',');
    push_string(body, name);
    body.push(':');
    body.push_str(value);
}

/// The automatic breakpoint: the provider puts it behind the last block that can have one.
fn push_cache_control(body: &mut String, lifetime: CacheLifetime) {
    body.push_str(match lifetime {
        CacheLifetime::Off => "",
        CacheLifetime::FiveMinutes => ",\"cache_control\":{\"type\":\"ephemeral\"}",
        CacheLifetime::OneHour => ",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}",
    });
}

fn push_messages(body: &mut String, request: &LlmRequest) {
    body.push_str(",\"messages\":[");
    let mut first = true;
    for turn in &request.turns {
        let shown = ShownContent::of(turn, &request.model);
        if shown.is_empty() {
            continue;
        }
        if !first {
            body.push(',');
        }
        first = false;
        let _infallible = write!(body, "{{\"role\":\"{}\",\"content\":", turn.role.as_str());
        shown.push_to(body);
        body.push('}');
    }
    body.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::{
        RawJson,
        llm::{ModelId, Turn, TurnRole},
    };
    use serde_json::{Value, json};

    fn model(id: &str) -> ModelId {
        ModelId::parse(id).unwrap()
    }

    fn request(turns: Vec<Turn>) -> LlmRequest {
        LlmRequest {
            model: model("claude-sonnet-5-5"),
            max_tokens: 16_000,
            system: None,
            turns,
            temperature: None,
            thinking: None,
            options: Vec::new(),
            prompt_cache: CacheLifetime::Off,
        }
    }

    fn user(text: &str) -> Turn {
        Turn {
            role: TurnRole::User,
            content: RawJson::from_trusted(json!([{ "type": "text", "text": text }]).to_string()),
            model: None,
        }
    }

    fn assistant(writer: &str, content: &str) -> Turn {
        Turn {
            role: TurnRole::Assistant,
            content: RawJson::from_trusted(content),
            model: Some(model(writer)),
        }
    }

    fn body(request: &LlmRequest) -> Value {
        serde_json::from_str(&messages_request(request).unwrap().body).unwrap()
    }

    #[test]
    fn the_plain_request_has_what_it_needs_and_no_more() {
        let request = request(vec![user("Hi \"you\"\n\u{1}")]);
        let sent = messages_request(&request).unwrap();
        assert_eq!(sent.version, "2026-10-21");
        assert_eq!(
            serde_json::from_str::<Value>(&sent.body).unwrap(),
            json!({
                "model": "claude-sonnet-5-5",
                "max_tokens": 16000,
                "stream": true,
                "messages": [{ "role": "user", "content": [{ "type": "text", "text": "Hi \"you\"\n\u{1}" }] }],
            })
        );
    }

    #[test]
    fn all_that_can_be_asked_is_asked() {
        let mut request = request(vec![user("Hi")]);
        request.system = Some("Be \\ \"brief\"\n".into());
        request.thinking = Some(RawJson::from_trusted(r#"{"type": "adaptive"}"#));
        request.options = vec![
            ("stop_sequences", RawJson::from_trusted(r#"["x"]"#)),
            (
                "output_config",
                RawJson::from_trusted(r#"{"effort":"low"}"#),
            ),
        ];
        request.prompt_cache = CacheLifetime::OneHour;
        let sent = body(&request);
        assert_eq!(sent["system"], "Be \\ \"brief\"\n");
        assert_eq!(sent["thinking"], json!({ "type": "adaptive" }));
        assert_eq!(sent["stop_sequences"], json!(["x"]));
        assert_eq!(sent["output_config"], json!({ "effort": "low" }));
        assert_eq!(
            sent["cache_control"],
            json!({ "type": "ephemeral", "ttl": "1h" })
        );
        request.prompt_cache = CacheLifetime::FiveMinutes;
        assert_eq!(
            body(&request)["cache_control"],
            json!({ "type": "ephemeral" })
        );
    }

    #[test]
    fn content_goes_back_byte_for_byte() {
        let content = r#"[ {"type":"thinking" ,"signature":"c2ln","thinking":"\u00e4"}, {"type":"text","text":"\/","n":1.10} ]"#;
        let request = request(vec![
            user("Hi"),
            assistant("claude-sonnet-5-5", content),
            user("And?"),
        ]);
        assert!(messages_request(&request).unwrap().body.contains(content));
    }

    #[test]
    fn thinking_of_another_model_is_left_out_and_nothing_else() {
        let text = r#"{"type":"text","text":"\/ \"thinking\"","n":1.10}"#;
        let content = format!(
            r#"[{{"type":"thinking","thinking":"t","signature":"s"}},{{"type":"redacted_thinking","data":"d"}},{text}]"#
        );
        let request = request(vec![
            user("Hi"),
            assistant("claude-opus-5-5", &content),
            assistant(
                "claude-opus-5-5",
                r#"[{"type":"thinking","thinking":"t","signature":"s"}]"#,
            ),
            assistant("claude-opus-5-5", "[ ]"),
            user("And?"),
        ]);
        let sent = messages_request(&request).unwrap().body;
        assert!(
            sent.contains(&format!(r#"{{"role":"assistant","content":[{text}]}}"#)),
            "{sent}"
        );
        let sent: Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(sent["messages"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn an_alias_and_its_dated_id_are_one_model() {
        let content =
            r#"[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"x"}]"#;
        let mut request = request(vec![
            user("Hi"),
            assistant("claude-haiku-4-5-20251001", content),
            user("And?"),
        ]);
        request.model = model("claude-haiku-4-5");
        assert!(messages_request(&request).unwrap().body.contains(content));
    }

    #[test]
    fn a_turn_never_ends_with_thinking() {
        let thinking = r#"{"type":"thinking","thinking":"t","signature":"s"}"#;
        let content = format!(r#"[{thinking},{{"type":"text","text":"x"}},{thinking}]"#);
        let request = request(vec![
            user("Hi"),
            assistant("claude-sonnet-5-5", &content),
            user("?"),
        ]);
        let sent = body(&request);
        let kinds: Vec<_> = sent["messages"][1]["content"]
            .as_array()
            .unwrap()
            .iter()
            .map(|block| block["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["thinking", "text"]);
    }

    #[test]
    fn temperature_goes_to_models_that_take_it_in_the_version_that_has_it() {
        let mut asked = request(vec![user("Hi")]);
        asked.temperature = Some(0.25);
        let refused = messages_request(&asked).unwrap_err();
        assert_eq!(refused.kind, LlmErrorKind::RefusedRequest);
        assert!(
            refused
                .message
                .unwrap()
                .contains("claude-sonnet-5-5 takes no temperature")
        );

        asked.model = model("claude-sonnet-4-6");
        let sent = messages_request(&asked).unwrap();
        assert_eq!(sent.version, "2023-06-01");
        assert_eq!(body(&asked)["temperature"], json!(0.25));

        for impossible in [f64::NAN, f64::INFINITY, -0.1, 1.1] {
            asked.temperature = Some(impossible);
            assert_eq!(
                messages_request(&asked).unwrap_err().kind,
                LlmErrorKind::RefusedRequest
            );
        }
    }

    #[test]
    fn an_option_cannot_replace_what_is_ours() {
        let mut asked = request(vec![user("Hi")]);
        asked.options = vec![("stream", RawJson::from_trusted("false"))];
        assert_eq!(
            messages_request(&asked).unwrap_err().kind,
            LlmErrorKind::RefusedRequest
        );
    }
}
