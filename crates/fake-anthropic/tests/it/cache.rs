//! The prompt cache's counters.

use fake_anthropic::{Config, FakeAnthropic};
use serde_json::{Value, json};

use crate::bodies::{ask, conversation, with};
use crate::client::Request;

async fn usage(fake: &FakeAnthropic, key: &str, body: &Value) -> (u64, u64, u64) {
    let usage = Request::messages(body).key(key).to(fake).await.json()["usage"].clone();
    let counter = |name: &str| usage[name].as_u64().unwrap();
    (
        counter("input_tokens"),
        counter("cache_creation_input_tokens"),
        counter("cache_read_input_tokens"),
    )
}

const MINE: &str = "sk-ant-api03-mine-mine-mine-AA";
const THEIRS: &str = "sk-ant-api03-theirs-theirs-AA";

#[tokio::test]
async fn the_first_time_writes_and_the_second_reads() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let plain = ask("A fairly long question about many things.");
    let cached = with(
        plain.clone(),
        json!({ "cache_control": { "type": "ephemeral" } }),
    );
    let (all, _, _) = usage(&fake, MINE, &plain).await;
    let (rest, written, read) = usage(&fake, MINE, &cached).await;
    assert!(written > 0 && read == 0);
    assert_eq!(rest + written, all);
    assert_eq!(usage(&fake, MINE, &cached).await, (rest, 0, written));
    // Another key has another cache.
    assert_eq!(usage(&fake, THEIRS, &cached).await, (rest, written, 0));
}

#[tokio::test]
async fn the_next_turn_reads_the_turns_before_it() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let question =
        json!({ "role": "user", "content": "A fairly long question about many things." });
    let automatic = json!({ "cache_control": { "type": "ephemeral" } });
    let first = with(
        conversation("claude-sonnet-5-5", json!([question])),
        automatic.clone(),
    );
    let (_, written, _) = usage(&fake, MINE, &first).await;
    let turns = json!([question, { "role": "assistant", "content": "Indeed." }, { "role": "user", "content": "And more?" }]);
    let second = with(conversation("claude-sonnet-5-5", turns), automatic);
    let (_, more, read) = usage(&fake, MINE, &second).await;
    assert_eq!(read, written);
    assert!(more > 0);
}

#[tokio::test]
async fn an_hour_is_counted_apart() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let system = json!([{ "type": "text", "text": "A long system prompt.", "cache_control": { "type": "ephemeral", "ttl": "1h" } }]);
    let content = json!([{ "type": "text", "text": "A question.", "cache_control": { "type": "ephemeral" } }]);
    let body = with(
        conversation(
            "claude-sonnet-5-5",
            json!([{ "role": "user", "content": content }]),
        ),
        json!({ "system": system }),
    );
    let usage = Request::messages(&body).to(&fake).await.json()["usage"].clone();
    let hour = usage["cache_creation"]["ephemeral_1h_input_tokens"]
        .as_u64()
        .unwrap();
    let minutes = usage["cache_creation"]["ephemeral_5m_input_tokens"]
        .as_u64()
        .unwrap();
    assert!(hour > 0 && minutes > 0);
    assert_eq!(
        usage["cache_creation_input_tokens"].as_u64(),
        Some(hour + minutes)
    );
}

#[tokio::test]
async fn small_prompts_stay_out_where_there_is_a_least_size() {
    let fake = FakeAnthropic::start(Config {
        min_cache_tokens: 1_024,
        ..Config::default()
    })
    .await
    .unwrap();
    let small = with(
        ask("small"),
        json!({ "cache_control": { "type": "ephemeral" } }),
    );
    let (_, written, read) = usage(&fake, MINE, &small).await;
    assert_eq!((written, read), (0, 0));
}

#[tokio::test]
async fn breakpoints_are_checked() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let control = |ttl: &str| json!({ "type": "ephemeral", "ttl": ttl });
    let block = |ttl: &str| json!({ "type": "text", "text": "x", "cache_control": control(ttl) });
    let blocks = |blocks: Value| {
        conversation(
            "claude-sonnet-5-5",
            json!([{ "role": "user", "content": blocks }]),
        )
    };
    for (body, expected) in [
        (
            with(ask("x"), json!({ "cache_control": control("2h") })),
            "cache_control.ttl: Input should be '5m' or '1h'",
        ),
        (
            with(ask("x"), json!({ "cache_control": { "type": "eternal" } })),
            "cache_control.type: Input should be 'ephemeral'",
        ),
        (
            blocks(json!([block("5m"), block("1h")])),
            "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after",
        ),
        (
            blocks(json!([
                block("5m"),
                block("5m"),
                block("5m"),
                block("5m"),
                block("5m")
            ])),
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        ),
    ] {
        let answer = Request::messages(&body).to(&fake).await;
        assert!(
            answer.error_message().starts_with(expected),
            "{}",
            answer.error_message()
        );
    }
}
