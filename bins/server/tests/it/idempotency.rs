//! Messages that are sent again, with the real program: one call, one answer, on each database and over two replicas.

use std::collections::HashSet;

use fake_anthropic::{Config, FakeAnthropic, Gate, Reply};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    database::{Database, PostgresDatabase, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
};

const CHAT: &str = "/api/chat/conversations/123/messages";

on_both_databases!(a_message_that_is_sent_again_is_answered_once);

/// Sends `body` under `key`, and gives the status and what came.
async fn send(person: &Person, key: &str, body: &Value) -> (StatusCode, Value) {
    let request = person
        .request(Method::POST, CHAT)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(body.to_string());
    let response = request.send().await.unwrap();
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

async fn a_message_that_is_sent_again_is_answered_once(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::register(&server, "ada@example.org").await;
    let body = json!({"message": "Hello", "apiKey": KEY});
    let (status, first) = send(&ada, "my-own-key", &body).await;
    assert_eq!(status, StatusCode::OK, "{first}");

    // After a restart, too.
    server.stop().await;
    let server = installation.start().await;
    let ada = ada.at(&server);
    let (status, again) = send(&ada, "my-own-key", &body).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    assert_eq!(
        again["assistantMessage"]["id"],
        first["assistantMessage"]["id"]
    );
    let (status, other) = send(&ada, "my-own-key", &json!({"message": "Ho"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{other}");
    assert_eq!(other["code"], "idempotency_key_reused");
    assert_eq!(fake.message_requests().len(), 1);

    // Somebody else's same key is another.
    let eve = Person::register(&server, "eve@example.org").await;
    let (status, hers) = send(&eve, "my-own-key", &body).await;
    assert_eq!(status, StatusCode::OK, "{hers}");
    assert_eq!(fake.message_requests().len(), 2);

    server.stop().await;
    let content = installation
        .database()
        .content(&installation.data_dir())
        .await;
    for secret in [KEY, "my-own-key"] {
        let found = content
            .windows(secret.len())
            .any(|bytes| bytes == secret.as_bytes());
        assert!(!found, "the database holds {secret}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_over_two_replicas_one_is_answered() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let database = Database::Postgres(PostgresDatabase::create().await);
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let (one, two) = tokio::join!(installation.start(), installation.start());
    let ada = Person::with_key(&one, "ada@example.org").await;
    let gate = Gate::new();
    fake.script(Reply::text("Once and no more").stall_after(4, &gate));

    let mut senders = JoinSet::new();
    for number in 0..20 {
        let person = ada.at(if number % 2 == 0 { &one } else { &two });
        senders.spawn(async move { send(&person, "k", &json!({"message": "Hello"})).await });
    }
    // All but the first are told at once; the first waits for its answer.
    let mut told = HashSet::new();
    for _ in 0..19 {
        let (status, problem) = senders.join_next().await.unwrap().unwrap();
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
        assert_eq!(problem["code"], "idempotency_key_in_use", "{problem}");
        told.insert(problem["assistantMessageId"].to_string());
    }
    gate.release();
    let (status, answer) = senders.join_next().await.unwrap().unwrap();
    assert_eq!(status, StatusCode::OK, "{answer}");
    told.insert(answer["assistantMessage"]["id"].to_string());
    assert_eq!(told.len(), 1, "all speak of one answer: {told:?}");

    for server in [&one, &two] {
        let (status, again) = send(&ada.at(server), "k", &json!({"message": "Hello"})).await;
        assert_eq!(status, StatusCode::OK, "{again}");
        told.insert(again["assistantMessage"]["id"].to_string());
    }
    assert_eq!(told.len(), 1);
    assert_eq!(fake.message_requests().len(), 1);
    assert_eq!(ada.messages("123").await.len(), 2);
    one.stop().await;
    two.stop().await;
}
