//! The first run: nothing is there, and a few minutes later somebody chats.

use std::{fs, os::unix::fs::PermissionsExt};

use fake_anthropic::{Config, FakeAnthropic, Reply};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
};

on_both_databases!(
    somebody_signs_up_brings_a_key_and_chats,
    everything_is_still_there_after_a_restart,
    the_fourth_turn_knows_the_first,
);

async fn somebody_signs_up_brings_a_key_and_chats(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;

    let said = server.said();
    assert!(said.contains(&server.url()), "{said}");
    assert!(said.contains(&fake.base_url()), "{said}");
    assert!(said.contains("keyring.json"), "{said}");
    assert!(
        said.contains("/api/auth/register"),
        "what to do next: {said}"
    );
    let visitor = Person::visiting(&server);
    visitor.get("/healthz").await.expect(StatusCode::OK);
    visitor.get("/readyz").await.expect(StatusCode::OK);
    visitor.get("/").await.expect(StatusCode::OK);

    let ada = Person::register(&server, "ada@example.org").await;
    let me = ada.get("/api/me").await.expect(StatusCode::OK);
    assert_eq!(me["email"], "ada@example.org");
    assert_eq!(
        me["role"], "admin",
        "the first account is the operator's: {me}"
    );

    let key = ada.add_key(KEY).await.expect(StatusCode::CREATED);
    assert_eq!(key["status"], "valid", "{key}");
    assert_eq!(key["name"], "My Development Key");

    fake.script(Reply::text("Good morning, Ada."));
    let answer = ada.chat("first", json!({"message": "Good morning!"})).await;
    let answer = answer.expect(StatusCode::OK);
    assert_eq!(answer["conversationId"], "first");
    assert_eq!(answer["assistantMessage"]["text"], "Good morning, Ada.");
    assert_eq!(answer["assistantMessage"]["status"], "complete");
    assert_eq!(answer["cost"]["known"], true, "{answer}");
    assert_eq!(answer["key"]["id"], key["id"]);

    fake.script(Reply::many(20));
    let mut stream = ada
        .stream("first", json!({"message": "And now in pieces."}))
        .await;
    let start = stream.start().await;
    let last = stream.last().await;
    assert_eq!(last.name, "latchkey.done");
    let shown = ada.messages("first").await;
    assert_eq!(shown.len(), 4);
    assert_eq!(shown[2]["id"], start["userMessageId"]);
    assert_eq!(shown[3]["id"], start["assistantMessageId"]);
    assert_eq!(shown[3]["text"], stream.text);
    assert_eq!(shown[3]["status"], "complete");

    let usage = ada
        .get("/api/usage/summary?groupBy=model")
        .await
        .expect(StatusCode::OK);
    assert!(usage.to_string().contains("claude-sonnet-5-5"), "{usage}");
    server.stop().await;
}

async fn everything_is_still_there_after_a_restart(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    assert!(
        server.said().contains("Back it up"),
        "a new keyring is said to need a backup: {}",
        server.said()
    );
    let keyring = fs::read(installation.keyring()).unwrap();
    for (path, mode) in [
        (installation.data_dir(), 0o700),
        (installation.keyring(), 0o600),
    ] {
        let found = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}", path.display());
    }
    let ada = Person::with_key(&server, "ada@example.org").await;
    ada.chat("1", json!({"message": "Remember me"}))
        .await
        .expect(StatusCode::OK);
    server.stop().await;

    let server = installation.start().await;
    assert_eq!(fs::read(installation.keyring()).unwrap(), keyring);
    let ada = ada.at(&server);
    assert_eq!(
        ada.messages("1").await.len(),
        2,
        "the same access token, the same messages"
    );
    let answer = ada
        .chat("1", json!({"message": "The stored key still opens"}))
        .await;
    answer.expect(StatusCode::OK);
    assert_eq!(fake.last_request().unwrap().key.as_deref(), Some(KEY));
    server.stop().await;
}

async fn the_fourth_turn_knows_the_first(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    for turn in ["one", "two", "three", "four"] {
        ada.chat("turns", json!({"message": turn}))
            .await
            .expect(StatusCode::OK);
    }
    let sent = fake.last_request().unwrap().json();
    let turns = sent["messages"].as_array().unwrap();
    let roles: Vec<_> = turns
        .iter()
        .map(|turn| turn["role"].as_str().unwrap())
        .collect();
    assert_eq!(
        roles,
        [
            "user",
            "assistant",
            "user",
            "assistant",
            "user",
            "assistant",
            "user"
        ]
    );
    assert!(turns[0].to_string().contains("one"), "{sent}");
    assert!(turns[1].to_string().contains("You said: one"), "{sent}");
    server.stop().await;
}
