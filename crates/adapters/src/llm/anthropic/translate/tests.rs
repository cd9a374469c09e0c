//! What goes out for what is asked.

use super::*;
use latchkey_domain::llm::{ModelId, Turn};
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

#[test]
fn bound_thinking_that_no_longer_fits_is_the_providers_to_drop() {
    let content =
        r#"[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"x"}]"#;
    let asked = |id: &str, thinking: Option<&str>| {
        let mut request = request(vec![user("Hi"), assistant(id, content), user("?")]);
        request.model = model(id);
        request.thinking = thinking.map(RawJson::from_trusted);
        request
    };
    let remedy = json!({ "prefix_mismatch_behavior": "drop_block" });
    for (thinking, expected) in [
        (None, json!({ "type": "adaptive", "block_binding": remedy })),
        (
            Some(r#"{"type":"adaptive","display":"summarized"}"#),
            json!({ "type": "adaptive", "display": "summarized", "block_binding": remedy }),
        ),
        (
            Some(r#"{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"error"}}"#),
            json!({ "type": "adaptive", "block_binding": { "prefix_mismatch_behavior": "error" } }),
        ),
    ] {
        let asked = asked("claude-opus-5-5", thinking);
        assert_eq!(body(&asked)["thinking"], expected);
        let sent = messages_request(&asked).unwrap();
        assert_eq!(sent.beta, Some("thinking-binding-controls-2026-08-01"));
        assert!(sent.body.contains(content));
    }
    // Other models, and models that are told not to think.
    let old = asked("claude-opus-5", None);
    assert_eq!(messages_request(&old).unwrap().beta, None);
    assert_eq!(body(&old).get("thinking"), None);
    let off = asked("claude-sonnet-5-5", Some(r#"{"type":"disabled"}"#));
    assert_eq!(messages_request(&off).unwrap().beta, None);
    let kept = body(&off)["messages"][1]["content"].clone();
    assert_eq!(kept, json!([{ "type": "text", "text": "x" }]));
    // Nothing goes back: nothing is changed.
    let mut first = request(vec![user("Hi")]);
    first.model = model("claude-opus-5-5");
    assert_eq!(body(&first).get("thinking"), None);
}

#[test]
fn a_count_is_asked_with_what_makes_up_the_prompt() {
    let mut asked = request(vec![user("Hi")]);
    asked.system = Some("Be brief.".into());
    asked.prompt_cache = CacheLifetime::FiveMinutes;
    asked.options = vec![
        ("tools", RawJson::from_trusted("[]")),
        ("service_tier", RawJson::from_trusted(r#""auto""#)),
        ("speed", RawJson::from_trusted(r#""standard""#)),
    ];
    let sent = count_request(&asked).unwrap();
    let sent: Value = serde_json::from_str(&sent.body).unwrap();
    let names: Vec<_> = sent
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            "cache_control",
            "messages",
            "model",
            "speed",
            "system",
            "tools"
        ]
    );
    asked.temperature = Some(0.5);
    assert_eq!(
        count_request(&asked).unwrap_err().kind,
        LlmErrorKind::RefusedRequest
    );
}

/// As in a conversation that was imported, or behind a question without an answer.
#[test]
fn turns_of_one_role_are_one_message_and_a_person_speaks_first() {
    let request = request(vec![
        assistant("gpt-4o", r#"[{"type":"text","text":"Hello"}]"#),
        assistant(
            "claude-opus-5-5",
            r#"[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"again"}]"#,
        ),
        user("One"),
        user("Two"),
    ]);
    let text = |text: &str| json!({ "type": "text", "text": text });
    assert_eq!(
        body(&request)["messages"],
        json!([
            { "role": "user", "content": [text("(The conversation begins with the answer.)")] },
            { "role": "assistant", "content": [text("Hello"), text("again")] },
            { "role": "user", "content": [text("One"), text("Two")] },
        ])
    );
}
