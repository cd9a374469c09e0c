//! Which request gets which reply.

use fake_anthropic::{ApiError, Config, FakeAnthropic, Gate, Reply, When};

use crate::bodies::ask;
use crate::client::{Client, KEY, Request};

async fn said(fake: &FakeAnthropic, prompt: &str) -> String {
    let json = Request::messages(&ask(prompt)).to(fake).await.json();
    json["content"][0]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_queue_is_served_in_order_and_only_to_valid_message_requests() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script_all([Reply::text("first"), Reply::text("second")]);
    assert_eq!(Request::get("/v1/models").to(&fake).await.status, 200);
    assert_eq!(Request::messages(&ask("")).to(&fake).await.status, 400);
    assert_eq!(
        Request::messages(&ask("hi"))
            .key("sk-ant-api03-INVALID-x")
            .to(&fake)
            .await
            .status,
        401
    );
    assert_eq!(fake.queued(), 2);
    assert_eq!(said(&fake, "hi").await, "first");
    assert_eq!(said(&fake, "hi").await, "second");
    assert_eq!(said(&fake, "hi").await, "You said: hi");
}

#[tokio::test]
async fn rules_match_prompt_key_model_and_path() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.always(
        When::messages().prompt_contains("weather"),
        Reply::text("rain"),
    );
    fake.once(
        When::messages().key(KEY).model("claude-sonnet-5-5"),
        Reply::text("once"),
    );
    fake.always(
        When::messages().key("somebody else"),
        ApiError::permission(),
    );
    fake.once(When::models(), Reply::status(503));
    fake.script(Reply::text("queued"));
    assert_eq!(said(&fake, "the weather?").await, "rain");
    assert_eq!(said(&fake, "hi").await, "once");
    assert_eq!(said(&fake, "weather").await, "rain");
    assert_eq!(said(&fake, "hi").await, "queued");
    assert_eq!(Request::get("/v1/models").to(&fake).await.status, 503);
    assert_eq!(Request::get("/v1/models").to(&fake).await.status, 200);
}

#[tokio::test]
async fn a_normal_answer_may_come_in_another_manner() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let gate = Gate::new();
    fake.once(When::models(), Reply::echo().hang(&gate));
    let mut client = Client::connect(&fake).await;
    client
        .send(&Request::get("/v1/models?limit=1").bytes())
        .await;
    assert!(client.is_silent().await);
    assert_eq!(gate.waiting(), 1);
    gate.release();
    assert_eq!(
        client.answer().await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn an_unchecked_reply_goes_before_every_check() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.always(When::any(), Reply::status(500).unchecked());
    assert_eq!(
        Request::messages(&ask(""))
            .without("x-api-key")
            .to(&fake)
            .await
            .status,
        500
    );
    assert_eq!(Request::get("/v1/nowhere").to(&fake).await.status, 500);
}
