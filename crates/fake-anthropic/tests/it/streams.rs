//! Answers as streams and as JSON.

use std::time::{Duration, Instant};

use fake_anthropic::{Config, Event, FakeAnthropic, Reply, echo_of};
use serde_json::{Value, json};

use crate::bodies::{ask, streamed, with};
use crate::client::{Client, Request};

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn a_stream_follows_the_grammar() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let answer = Request::messages(&streamed("Good morning to you all"))
        .to(&fake)
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/event-stream; charset=utf-8")
    );
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(
        answer.header("anthropic-ratelimit-requests-limit"),
        Some("4000")
    );
    assert!(answer.header("request-id").unwrap().starts_with("req_"));
    let events = answer.events();
    let names = names(&events);
    assert_eq!(names[..3], ["message_start", "content_block_start", "ping"]);
    assert!(
        names[3..names.len() - 3]
            .iter()
            .all(|name| *name == "content_block_delta")
    );
    assert_eq!(
        names[names.len() - 3..],
        ["content_block_stop", "message_delta", "message_stop"]
    );
    assert_eq!(answer.text(), echo_of("Good morning to you all"));
    assert_eq!(answer.chunks, events.len());

    let start = &events[0].1["message"];
    assert_eq!(start["id"].as_str().unwrap().len(), 28);
    assert_eq!(start["model"], "claude-sonnet-5-5");
    assert_eq!(start["stop_reason"], Value::Null);
    assert!(start["usage"]["output_tokens"].as_u64().unwrap() > 0);
    let delta = &events[events.len() - 2].1;
    assert_eq!(delta["delta"]["stop_reason"], "end_turn");
    assert_eq!(
        delta["usage"]["input_tokens"],
        start["usage"]["input_tokens"]
    );
    assert!(delta["usage"]["output_tokens"].as_u64() > start["usage"]["output_tokens"].as_u64());
}

#[tokio::test]
async fn data_is_padded_before_the_last_brace() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let answer = Request::messages(&streamed("[[events 50]]"))
        .to(&fake)
        .await;
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.lines().filter(|line| line.ends_with("  }")).count() > 10);
}

#[tokio::test]
async fn json_has_the_same_content_as_the_stream() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let json = Request::messages(&ask("Good morning"))
        .to(&fake)
        .await
        .json();
    assert_eq!(json["type"], "message");
    assert_eq!(json["role"], "assistant");
    assert_eq!(
        json["content"],
        json!([{ "type": "text", "text": "You said: Good morning" }])
    );
    assert_eq!(json["stop_reason"], "end_turn");
    assert_eq!(json["usage"]["service_tier"], "standard");
}

#[tokio::test]
async fn max_tokens_and_stop_sequences_end_the_default_answer() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let short = with(
        ask("one two three four five six seven"),
        json!({ "max_tokens": 4 }),
    );
    let short = Request::messages(&short).to(&fake).await.json();
    assert_eq!(short["stop_reason"], "max_tokens");
    assert!("You said: one".starts_with(short["content"][0]["text"].as_str().unwrap()));
    let stopped = with(
        ask("one STOP two"),
        json!({ "stop_sequences": ["never", "STOP"] }),
    );
    let stopped = Request::messages(&stopped).to(&fake).await.json();
    assert_eq!(
        (&stopped["stop_reason"], &stopped["stop_sequence"]),
        (&json!("stop_sequence"), &json!("STOP"))
    );
    assert_eq!(stopped["content"][0]["text"], "You said: one ");
}

#[tokio::test]
async fn a_format_is_kept() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let schema = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": { "said": { "type": "string" }, "mood": { "enum": ["calm"] }, "times": { "type": "integer" } },
    });
    let body = with(
        ask("hi"),
        json!({ "output_config": { "format": { "type": "json_schema", "schema": schema } } }),
    );
    let answer = Request::messages(&body).to(&fake).await.json();
    let made: Value = serde_json::from_str(answer["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(
        made,
        json!({ "said": "You said: hi", "mood": "calm", "times": 1 })
    );
}

#[tokio::test]
async fn tool_calls_begin_empty_and_search_results_come_whole() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::tool_use("look", json!({ "where": "in the garden" })));
    let events = Request::messages(&streamed("hi")).to(&fake).await.events();
    assert_eq!(events[1].1["content_block"]["input"], json!({}));
    assert_eq!(events[3].1["delta"]["partial_json"], "");
    let input: String = events
        .iter()
        .filter_map(|(_, data)| data["delta"]["partial_json"].as_str())
        .collect();
    assert_eq!(
        serde_json::from_str::<Value>(&input).unwrap(),
        json!({ "where": "in the garden" })
    );
    assert_eq!(
        events[events.len() - 2].1["delta"]["stop_reason"],
        "tool_use"
    );

    fake.script(Reply::web_search("ruby", "It is red."));
    let events = Request::messages(&streamed("hi")).to(&fake).await.events();
    let result = events
        .iter()
        .find(|(_, data)| data["content_block"]["type"] == "web_search_tool_result")
        .unwrap();
    assert!(result.1["content_block"]["content"].is_array());
    assert!(
        events
            .iter()
            .any(|(_, data)| data["delta"]["type"] == "citations_delta")
    );
    assert_eq!(
        events[events.len() - 2].1["usage"]["server_tool_use"]["web_search_requests"],
        1
    );
}

#[tokio::test]
async fn scripted_parts_replace_the_usual_ones() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let reply = Reply::pieces(["a", "", "\u{2028}\n\nevent: x\r"])
        .stop_reason("pause_turn")
        .model("claude-other")
        .usage(json!({ "output_tokens": -1, "cache_read_input_tokens": null, "new_counter": 7 }))
        .insert_after(2, Event::unknown());
    fake.script_all([reply.clone(), reply]);
    let answer = Request::messages(&streamed("hi")).to(&fake).await;
    assert_eq!(answer.text(), "a\u{2028}\n\nevent: x\r");
    let events = answer.events();
    assert_eq!(events[2].0, "telemetry_note");
    let end = &events[events.len() - 2].1;
    assert_eq!(end["delta"]["stop_reason"], "pause_turn");
    assert_eq!(
        (&end["usage"]["output_tokens"], &end["usage"]["new_counter"]),
        (&json!(-1), &json!(7))
    );
    assert!(end["usage"].get("cache_read_input_tokens").is_none());
    let json = Request::messages(&ask("hi")).to(&fake).await.json();
    assert_eq!(
        (&json["model"], &json["usage"]["output_tokens"]),
        (&json!("claude-other"), &json!(-1))
    );
    fake.script(Reply::text("x").usage(Value::Null));
    assert!(
        Request::messages(&ask("hi"))
            .to(&fake)
            .await
            .json()
            .get("usage")
            .is_none()
    );
}

#[tokio::test]
async fn a_refusal_is_a_success() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::refusal("", "cyber", "No."));
    let answer = Request::messages(&ask("hi")).to(&fake).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["content"], json!([]));
    assert_eq!(answer.json()["stop_reason"], "refusal");
    assert_eq!(answer.json()["stop_details"]["category"], "cyber");
}

#[tokio::test]
async fn raw_events_go_out_as_they_are() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let raw = ": comment\r\ndata: x\r\r\n\u{feff}";
    fake.script(Reply::events(vec![Event::raw(raw), Event::ping()]));
    let answer = Request::messages(&ask("hi")).to(&fake).await;
    assert_eq!(
        answer.body,
        format!("{raw}event: ping\ndata: {{\"type\": \"ping\"}}\n\n").as_bytes()
    );
}

#[tokio::test]
async fn a_pace_holds_without_adding_up() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::many(20).pace(Duration::from_millis(10)));
    let start = Instant::now();
    let answer = Request::messages(&streamed("hi")).to(&fake).await;
    let took = start.elapsed();
    assert_eq!(answer.events().len(), 26);
    assert!(took >= Duration::from_millis(200), "{took:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut client = Client::connect(&fake).await;
    for number in 0..20 {
        let prompt = format!("message {number}");
        let body = if number % 2 == 0 {
            ask(&prompt)
        } else {
            streamed(&prompt)
        };
        let answer = client.request(&Request::messages(&body)).await;
        let text = if number % 2 == 0 {
            answer.json()["content"][0]["text"]
                .as_str()
                .unwrap()
                .to_owned()
        } else {
            answer.text()
        };
        assert_eq!(text, echo_of(&prompt));
    }
    assert_eq!(fake.counts().connections, 1);
    assert_eq!(fake.counts().requests, 20);
}
