//! The list of models, single models, and which of them may be called.

use fake_anthropic::{Config, FakeAnthropic, model_ids};
use serde_json::json;

use crate::bodies::{ask, with};
use crate::client::Request;

#[tokio::test]
async fn pages_follow_each_other() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut listed = Vec::new();
    let mut target = "/v1/models?limit=5".to_owned();
    loop {
        let page = Request::get(&target).to(&fake).await.json();
        let ids: Vec<String> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(page["first_id"], ids[0]);
        assert_eq!(page["last_id"], ids[ids.len() - 1]);
        listed.extend(ids);
        if page["has_more"] == false {
            break;
        }
        target = format!(
            "/v1/models?limit=5&after_id={}",
            page["last_id"].as_str().unwrap()
        );
    }
    assert_eq!(listed, model_ids());

    let before = Request::get(&format!("/v1/models?limit=2&before_id={}", listed[4]))
        .to(&fake)
        .await
        .json();
    assert_eq!(before["first_id"], listed[2]);
    assert_eq!(before["has_more"], true);
}

#[tokio::test]
async fn bad_pages_are_refused() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for query in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "after_id=nobody",
        "colour=red",
        "after_id=a&before_id=b",
    ] {
        assert_eq!(
            Request::get(&format!("/v1/models?{query}"))
                .to(&fake)
                .await
                .status,
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn one_model_by_id_or_alias() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let row = Request::get("/v1/models/claude-haiku-4-5")
        .to(&fake)
        .await
        .json();
    assert_eq!(row["id"], "claude-haiku-4-5-20251001");
    assert_eq!(row["type"], "model");
    assert_eq!(row["max_tokens"], 64_000);
    assert_eq!(row["max_input_tokens"], 200_000);
    let unknown = Request::get("/v1/models/claude-none").to(&fake).await;
    assert_eq!(
        (unknown.status, unknown.error_type().as_str()),
        (404, "not_found_error")
    );
}

#[tokio::test]
async fn unknown_and_retired_models_are_not_found() {
    let strict = FakeAnthropic::start(Config::default()).await.unwrap();
    let lenient = FakeAnthropic::start(Config {
        allow_retired: true,
        ..Config::default()
    })
    .await
    .unwrap();
    for (model, leniently) in [("claude-x", 404), ("claude-3-5-sonnet-20241022", 200)] {
        let request = Request::messages(&with(ask("hi"), json!({ "model": model })));
        let answer = request.to(&strict).await;
        assert_eq!(
            (answer.status, answer.error_type().as_str()),
            (404, "not_found_error")
        );
        assert_eq!(answer.error_message(), format!("model: {model}"));
        assert_eq!(request.to(&lenient).await.status, leniently);
    }
}

#[tokio::test]
async fn other_routes_and_methods_are_refused_in_the_same_envelope() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for (target, status) in [
        ("/v1/complete", 404),
        ("/", 404),
        ("/v1/models/a/b", 404),
        ("/v1/messages", 405),
    ] {
        let answer = Request::get(target).to(&fake).await;
        assert_eq!(answer.status, status, "{target}");
        answer.error_type();
    }
}

#[tokio::test]
async fn tokens_are_counted_without_max_tokens() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let body = with(
        ask("Count these words, please."),
        json!({ "max_tokens": null }),
    );
    let answer = Request::post("/v1/messages/count_tokens", &body)
        .to(&fake)
        .await;
    let counted = answer.json()["input_tokens"].as_u64().unwrap();
    let said = Request::messages(&with(body, json!({ "max_tokens": 100 })))
        .to(&fake)
        .await
        .json();
    assert_eq!(said["usage"]["input_tokens"], counted);
    let with_limit = Request::post("/v1/messages/count_tokens", &ask("hi"))
        .to(&fake)
        .await;
    assert_eq!(
        with_limit.error_message(),
        "max_tokens: Extra inputs are not permitted"
    );
}
