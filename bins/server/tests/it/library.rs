//! Finding, exporting and sharing conversations, with the real program on each database.

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
};

on_both_databases!(what_was_written_is_found_exported_and_shared,);

async fn what_was_written_is_found_exported_and_shared(database: Database) {
    let fake = FakeAnthropic::start(Config::lenient()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    for (conversation, text) in [
        ("trip", "Straßen in Zürich"),
        ("food", "東京都でラーメン"),
        ("code", "fn main() { println!(\"%_'; DROP TABLE users\") }"),
    ] {
        ada.chat(conversation, json!({"message": text}))
            .await
            .expect(StatusCode::OK);
    }

    for (search, expected) in [
        ("ZURICH%20strassen", vec!["trip"]),
        ("京都", vec!["food"]),
        ("println", vec!["code"]),
        ("drop'%20table%20us", vec!["code"]),
        ("said", vec!["code", "food", "trip"]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(
            found(&ada, &format!("q={search}")).await,
            expected,
            "{search}"
        );
    }
    let pin = ada
        .request(Method::PATCH, "/api/chat/conversations/trip")
        .header("content-type", "application/json")
        .body(r#"{"pinned": true}"#);
    assert_eq!(pin.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(found(&ada, "pinned=true").await, ["trip"]);

    let file = ada
        .get("/api/chat/conversations/food/export")
        .await
        .expect(StatusCode::OK);
    assert_eq!(file["messages"][0]["text"], "東京都でラーメン");
    let whole = ada.get("/api/me/export").await.expect(StatusCode::OK);
    assert_eq!(whole["conversations"].as_array().unwrap().len(), 3);
    assert!(!whole.to_string().contains(KEY));

    let link = ada
        .post("/api/chat/conversations/trip/shares", &json!({}))
        .await
        .expect(StatusCode::CREATED);
    let address = format!("/api/shared/{}", link["token"].as_str().unwrap());
    let anybody = Person::visiting(&server);
    let shown = anybody.get(&address).await.expect(StatusCode::OK);
    assert_eq!(shown["items"][0]["text"], "Straßen in Zürich");
    assert!(!shown.to_string().contains("ada@example.org"));

    // What is found and shared outlives a restart, and goes with the conversation.
    server.stop().await;
    let server = installation.start().await;
    let ada = ada.at(&server);
    let anybody = Person::visiting(&server);
    assert_eq!(found(&ada, "q=zurich").await, ["trip"]);
    anybody.get(&address).await.expect(StatusCode::OK);
    let deleted = ada
        .request(Method::DELETE, "/api/chat/conversations/trip")
        .send()
        .await;
    assert_eq!(deleted.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(found(&ada, "q=zurich").await, Vec::<String>::new());
    anybody.get(&address).await.expect(StatusCode::NOT_FOUND);
}

async fn found(person: &Person, query: &str) -> Vec<String> {
    let list = person
        .get(&format!("/api/chat/conversations?{query}"))
        .await;
    let list = list.expect(StatusCode::OK);
    let items = list["items"].as_array().unwrap().iter();
    let mut ids: Vec<String> = items.map(id_of).collect();
    ids.sort();
    ids
}

fn id_of(item: &Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}
