//! A personal access token, from its making to its end, as a script would use it.

use std::time::Duration;

use fake_anthropic::{Config, FakeAnthropic, Gate, Reply};
use latchkey_adapters::system::SystemClock;
use latchkey_domain::{Timestamp, system::Clock};
use latchkey_test_support::canaries::Canaries;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::Person,
};

on_both_databases!(
    a_script_works_with_its_token_until_it_is_deleted,
    a_token_leaves_no_trace,
    a_running_answer_ends_with_its_token,
);

async fn create(by: &Person, scopes: &[&str], expires_at: Option<Timestamp>) -> Value {
    let expires_at = expires_at.map(|at| at.to_string());
    let body = json!({"name": "a script", "scopes": scopes, "expiresAt": expires_at});
    let answer = by.post("/api/me/tokens", &body).await;
    answer.expect(StatusCode::CREATED)
}

fn secret_of(created: &Value) -> &str {
    created["token"].as_str().unwrap()
}

async fn delete(by: &Person, created: &Value) {
    let path = format!("/api/me/tokens/{}", created["id"].as_str().unwrap());
    let response = by.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
}

async fn a_script_works_with_its_token_until_it_is_deleted(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let created = create(&ada, &["chat"], None).await;
    let script = Person::with_token(&server, secret_of(&created));

    // What its scope is for, as JSON and as a stream; a new conversation of Ada's.
    let body = json!({"message": "Hello"});
    script.chat("1", body.clone()).await.expect(StatusCode::OK);
    assert_eq!(
        script.stream("1", body.clone()).await.last().await.name,
        "latchkey.done"
    );
    assert_eq!(ada.messages("1").await.len(), 4);

    // And nothing else.
    let refused = script.get("/api/api-keys").await;
    assert_eq!(refused.body["requiredScope"], "keys:read");
    refused.expect_problem(
        403,
        "insufficient_scope",
        "This personal access token lacks the scope keys:read.",
    );
    for path in ["/api/me", "/api/me/tokens", "/api/me/sessions"] {
        script.get(path).await.expect_problem(
            403,
            "session_required",
            "No personal access token opens this. Please sign in.",
        );
    }

    // It survives the server, and its use is seen.
    server.stop().await;
    let server = installation.start().await;
    let (ada, script) = (ada.at(&server), script.at(&server));
    script.chat("1", body.clone()).await.expect(StatusCode::OK);
    let listed = ada.get("/api/me/tokens").await.expect(StatusCode::OK);
    assert!(listed["items"][0]["lastUsedAt"].is_string(), "{listed}");
    assert_eq!(listed["items"][0]["token"], Value::Null);

    delete(&ada, &created).await;
    assert_is_refused(&script).await;
    assert_eq!(fake.message_requests().len(), 3);
}

async fn assert_is_refused(script: &Person) {
    let answer = script.chat("1", json!({"message": "Hello"})).await;
    answer.expect_problem(
        401,
        "unauthenticated",
        "Please sign in. The access token is missing, expired or not valid.",
    );
}

async fn a_token_leaves_no_trace(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LOG", "debug");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let created = create(&ada, &["chat", "keys:write"], None).await;
    let token = secret_of(&created).to_owned();
    let script = Person::with_token(&server, &token);

    // In its place, in wrong ones, and after its end.
    let body = json!({"message": "Hello"});
    script.chat("1", body.clone()).await.expect(StatusCode::OK);
    script.add_key(&token).await;
    script.get(&format!("/api/me?token={token}")).await;
    script.post(&format!("/api/{token}"), &body).await;
    ada.post("/api/auth/refresh", &json!({"refreshToken": token}))
        .await;
    ada.post("/api/me/tokens", &json!({"name": "x", token.clone(): 1}))
        .await;
    let request = Person::visiting(&server).request(Method::GET, "/api/api-keys");
    let request = request.header("x-api-key", &token);
    let status = request.send().await.unwrap().status();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    delete(&ada, &created).await;
    assert_is_refused(&script).await;

    let running = installation
        .database()
        .content(&installation.data_dir())
        .await;
    let heard = script.heard();
    let log = server.stop().await;
    let stopped = installation
        .database()
        .content(&installation.data_dir())
        .await;
    assert!(log.lines().count() > 5, "otherwise nothing was logged");
    let mut canaries = Canaries::none();
    canaries.watch("the token", token.strip_prefix("lk_").unwrap());
    canaries.assert_absent("an answer to the script", &heard);
    canaries.assert_absent("the database while the server runs", &running);
    canaries.assert_absent("the database", &stopped);
    canaries.assert_absent("the log", &log);
}

async fn a_running_answer_ends_with_its_token(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let gate = Gate::new();
    for (conversation, expires_in) in [("1", None), ("2", Some(6))] {
        fake.script(Reply::text("This takes a long time").stall_after(5, &gate));
        let expires_at =
            expires_in.map(|seconds| SystemClock.now().plus(Duration::from_secs(seconds)));
        let created = create(&ada, &["chat"], expires_at).await;
        let script = Person::with_token(&server, secret_of(&created));
        let mut stream = script.stream(conversation, json!({"message": "Go"})).await;
        stream.next().await.unwrap();
        if expires_in.is_none() {
            delete(&ada, &created).await;
        }
        let last = tokio::time::timeout(Duration::from_secs(20), stream.last());
        let last = last.await.expect("the answer goes on without its token");
        assert_eq!(last.name, "latchkey.error");
        assert_eq!(last.data["code"], "session_ended");
        assert_is_refused(&script).await;
    }
}
