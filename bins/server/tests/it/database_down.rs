//! The database goes away and comes back.

use std::time::{Duration, Instant};

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    database::{Database, PostgresDatabase},
    installation::Installation,
    person::{KEY, Person},
};

/// The server must be itself again by then.
const BACK: Duration = Duration::from_secs(5);

async fn postgres() -> (Installation, FakeAnthropic) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let database = Database::Postgres(PostgresDatabase::create().await);
    (Installation::new(database, &fake.base_url()), fake)
}

fn database_of(installation: &Installation) -> &PostgresDatabase {
    match installation.database() {
        Database::Postgres(database) => database,
        Database::Sqlite => panic!("this is about PostgreSQL"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_nobody_becomes_anonymous() {
    let (installation, fake) = postgres().await;
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    ada.chat("1", json!({"message": "Hello"}))
        .await
        .expect(StatusCode::OK);
    let asked = fake.counts().message_requests;

    database_of(&installation).take_down().await;
    for body in [
        json!({"message": "Hello"}),
        json!({"message": "Hello", "apiKey": KEY}),
    ] {
        let answer = ada.chat("1", body).await;
        assert_eq!(
            answer.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            answer.body
        );
    }
    assert_eq!(
        ada.get("/api/me").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(
        ada.get("/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(
        ada.get("/healthz").await.status,
        StatusCode::OK,
        "the process itself is well"
    );
    assert_eq!(
        fake.counts().message_requests,
        asked,
        "nobody's key was used"
    );

    database_of(&installation).bring_up().await;
    let deadline = Instant::now() + BACK;
    while ada.get("/readyz").await.status != StatusCode::OK {
        assert!(
            Instant::now() < deadline,
            "not ready {BACK:?} after the database is back"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ada.chat("1", json!({"message": "Hello again"}))
        .await
        .expect(StatusCode::OK);
    server.stop().await;
}

/// A restart of the server of the database: whoever comes next must not be given a dead connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_are_never_handed_out() {
    let (installation, _fake) = postgres().await;
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    for round in 0..5 {
        database_of(&installation).cut_connections().await;
        let answer = ada
            .chat("1", json!({"message": format!("Round {round}")}))
            .await;
        answer.expect(StatusCode::OK);
    }
    assert_eq!(ada.messages("1").await.len(), 10);
    server.stop().await;
}
