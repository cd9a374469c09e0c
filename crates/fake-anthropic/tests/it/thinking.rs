//! Thinking: which model takes which form, and signatures that hold only for what the fake emitted.

use fake_anthropic::{Config, FakeAnthropic};
use serde_json::{Value, json};

use crate::bodies::{OLD_MODEL, ask, conversation, streamed, with};
use crate::client::Request;

const BINDING: &str = "claude-opus-5-5";

#[tokio::test]
async fn models_take_the_forms_of_their_time() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let enabled = json!({ "type": "enabled", "budget_tokens": 1_024 });
    let adaptive = json!({ "type": "adaptive" });
    let disabled = json!({ "type": "disabled" });
    for (model, thinking, expected) in [
        (OLD_MODEL, &enabled, ""),
        (
            OLD_MODEL,
            &adaptive,
            "adaptive thinking is not supported on this model",
        ),
        (OLD_MODEL, &disabled, ""),
        (
            OLD_MODEL,
            &json!({ "type": "enabled", "budget_tokens": 1_000 }),
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            OLD_MODEL,
            &json!({ "type": "enabled" }),
            "thinking.enabled.budget_tokens: Field required",
        ),
        (
            OLD_MODEL,
            &json!({ "type": "enabled", "budget_tokens": 2_000 }),
            "`max_tokens` must be greater than `thinking.budget_tokens`",
        ),
        (
            OLD_MODEL,
            &json!({ "type": "deep" }),
            "thinking.type: Input should be 'adaptive', 'between_tools', 'disabled' or 'enabled'",
        ),
        ("claude-opus-4-6", &enabled, ""),
        ("claude-opus-4-6", &adaptive, ""),
        (
            "claude-opus-4-7",
            &enabled,
            "\"thinking.type.enabled\" is not supported for this model.",
        ),
        ("claude-opus-5", &disabled, ""),
        (
            BINDING,
            &disabled,
            "\"thinking.type.disabled\" is not supported for this model.",
        ),
        (
            "claude-fable-5",
            &disabled,
            "\"thinking.type.disabled\" is not supported for this model.",
        ),
        (
            BINDING,
            &json!({ "type": "adaptive", "budget_tokens": 2_000 }),
            "thinking.adaptive.budget_tokens: Extra inputs",
        ),
    ] {
        let body = with(
            ask("hi"),
            json!({ "model": model, "max_tokens": 2_000, "thinking": thinking }),
        );
        let answer = Request::messages(&body).to(&fake).await;
        if expected.is_empty() {
            assert_eq!(
                answer.json()["content"][0]["type"] == "thinking",
                *thinking != disabled,
                "{body}"
            );
        } else {
            assert!(
                answer.error_message().starts_with(expected),
                "{body}: {}",
                answer.error_message()
            );
        }
    }
}

#[tokio::test]
async fn a_streamed_thinking_block_ends_with_its_signature() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for (display, shown) in [("summarized", true), ("omitted", false)] {
        let body = with(
            streamed("hi"),
            json!({ "thinking": { "type": "adaptive", "display": display } }),
        );
        let events = Request::messages(&body).to(&fake).await.events();
        let deltas: Vec<&str> = events
            .iter()
            .filter(|(_, data)| data["index"] == 0)
            .filter_map(|(_, data)| data["delta"]["type"].as_str())
            .collect();
        assert_eq!(deltas.last(), Some(&"signature_delta"));
        assert_eq!(deltas.contains(&"thinking_delta"), shown);
        let usage = &events[events.len() - 2].1["usage"];
        assert!(
            usage["output_tokens_details"]["thinking_tokens"]
                .as_u64()
                .unwrap()
                > 0
        );
    }
}

/// The content of an answer with thinking to "What is it?".
async fn thought(fake: &FakeAnthropic, model: &str) -> Value {
    let body = with(
        ask("What is it?"),
        json!({ "model": model, "thinking": { "type": "adaptive" } }),
    );
    Request::messages(&body).to(fake).await.json()["content"].clone()
}

fn follow_up(model: &str, question: &str, content: &Value) -> Request {
    Request::messages(&conversation(
        model,
        json!([
            { "role": "user", "content": question },
            { "role": "assistant", "content": content },
            { "role": "user", "content": "And then?" },
        ]),
    ))
}

#[tokio::test]
async fn a_thinking_block_comes_back_unchanged_or_not_at_all() {
    const REFUSED: &str = "messages.1.content.0: Invalid `signature` in `thinking` block";
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let model = "claude-sonnet-5-5";
    let content = thought(&fake, model).await;
    assert_eq!(
        follow_up(model, "What is it?", &content)
            .to(&fake)
            .await
            .status,
        200
    );

    let mut changed = content.clone();
    changed[0]["thinking"] = json!("Something else.");
    assert_eq!(
        follow_up(model, "What is it?", &changed)
            .to(&fake)
            .await
            .error_message(),
        REFUSED
    );
    let mut foreign = content.clone();
    foreign[0]["signature"] = json!("EvForeign==");
    assert_eq!(
        follow_up(model, "What is it?", &foreign)
            .to(&fake)
            .await
            .error_message(),
        REFUSED
    );
    assert_eq!(
        follow_up("claude-opus-5", "What is it?", &content)
            .to(&fake)
            .await
            .error_message(),
        REFUSED
    );
    let without = json!([content[1]]);
    assert_eq!(
        follow_up("claude-opus-5", "What is it?", &without)
            .to(&fake)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn some_models_bind_thinking_to_the_conversation() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for (model, after_an_edit) in [
        ("claude-sonnet-5", 200),
        ("claude-sonnet-5-5", 400),
        (BINDING, 400),
    ] {
        let content = thought(&fake, model).await;
        assert_eq!(
            follow_up(model, "What is it?", &content)
                .to(&fake)
                .await
                .status,
            200
        );
        // The same words as a block instead of a string are the same conversation.
        let mut as_block = follow_up(model, "What is it?", &content);
        let body: Value = serde_json::from_slice(&as_block.body).unwrap();
        let mut messages = body["messages"].clone();
        messages[0]["content"] = json!([{ "type": "text", "text": "What is it?" }]);
        as_block.body = with(body, json!({ "messages": messages }))
            .to_string()
            .into_bytes();
        assert_eq!(as_block.to(&fake).await.status, 200);
        assert_eq!(
            follow_up(model, "What was it?", &content)
                .to(&fake)
                .await
                .status,
            after_an_edit,
            "{model}"
        );
    }
}

#[tokio::test]
async fn a_block_bound_elsewhere_is_dropped_if_the_request_says_so() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let content = thought(&fake, BINDING).await;
    let asked = |changes: Value| {
        let request = follow_up(BINDING, "What is it?", &content);
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        Request::messages(&with(body, changes))
            .header("anthropic-beta", "thinking-binding-controls-2026-08-01")
    };
    let search = json!([{ "type": "web_search_20250305", "name": "web_search" }]);
    let drop = json!({ "type": "adaptive", "block_binding": { "prefix_mismatch_behavior": "drop_block" } });
    for changed in [json!({ "system": "Be brief." }), json!({ "tools": search })] {
        let answer = asked(changed.clone()).to(&fake).await;
        assert!(
            answer
                .error_message()
                .contains("bound to a different conversation"),
            "{changed}"
        );
        let remedied = with(changed, json!({ "thinking": drop }));
        assert_eq!(asked(remedied).to(&fake).await.status, 200);
    }
    let mut forged = content.clone();
    forged[0]["thinking"] = json!("Something else.");
    let body: Value =
        serde_json::from_slice(&follow_up(BINDING, "What is it?", &forged).body).unwrap();
    let answer = Request::messages(&with(body, json!({ "thinking": drop })))
        .header("anthropic-beta", "thinking-binding-controls-2026-08-01")
        .to(&fake)
        .await;
    assert_eq!(
        answer.status, 400,
        "words that aren't the model's are never dropped silently"
    );
}

#[tokio::test]
async fn a_search_without_its_result_does_not_go_on() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let search =
        json!({ "type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {} });
    let result =
        json!({ "type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [] });
    let answered = follow_up("claude-opus-5", "Find it.", &json!([search, result]));
    assert_eq!(answered.to(&fake).await.status, 200);
    let dangling = follow_up("claude-opus-5", "Find it.", &json!([search]));
    let message = dangling.to(&fake).await.error_message();
    assert!(
        message.contains("without its corresponding result"),
        "{message}"
    );
}
