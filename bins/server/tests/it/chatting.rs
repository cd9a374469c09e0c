//! The mission's three examples, with curl's own headers and bodies, and what goes with them.

use fake_anthropic::{Config, FakeAnthropic, Reply};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
    server::Server,
};

on_both_databases!(
    the_examples_run_as_they_stand,
    a_retired_model_is_refused_with_those_that_can_be_used,
    keys_and_text_of_visitors_are_forgotten,
    proxies_of_the_environment_are_not_used,
);

async fn the_examples_run_as_they_stand(database: Database) {
    let fake = FakeAnthropic::start(Config::lenient()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::register(&server, "ada@example.org").await;
    let bearer = format!("Authorization: Bearer {}", ada.access_token());

    let key = curl(
        &server,
        "/api/api-keys",
        Some(&bearer),
        r#"{
    "apiKey": "sk-ant-your-api-key-here",
    "name": "My Development Key"
  }"#,
    )
    .await;
    assert_eq!(key["name"], "My Development Key", "{key}");
    assert_eq!(key["status"], "valid", "{key}");

    let stored = curl(
        &server,
        "/api/chat/conversations/123/messages",
        Some(&bearer),
        r#"{
    "message": "Hello Claude!",
    "model": "claude-3-5-sonnet-20241022"
  }"#,
    )
    .await;
    assert_eq!(stored["conversationId"], "123", "{stored}");
    assert_eq!(
        stored["assistantMessage"]["text"], "You said: Hello Claude!",
        "{stored}"
    );

    let direct = curl(
        &server,
        "/api/chat/conversations/123/messages",
        None,
        r#"{
    "message": "Hello Claude!",
    "model": "claude-3-5-sonnet-20241022",
    "apiKey": "sk-ant-your-api-key-here"
  }"#,
    )
    .await;
    assert_eq!(direct["conversationId"], "123", "{direct}");
    assert_eq!(
        direct["assistantMessage"]["text"], "You said: Hello Claude!",
        "{direct}"
    );
    assert_eq!(
        ada.messages("123").await.len(),
        2,
        "the visitor's 123 is nobody's"
    );
    server.stop().await;
}

/// Runs curl, and reads what it prints.
async fn curl(server: &Server, path: &str, authorization: Option<&str>, body: &str) -> Value {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--noproxy", "*", "-X", "POST"])
        .arg(format!("{}{path}", server.url()))
        .args(["-H", "Content-Type: application/json"])
        .args(["-d", body]);
    if let Some(authorization) = authorization {
        curl.args(["-H", authorization]);
    }
    let output = curl.output().await.expect("curl is needed for this test");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn a_retired_model_is_refused_with_those_that_can_be_used(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let body = json!({"message": "Hello Claude!", "model": "claude-3-5-sonnet-20241022"});
    let answer = ada.chat("123", body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    assert_eq!(answer.body["code"], "model_not_found");
    let text = answer.body.to_string();
    assert!(text.contains("claude-sonnet-5-5"), "{text}");
    server.stop().await;
}

async fn keys_and_text_of_visitors_are_forgotten(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let visitor = Person::visiting(&server);
    let body = json!({
        "message": "and now?",
        "apiKey": KEY,
        "history": [
            {"role": "user", "content": "first"},
            {"role": "assistant", "content": "answered"},
        ],
    });
    let answer = visitor.chat("mine", body).await.expect(StatusCode::OK);
    assert_eq!(answer["assistantMessage"]["text"], "You said: and now?");
    let sent = fake.last_request().unwrap();
    assert_eq!(sent.key.as_deref(), Some(KEY));
    assert_eq!(sent.json()["messages"].as_array().unwrap().len(), 3);

    fake.script(Reply::many(5));
    let mut stream = visitor
        .stream("mine", json!({"message": "in pieces", "apiKey": KEY}))
        .await;
    stream.start().await;
    assert_eq!(stream.last().await.name, "latchkey.done");

    let ada = Person::register(&server, "ada@example.org").await;
    let conversations = ada
        .get("/api/chat/conversations")
        .await
        .expect(StatusCode::OK);
    assert_eq!(conversations["items"], json!([]));
    server.stop().await;
}

/// Whatever `HTTP_PROXY` says: keys go to the configured provider and nowhere else.
async fn proxies_of_the_environment_are_not_used(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let trap = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut installation = Installation::new(database, &fake.base_url());
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        installation.set(name, &trap.base_url());
    }
    installation.set("ANTHROPIC_BASE_URL", &trap.base_url());
    installation.set("ANTHROPIC_API_KEY", "sk-ant-api03-of-the-operator-AA");
    let server = installation.start().await;
    server.wait_for_log("ANTHROPIC_API_KEY").await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    ada.chat("1", json!({"message": "Hello"}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(trap.counts().connections, 0);
    assert_eq!(fake.last_request().unwrap().key.as_deref(), Some(KEY));
    server.stop().await;
}
