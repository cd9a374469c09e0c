//! No key, no password, no token and no visitor's text is left anywhere: not in the database, not in the log, not in
//! an answer.

use fake_anthropic::{ApiError, Config, FakeAnthropic, Reply};
use latchkey_test_support::canaries::Canaries;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, PASSWORD, Person},
};

on_both_databases!(nothing_secret_is_left_anywhere);

const VISITORS_KEY: &str = "sk-ant-api03-CANARY-of-a-visitor-never-kept-AA";
const VISITORS_TEXT: &str = "CANARY: the visitor asked this in confidence";
const VISITORS_ANSWER: &str = "CANARY: the answer to it, in confidence too";
const REFUSED_KEY: &str = "sk-ant-api03-REJECTED-CANARY-of-ada-AA";
const WRONG_PASSWORD: &str = "CANARY wrong password";
const SAVED_TEXT: &str = "This text is kept on purpose, by Ada";

async fn nothing_secret_is_left_anywhere(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    // As much is logged as can be.
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LOG", "debug");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let visitor = Person::visiting(&server);
    ada.chat("1", json!({"message": SAVED_TEXT}))
        .await
        .expect(StatusCode::OK);

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
    ada.add_key(REFUSED_KEY).await;
    ada.add_key(KEY).await.expect(StatusCode::CONFLICT);
    ada.post("/api/api-keys/test", &json!({"apiKey": VISITORS_KEY}))
        .await;
    ada.post(
        "/api/api-keys",
        &json!({"apiKey": VISITORS_KEY, "name": "x", "more": VISITORS_KEY}),
    )
    .await;
    ada.post(
        "/api/auth/login",
        &json!({"email": "ada@example.org", "password": WRONG_PASSWORD}),
    )
    .await;
    ada.post(
        "/api/auth/refresh",
        &json!({"refreshToken": ada.refresh_token()}),
    )
    .await;
    let mut visitors = Canaries::none();
    visitors.watch("the visitor's key", VISITORS_KEY);
    let broken = format!("{{\"message\": \"{VISITORS_TEXT}\", \"apiKey\": \"{VISITORS_KEY}\"");
    let request = visitor
        .request(Method::POST, "/api/chat/conversations/1/messages")
        .header("content-type", "application/json")
        .body(broken);
    let answer = request.send().await.unwrap().bytes().await.unwrap();
    visitors.assert_absent("an answer", &answer);
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
    let running = installation
        .database()
        .content(&installation.data_dir())
        .await;
    let (access, refresh) = (
        ada.access_token().to_owned(),
        ada.refresh_token().to_owned(),
    );
    let heard = [ada.heard(), visitor.heard()].concat();
    let log = server.stop().await;
    let stopped = installation
        .database()
        .content(&installation.data_dir())
        .await;

    let content = String::from_utf8_lossy(&stopped);
    assert!(
        content.contains(SAVED_TEXT),
        "otherwise this test looks at the wrong place"
    );
    assert!(
        log.contains("ada") || log.lines().count() > 5,
        "otherwise nothing was logged: {log}"
    );
    let mut never_answered = visitors;
    never_answered.watch("the stored key", KEY);
    never_answered.watch("the refused key", REFUSED_KEY);
    never_answered.watch("the password", PASSWORD);
    never_answered.watch("the wrong password", WRONG_PASSWORD);
    never_answered.assert_absent("an answer", &heard);
    let mut never_kept = never_answered;
    never_kept.watch("the visitor's text", VISITORS_TEXT);
    never_kept.watch("the answer to the visitor", VISITORS_ANSWER);
    never_kept.watch("the access token", &access);
    never_kept.watch("the refresh token", &refresh);
    never_kept.assert_absent("the database while the server runs", &running);
    never_kept.assert_absent("the database", &stopped);
    let mut never_logged = never_kept;
    never_logged.watch("the saved text", SAVED_TEXT);
    never_logged.assert_absent("the log", &log);
}
