//! How many servers a database may have: a SQLite file one, a PostgreSQL any number.

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    database::{Database, PostgresDatabase},
    installation::Installation,
    person::{PASSWORD, Person},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_one_file_is_refused() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(Database::Sqlite, &fake.base_url());
    let server = installation.start().await;
    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert!(
        said.contains("latchkey.db") && said.contains("another"),
        "{said}"
    );

    // Nothing happened to the first, and when it is gone there is room, even if it was killed.
    let ada = Person::with_key(&server, "ada@example.org").await;
    server.kill().await;
    let server = installation.start().await;
    ada.at(&server)
        .chat("1", json!({"message": "Hello"}))
        .await
        .expect(StatusCode::OK);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_a_postgres() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let database = Database::Postgres(PostgresDatabase::create().await);
    let installation = Installation::new(database, &fake.base_url());
    // Both at once: one of them migrates and makes the keyring.
    let (one, two) = tokio::join!(installation.start(), installation.start());
    let ada = Person::with_key(&one, "ada@example.org").await;
    ada.chat("1", json!({"message": "Hello"}))
        .await
        .expect(StatusCode::OK);
    let there = ada.at(&two);
    assert_eq!(there.messages("1").await.len(), 2);
    there
        .chat("1", json!({"message": "And here"}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(ada.messages("1").await.len(), 4);
    // A new password at one ends all sessions at both.
    let elsewhere = Person::login(&two, "ada@example.org", PASSWORD).await;
    let new = "another horse in another stable";
    ada.post("/api/me/password", &json!({"newPassword": new}))
        .await
        .expect(StatusCode::OK);
    for server in [&one, &two] {
        let there = elsewhere.at(server);
        assert_eq!(there.get("/api/me").await.status, StatusCode::UNAUTHORIZED);
        let refresh = json!({"refreshToken": there.refresh_token()});
        let refused = there.post("/api/auth/refresh", &refresh).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    // Signing out at one is signing out at both.
    let ada = Person::login(&one, "ada@example.org", new).await;
    ada.at(&two).get("/api/me").await.expect(StatusCode::OK);
    ada.post("/api/auth/logout", &json!({})).await;
    assert_eq!(
        ada.at(&two).get("/api/me").await.status,
        StatusCode::UNAUTHORIZED
    );
    one.stop().await;
    two.stop().await;
}
