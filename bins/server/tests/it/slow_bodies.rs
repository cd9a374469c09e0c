//! Two hundred connections send their bodies a byte a second: they are cut, and others don't notice.

use std::time::{Duration, Instant};

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::StatusCode;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::Person,
    server::Server,
};

const SLOW: usize = 200;
/// A body has ten seconds before its pace is looked at; twice that, for a busy machine.
const CUT: Duration = Duration::from_secs(20);
/// Nobody is cut much before that: a slow line is no attack.
const PATIENCE: Duration = Duration::from_secs(9);
/// The longest that anybody else may wait meanwhile, on a busy machine.
const UNAFFECTED: Duration = Duration::from_secs(3);

on_both_databases!(slow_bodies_are_cut_and_nobody_else_waits);

async fn slow_bodies_are_cut_and_nobody_else_waits(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;

    let (cut, mut cut_by_now) = watch::channel(0);
    let mut slow = JoinSet::new();
    for number in 0..SLOW {
        // Half of them where a password is read, half where a message is.
        let path = match number % 2 {
            0 => "/api/auth/login",
            _ => "/api/chat/conversations/1/messages",
        };
        let connection = begin_slowly(&server, path).await;
        let cut = cut.clone();
        slow.spawn(async move {
            let answer = drip(connection).await;
            cut.send_modify(|count| *count += 1);
            answer
        });
    }

    // While all of them drip, others sign in, chat and look whether the server is well.
    let mut served_beside_all = 0;
    while *cut_by_now.borrow_and_update() == 0 {
        let start = Instant::now();
        ada.chat("healthy", json!({"message": "Hello"}))
            .await
            .expect(StatusCode::OK);
        let healthy = Person::visiting(&server);
        healthy.get("/readyz").await.expect(StatusCode::OK);
        let waited = start.elapsed();
        assert!(waited < UNAFFECTED, "{waited:?} beside slow bodies");
        served_beside_all += 1;
    }
    assert!(served_beside_all >= 10, "{served_beside_all}");
    for (answer, took) in slow.join_all().await {
        assert!(
            answer.starts_with("HTTP/1.1 408 ") && answer.contains("request_timeout"),
            "{answer}"
        );
        assert!((PATIENCE..CUT).contains(&took), "cut after {took:?}");
    }
    Person::login(&server, "ada@example.org", crate::person::PASSWORD).await;
    server.stop().await;
}

/// Sends the head of a request with a body of which nothing has come yet.
async fn begin_slowly(server: &Server, path: &str) -> TcpStream {
    let url = server.url();
    let address = url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection
}

/// Sends a byte a second until the server has had enough; returns what it said, and after how long.
async fn drip(connection: TcpStream) -> (String, Duration) {
    let start = Instant::now();
    let (mut from, mut to) = connection.into_split();
    let dripping = tokio::spawn(async move {
        // The pace is the client's, not a wait for anything.
        while to.write_all(b" ").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    });
    let mut answer = Vec::new();
    timeout(CUT, from.read_to_end(&mut answer))
        .await
        .expect("a slow body is never cut")
        .ok();
    let took = start.elapsed();
    dripping.abort();
    (String::from_utf8_lossy(&answer).into_owned(), took)
}
