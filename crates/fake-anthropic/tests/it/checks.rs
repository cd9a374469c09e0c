//! What the real service refuses is refused in its words.

use fake_anthropic::{Config, FakeAnthropic};
use serde_json::{Value, json};

use crate::bodies::{MODEL, OLD_MODEL, ask, conversation, with};
use crate::client::{Client, Request};

/// Each body with the beginning of the message that refuses it (400), or "" where it is valid.
pub async fn hold(version: &str, table: &[(Value, &str)]) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut client = Client::connect(&fake).await;
    for (body, expected) in table {
        let answer = client
            .request(&Request::messages(body).header("anthropic-version", version))
            .await;
        if expected.is_empty() {
            assert_eq!(answer.status, 200, "{body}: {}", answer.json());
        } else {
            assert_eq!(answer.status, 400, "{body}: {}", answer.json());
            assert_eq!(answer.error_type(), "invalid_request_error");
            assert_eq!(answer.header("x-should-retry"), Some("false"));
            let message = answer.error_message();
            assert!(message.starts_with(expected), "{body}: {message}");
        }
    }
}

#[tokio::test]
async fn members_are_required_typed_and_known() {
    let no = |name: &str| with(ask("hi"), json!({ name: null }));
    let set = |members: Value| with(ask("hi"), members);
    hold(
        "2026-10-21",
        &[
            (ask("hi"), ""),
            (no("model"), "model: Field required"),
            (no("max_tokens"), "max_tokens: Field required"),
            (no("messages"), "messages: Field required"),
            (
                set(json!({ "foo": 1 })),
                "foo: Extra inputs are not permitted",
            ),
            (
                set(json!({ "temperature": 1 })),
                "temperature: Extra inputs are not permitted",
            ),
            (
                set(json!({ "top_p": 1 })),
                "top_p: Extra inputs are not permitted",
            ),
            (
                set(json!({ "top_k": 5 })),
                "top_k: Extra inputs are not permitted",
            ),
            (
                set(json!({ "context_management": {} })),
                "context_management: Extra inputs are not permitted",
            ),
            (
                set(json!({ "max_tokens": "7" })),
                "max_tokens: Input should be a valid integer",
            ),
            (
                set(json!({ "max_tokens": -1 })),
                "max_tokens: Input should be greater than or equal to 0",
            ),
            (
                set(json!({ "max_tokens": 200_000 })),
                "max_tokens: 200000 > 128000",
            ),
            (set(json!({ "max_tokens": 0 })), ""),
            (
                set(json!({ "stream": "yes" })),
                "stream: Input should be a valid boolean",
            ),
            (
                set(json!({ "stop_sequences": [" "] })),
                "stop_sequences: each stop sequence must contain",
            ),
            (
                set(json!({ "stop_sequences": [7] })),
                "stop_sequences.0: Input should be a valid string",
            ),
            (
                set(json!({ "metadata": { "email": "x" } })),
                "metadata.email: Extra inputs are not permitted",
            ),
            (set(json!({ "metadata": { "user_id": "u-1" } })), ""),
            (
                set(json!({ "service_tier": "gold" })),
                "service_tier: Input should be 'auto' or 'standard_only'",
            ),
            (
                set(json!({ "speed": "fast" })),
                "'claude-sonnet-5-5' does not support the `speed` parameter",
            ),
            (set(json!({ "system": "Be brief." })), ""),
            (
                set(json!({ "system": [{ "type": "text", "text": "" }] })),
                "system: text content blocks must be non-empty",
            ),
            (
                set(json!({ "system": 7 })),
                "system: Input should be a valid array",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn messages_have_roles_and_content() {
    let turns = |messages: Value| conversation(MODEL, messages);
    let user = json!({ "role": "user", "content": "hi" });
    hold(
        "2026-10-21",
        &[
            (turns(json!([])), "messages: at least one message is required"),
            (turns(json!("hi")), "messages: Input should be a valid array"),
            (turns(json!([{ "role": "tool", "content": "x" }])), "messages.0.role: Input should be 'user' or 'assistant'"),
            (turns(json!([{ "content": "x" }])), "messages.0.role: Field required"),
            (turns(json!([{ "role": "user" }])), "messages.0.content: Field required"),
            (turns(json!([{ "role": "user", "content": "x", "id": 1 }])), "messages.0.id: Extra inputs"),
            (turns(json!([{ "role": "assistant", "content": "x" }])), "messages: first message must use the \"user\" role"),
            (turns(json!([{ "role": "user", "content": "" }])), "messages.0: all messages must have non-empty content"),
            (turns(json!([{ "role": "user", "content": [] }])), "messages.0: all messages must have non-empty content"),
            (turns(json!([{ "role": "user", "content": " \n" }])), "messages: text content blocks must contain"),
            // Turns of one role are merged, not refused.
            (turns(json!([user, user])), ""),
            (turns(json!([user, { "role": "assistant", "content": "a" }, { "role": "assistant", "content": "b" }, user])), ""),
            (turns(json!([user, { "role": "system", "content": "Speak French." }, user])), ""),
            // The last turn may not be the assistant's.
            (turns(json!([user, { "role": "assistant", "content": "I" }])), "This model does not support assistant message prefill"),
            (conversation(OLD_MODEL, json!([user, { "role": "assistant", "content": "I" }])), ""),
            (conversation(OLD_MODEL, json!([user, { "role": "assistant", "content": "I " }])), "messages: final assistant content cannot end"),
        ],
    )
    .await;
    hold(
        "2023-06-01",
        &[(
            turns(json!([user, { "role": "system", "content": "x" }, user])),
            "messages: Unexpected role \"system\"",
        )],
    )
    .await;
}

#[tokio::test]
async fn sampling_depends_on_version_and_model() {
    let set =
        |model: &str, members: Value| with(with(ask("hi"), json!({ "model": model })), members);
    hold(
        "2023-06-01",
        &[
            (set(OLD_MODEL, json!({ "temperature": 0.3 })), ""),
            (set("claude-sonnet-4-6", json!({ "temperature": 0.3 })), ""),
            (
                set(OLD_MODEL, json!({ "temperature": 1.5 })),
                "temperature: range: 0..1",
            ),
            (
                set(OLD_MODEL, json!({ "temperature": 0.3, "top_p": 0.5 })),
                "`temperature` and `top_p` cannot both",
            ),
            (
                set(OLD_MODEL, json!({ "temperature": "hot" })),
                "temperature: Input should be a valid number",
            ),
            (set("claude-opus-4-7", json!({ "temperature": 1 })), ""),
            (
                set("claude-opus-4-7", json!({ "temperature": 0.3 })),
                "`temperature` may only be set to its default",
            ),
            (
                set("claude-opus-4-7", json!({ "top_k": 3 })),
                "`top_k` may only be set to its default",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn output_config_is_checked() {
    let set = |model: &str, config: Value| {
        with(
            ask("hi"),
            json!({ "model": model, "output_config": config }),
        )
    };
    let format = |schema: Value| json!({ "format": { "type": "json_schema", "schema": schema } });
    let open = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let closed = with(open.clone(), json!({ "additionalProperties": false }));
    hold(
        "2026-10-21",
        &[
            (set(MODEL, json!({ "effort": "high" })), ""),
            (
                set(MODEL, json!({ "effort": "huge" })),
                "output_config.effort: Input should be 'low', 'medium'",
            ),
            (
                set(OLD_MODEL, json!({ "effort": "low" })),
                "This model does not support the effort parameter",
            ),
            (
                set("claude-sonnet-4-6", json!({ "effort": "xhigh" })),
                "This model does not support effort level",
            ),
            (
                set(MODEL, format(open)),
                "output_config.format.schema: For 'object' type",
            ),
            (set(MODEL, format(closed)), ""),
            (
                set(MODEL, json!({ "style": "x" })),
                "output_config.style: Extra inputs",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_prompt_over_the_models_window_is_refused() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let body = with(ask(&"word ".repeat(170_000)), json!({ "model": OLD_MODEL }));
    let answer = Request::messages(&body).to(&fake).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .error_message()
            .starts_with("prompt is too long: 2125"),
        "{}",
        answer.error_message()
    );
    assert!(answer.error_message().ends_with("tokens > 200000 maximum"));
}

#[tokio::test]
async fn headers_are_checked_before_the_body() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let valid = Request::messages(&ask("hi"));
    let broken = Request {
        body: b"{\"model\":".to_vec(),
        ..valid.clone()
    };
    let list = Request {
        body: b"[]".to_vec(),
        ..valid.clone()
    };
    for (request, expected) in [
        (
            valid.clone().without("anthropic-version"),
            "anthropic-version: header is required",
        ),
        (
            valid.clone().header("anthropic-version", "2024-01-01"),
            "anthropic-version: \"2024-01-01\" is not a valid version",
        ),
        (
            valid.clone().header("content-type", "text/plain"),
            "content-type: must be application/json",
        ),
        (
            valid.clone().without("content-type"),
            "content-type: must be application/json",
        ),
        (
            broken,
            "The request body is not valid JSON: EOF while parsing",
        ),
        (list, "The request body is not valid JSON"),
    ] {
        let answer = request.to(&fake).await;
        assert_eq!(answer.status, 400);
        assert!(
            answer.error_message().starts_with(expected),
            "{}",
            answer.error_message()
        );
    }
    let with_charset = valid.header("content-type", "application/json; charset=utf-8");
    assert_eq!(with_charset.to(&fake).await.status, 200);
}

#[tokio::test]
async fn beta_members_need_their_header() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let request = Request::messages(&with(
        ask("hi"),
        json!({ "context_management": { "edits": [] } }),
    ));
    assert_eq!(request.to(&fake).await.status, 400);
    let betas = "files-api-2025-04-14, context-management-2025-06-27";
    assert_eq!(
        request
            .header("anthropic-beta", betas)
            .to(&fake)
            .await
            .status,
        200
    );
}
