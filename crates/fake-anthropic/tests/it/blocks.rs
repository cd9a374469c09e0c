//! Content blocks and tools: kinds, members, speakers, and what belongs together.

use serde_json::{Value, json};

use crate::bodies::{MODEL, ask, conversation, with};
use crate::checks::hold;

fn blocks(role: &str, blocks: Value) -> Value {
    conversation(MODEL, json!([{ "role": role, "content": blocks }]))
}

#[tokio::test]
async fn blocks_have_known_kinds_members_and_speakers() {
    let said = |block: Value| {
        conversation(
            MODEL,
            json!([
                { "role": "user", "content": "hi" },
                { "role": "assistant", "content": [block] },
                { "role": "user", "content": "go on" },
            ]),
        )
    };
    let text = json!({ "type": "document", "source": { "type": "text", "media_type": "text/plain", "data": "x" } });
    hold(
        "2026-10-21",
        &[
            (
                blocks("user", json!([{ "type": "text", "text": "hi" }])),
                "",
            ),
            (
                blocks("user", json!([{ "type": "text", "text": "" }])),
                "messages: text content blocks must be non-empty",
            ),
            (
                blocks("user", json!([{ "type": "text" }])),
                "messages.0.content.0.text.text: Field required",
            ),
            (
                blocks("user", json!([{ "text": "hi" }])),
                "messages.0.content.0.type: Field required",
            ),
            (
                blocks("user", json!(["hi"])),
                "messages.0.content.0: Input should be an object",
            ),
            (
                blocks("user", json!([{ "type": "sound" }])),
                "messages.0.content.0: Input tag 'sound' found using 'type'",
            ),
            (
                blocks("user", json!([{ "type": "text", "text": "hi", "id": 1 }])),
                "messages.0.content.0.text.id: Extra inputs",
            ),
            (
                blocks(
                    "user",
                    json!([{ "type": "text", "text": "hi", "citations": [{}] }]),
                ),
                "messages.0.content.0.text.citations",
            ),
            (
                said(json!({ "type": "text", "text": "hi", "citations": [{}] })),
                "",
            ),
            (
                blocks(
                    "user",
                    json!([{ "type": "tool_use", "id": "t", "name": "n", "input": {} }]),
                ),
                "messages.0.content.0: `tool_use` blocks can only be in `assistant`",
            ),
            (
                said(json!({ "type": "image", "source": { "type": "url", "url": "https://x/" } })),
                "messages.1.content.0: `image` blocks can only be in `user`",
            ),
            (blocks("user", json!([text])), ""),
            (
                said(text.clone()),
                "messages.1.content.0: `document` blocks can only be in `user`",
            ),
        ],
    )
    .await;
    hold(
        "2023-06-01",
        &[
            (said(text), ""),
            (
                blocks(
                    "user",
                    json!([{ "type": "text", "text": "hi", "citations": [{}] }]),
                ),
                "",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn attachments_have_a_source() {
    let image = |source: Value| blocks("user", json!([{ "type": "image", "source": source }]));
    hold(
        "2026-10-21",
        &[
            (
                image(json!({ "type": "base64", "media_type": "image/png", "data": "aGk=" })),
                "",
            ),
            (
                image(json!({ "type": "base64", "media_type": "image/png", "data": "a*k=" })),
                "messages.0.content.0.image.source.base64.data: Invalid base64",
            ),
            (
                image(json!({ "type": "base64", "data": "aGk=" })),
                "messages.0.content.0.image.source.base64.media_type: Field required",
            ),
            (
                image(json!({ "type": "path" })),
                "messages.0.content.0.image.source: Input tag 'path'",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn tool_calls_and_results_belong_together() {
    let call = |id: &str| json!({ "type": "tool_use", "id": id, "name": "look", "input": {} });
    let result = |id: &str| json!({ "type": "tool_result", "tool_use_id": id, "content": "seen" });
    let tools = json!([{ "name": "look", "input_schema": { "type": "object" } }]);
    let turns = |calls: Value, results: Value| {
        let messages = json!([
            { "role": "user", "content": "look" },
            { "role": "assistant", "content": calls },
            { "role": "user", "content": results },
        ]);
        with(conversation(MODEL, messages), json!({ "tools": tools }))
    };
    let ok = json!({ "type": "text", "text": "and?" });
    hold(
        "2026-10-21",
        &[
            (
                turns(
                    json!([call("t1"), call("t2")]),
                    json!([result("t2"), result("t1"), ok]),
                ),
                "",
            ),
            (
                turns(json!([call("t1")]), json!([ok])),
                "messages.1: `tool_use` ids were found without `tool_result` blocks",
            ),
            (
                turns(json!([ok]), json!([result("t9")])),
                "messages.2.content.0: unexpected `tool_use_id` found",
            ),
            (
                turns(json!([call("t 1")]), json!([ok])),
                "messages.1.content.0.tool_use.id: String should match",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn tools_and_choices_have_a_shape() {
    let tool = json!({ "name": "look", "input_schema": { "type": "object" } });
    let set = |members: Value| with(ask("hi"), members);
    let chosen = |model: &str, choice: Value| {
        with(
            ask("hi"),
            json!({ "model": model, "tools": [tool], "tool_choice": choice }),
        )
    };
    hold(
        "2026-10-21",
        &[
            (set(json!({ "tools": [tool] })), ""),
            (set(json!({ "tools": [{ "type": "web_search_20260318", "name": "web_search", "max_uses": 2 }] })), ""),
            (set(json!({ "tools": [tool, tool] })), "tools: Tool names must be unique"),
            (set(json!({ "tools": [{ "name": "a b", "input_schema": { "type": "object" } }] })), "tools.0.custom.name: String should match"),
            (set(json!({ "tools": [{ "name": "look" }] })), "tools.0.custom.input_schema: Field required"),
            (set(json!({ "tools": [{ "type": "magic", "name": "x" }] })), "tools.0: Input tag 'magic'"),
            (set(json!({ "tool_choice": { "type": "auto" } })), "tool_choice: Can only set"),
            (chosen(MODEL, json!({ "type": "tool", "name": "look" })), ""),
            (chosen(MODEL, json!({ "type": "tool", "name": "other" })), "Tool 'other' not found"),
            (chosen("claude-opus-5-5", json!({ "type": "any" })), "tool_choice: forcing tool use is not supported"),
            (chosen("claude-opus-5-5", json!({ "type": "auto", "disable_parallel_tool_use": true })), ""),
        ],
    )
    .await;
}
