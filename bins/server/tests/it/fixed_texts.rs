//! The four messages that the mission fixes, word for word, at the real thing.

use fake_anthropic::{Config, FakeAnthropic};
use serde_json::json;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
};

const NO_KEY_STORED: &str =
    "No active API key found. Please add your Anthropic API key in settings.";
const WRONG_FORM: &str = "Invalid API key format. Must start with 'sk-ant-'";
const REJECTED: &str = "Invalid API key. Please check your key and try again.";
const NO_KEY_GIVEN: &str =
    "API key required. Please provide your Anthropic API key or sign up for an account.";

on_both_databases!(each_fault_of_a_key_has_its_text);

async fn each_fault_of_a_key_has_its_text(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::register(&server, "ada@example.org").await;
    let visitor = Person::visiting(&server);
    let hello = || json!({"message": "Hello Claude!"});
    let with_key = |key: &str| json!({"message": "Hello Claude!", "apiKey": key});

    ada.chat("1", hello())
        .await
        .expect_problem(400, "no_active_api_key", NO_KEY_STORED);
    visitor
        .chat("1", hello())
        .await
        .expect_problem(401, "api_key_required", NO_KEY_GIVEN);

    let wrong_form = "xk-ant-api03-CANARY-of-somebody";
    ada.add_key(wrong_form)
        .await
        .expect_problem(400, "invalid_api_key_format", WRONG_FORM);
    ada.chat("1", with_key(wrong_form)).await.expect_problem(
        400,
        "invalid_api_key_format",
        WRONG_FORM,
    );
    visitor
        .chat("1", with_key(wrong_form))
        .await
        .expect_problem(400, "invalid_api_key_format", WRONG_FORM);
    assert_eq!(
        fake.counts().connections,
        0,
        "nothing of all this went to the provider"
    );

    let rejected = "sk-ant-api03-REJECTED-by-the-provider-AA";
    ada.add_key(rejected)
        .await
        .expect_problem(400, "invalid_api_key", REJECTED);
    ada.chat("1", with_key(rejected))
        .await
        .expect_problem(400, "invalid_api_key", REJECTED);
    visitor
        .chat("1", with_key(rejected))
        .await
        .expect_problem(400, "invalid_api_key", REJECTED);
    let keys = ada.get("/api/api-keys").await;
    assert_eq!(keys.body["items"], json!([]), "none of them was stored");

    ada.add_key(KEY).await.expect(reqwest::StatusCode::CREATED);
    ada.chat("1", hello()).await.expect(reqwest::StatusCode::OK);
    server.stop().await;
}
