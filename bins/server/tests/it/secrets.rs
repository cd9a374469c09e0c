//! No key, no password, no token and no visitor's text is left anywhere: not in the database, not in the log, not in
//! an answer.

use fake_anthropic::{ApiError, Config, FakeAnthropic, Reply};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, PASSWORD, Person},
    traces::assert_no_trace,
};

on_both_databases!(nothing_secret_is_left_anywhere);

const VISITORS_KEY: &str = "sk-ant-api03-CANARY-of-a-visitor-never-kept-AA";
const VISITORS_TEXT: &str = "CANARY what the visitor asked in confidence";
const VISITORS_ANSWER: &str = "CANARY what the visitor was told in confidence";
const SAVED_TEXT: &str = "CANARY what Ada keeps on purpose";

async fn nothing_secret_is_left_anywhere(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    // As much is logged as can be.
    let installation =
        Installation::new(database, &fake.base_url()).with("LATCHKEY_LOG", "debug");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let visitor = Person::visiting(&server);
    ada.chat("1", json!({"message": SAVED_TEXT})).await.expect(StatusCode::OK);

    // A visitor, whole and in pieces.
    for _ in 0..2 {
        fake.script(Reply::text(VISITORS_ANSWER));
    }
    let body = json!({"message": VISITORS_TEXT, "apiKey": VISITORS_KEY});
    visitor.chat("1", body.clone()).await.expect(StatusCode::OK);
    let mut stream = visitor.stream("1", body.clone()).await;
    stream.last().await;

    // Everything that could say too much.
    fake.script(ApiError::echoing_the_key());
    visitor.chat("1", body.clone()).await;
    fake.script(Reply::text(VISITORS_ANSWER).error_after(3, ApiError::echoing_the_key()));
    visitor.chat("1", body.clone()).await;
    fake.script(ApiError::echoing_the_key());
    ada.chat("1", json!({"message": "Hello"})).await;
    ada.add_key("sk-ant-api03-REJECTED-CANARY-of-ada-AA").await;
    ada.add_key(KEY).await.expect(StatusCode::CONFLICT);
    ada.post("/api/api-keys/test", &json!({"apiKey": VISITORS_KEY})).await;
    ada.post("/api/api-keys", &json!({"apiKey": VISITORS_KEY, "name": "x", "more": VISITORS_KEY})).await;
    ada.post("/api/auth/login", &json!({"email": "ada@example.org", "password": "CANARY wrong password"})).await;
    ada.post("/api/auth/refresh", &json!({"refreshToken": ada.refresh_token()})).await;
    let broken = format!("{{\"message\": \"{VISITORS_TEXT}\", \"apiKey\": \"{VISITORS_KEY}\"");
    let request = visitor
        .request(Method::POST, "/api/chat/conversations/1/messages")
        .header("content-type", "application/json")
        .body(broken);
    let answer = request.send().await.unwrap().bytes().await.unwrap();
    assert_no_trace("an answer", &answer, VISITORS_KEY);
    let misplaced = format!("/api/me?apiKey={VISITORS_KEY}");
    ada.get(&misplaced).await;
    visitor
        .request(Method::GET, "/api/me")
        .header("x-api-key", VISITORS_KEY)
        .bearer_auth(VISITORS_KEY)
        .send()
        .await
        .unwrap();

    // Once while everything is open, journals included, and once after the end.
    let running = installation.database().content(&installation.data_dir()).await;
    let (access, refresh) = (ada.access_token().to_owned(), ada.refresh_token().to_owned());
    let heard = [ada.heard(), visitor.heard()].concat();
    let log = server.stop().await;
    let stopped = installation.database().content(&installation.data_dir()).await;

    let content = String::from_utf8_lossy(&stopped);
    assert!(content.contains(SAVED_TEXT), "otherwise this test looks at the wrong place");
    assert!(log.contains("ada") || log.lines().count() > 5, "otherwise nothing was logged: {log}");
    for (name, place) in [
        ("the database while the server runs", &running[..]),
        ("the database", &stopped),
        ("the log", log.as_bytes()),
    ] {
        for secret in [KEY, VISITORS_KEY, VISITORS_TEXT, VISITORS_ANSWER, PASSWORD, &access, &refresh] {
            assert_no_trace(name, place, secret);
        }
        assert_no_trace(name, place, "sk-ant-api03-REJECTED-CANARY-of-ada-AA");
        assert_no_trace(name, place, "CANARY wrong password");
    }
    assert_no_trace("the log", log.as_bytes(), SAVED_TEXT);
    for secret in [KEY, VISITORS_KEY, PASSWORD] {
        assert_no_trace("an answer", &heard, secret);
    }
}
