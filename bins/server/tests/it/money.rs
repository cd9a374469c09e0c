//! What a conversation costs: said before it is sent, and what the prompt cache saved afterwards.

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
};

on_both_databases!(
    an_estimate_is_what_is_then_billed,
    the_ledger_shows_what_the_cache_saved,
);

const SONNET: &str = "claude-sonnet-5-5";

async fn an_estimate_is_what_is_then_billed(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    set_cache(&ada, "off").await;
    let first =
        json!({"message": "Tell me about the sea.", "system": "You are a poet.", "model": SONNET});
    ada.chat("sea", first).await.expect(StatusCode::OK);
    let second = json!({"message": "And about the wind?", "maxTokens": 50});
    let path = "/api/chat/estimate?conversationId=sea";
    let estimate = ada.post(path, &second).await.expect(StatusCode::OK);
    assert_eq!(ada.messages("sea").await.len(), 2, "nothing is stored");
    let sent = ada.chat("sea", second).await.expect(StatusCode::OK);
    assert_eq!(estimate["inputTokens"], sent["usage"]["input_tokens"]);
    let amount = |cost: &Value| cost["amountNanoUsd"].as_i64().unwrap();
    let billed = amount(&sent["cost"]);
    assert!(amount(&estimate["inputCost"]) < billed, "{estimate} {sent}");
    assert!(billed <= amount(&estimate["maxCost"]), "{estimate} {sent}");

    let visitor = Person::visiting(&server);
    let body = json!({"message": "And about the wind?", "model": "claude-opus-5-5", "apiKey": KEY});
    let estimate = visitor.post("/api/chat/estimate", &body).await;
    let estimate = estimate.expect(StatusCode::OK);
    assert_eq!(estimate["model"], "claude-opus-5-5");
    assert!(estimate["inputTokens"].as_u64().unwrap() > 0);
    let body = json!({"message": "hi", "model": "claude-next-9", "apiKey": KEY});
    let unknown = visitor.post("/api/chat/estimate", &body).await;
    assert_eq!(
        unknown.expect(StatusCode::NOT_FOUND)["code"],
        "model_not_found"
    );
    server.stop().await;
}

async fn the_ledger_shows_what_the_cache_saved(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let mut sum = 0;
    let mut ask = async |conversation: &str| {
        let body = json!({"message": "word ".repeat(400), "model": SONNET});
        let sent = ada.chat(conversation, body).await.expect(StatusCode::OK);
        let saved = sent["cost"]["savedNanoUsd"].as_i64().unwrap();
        sum += saved;
        let usage = |name: &str| sent["usage"][name].as_i64().unwrap();
        let (read, written) = (
            usage("cache_read_input_tokens"),
            usage("cache_creation_input_tokens"),
        );
        (saved, read, written)
    };
    // 2 USD a million tokens; 0.10 from the cache, 2.50 into it for five minutes, 4 for an hour.
    let (saved, read, written) = ask("warm").await;
    assert_eq!((read, saved), (0, -500 * written));
    assert!(written > 0);
    let (saved, read, written) = ask("warm").await;
    assert_eq!(saved, 1_900 * read - 500 * written);
    assert!(read > 0);
    set_cache(&ada, "1h").await;
    let (saved, _, written) = ask("long").await;
    assert!(written > 0 || saved > 0);
    set_cache(&ada, "off").await;
    assert_eq!(ask("cold").await, (0, 0, 0));

    let summary = ada.get("/api/usage/summary").await.expect(StatusCode::OK);
    assert_eq!(summary["items"][0]["cost"]["savedNanoUsd"], sum);
    let shown = ada.messages("warm").await;
    let again: Vec<i64> = shown
        .iter()
        .filter_map(|message| message["cost"]["savedNanoUsd"].as_i64())
        .collect();
    assert_eq!(again.len(), 2, "as it was when the answer ended");
    assert!(again[0] < 0);
    server.stop().await;
}

async fn set_cache(person: &Person, lifetime: &str) {
    let body = json!({"settings": {"promptCache": lifetime}});
    let request = person
        .request(Method::PATCH, "/api/me")
        .header("content-type", "application/json")
        .body(body.to_string());
    let status = request.send().await.unwrap().status();
    assert_eq!(status, StatusCode::OK);
}
