//! Re-attaching to a running answer: in other tabs, after a crash, at another server.

use std::time::Duration;

use fake_anthropic::{Config, FakeAnthropic, Gate, Reply};
use serde_json::json;

use crate::{
    database::{Database, PostgresDatabase, on_both_databases},
    installation::Installation,
    person::Person,
    stream::Event,
};

/// Another process's answers are taken over when their lease of 30 s has run out.
const TAKEN_OVER: Duration = Duration::from_secs(50);
/// Characters of text after which the server is killed: at this pace the first of them were journalled long before.
const JOURNALLED: usize = 3_000;
const PACE: Duration = Duration::from_millis(5);

on_both_databases!(
    three_tabs_get_the_same_bytes,
    after_a_crash_the_listener_gets_the_end
);

/// The provider's events as they came.
fn passed_on(events: &[Event]) -> Vec<&str> {
    let theirs = events
        .iter()
        .filter(|event| !event.name.starts_with("latchkey."));
    theirs.map(|event| event.raw.as_str()).collect()
}

async fn three_tabs_get_the_same_bytes(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let server = Installation::new(database, &fake.base_url());
    let server = server.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let gate = Gate::new();
    fake.script(Reply::many(200).stall_after(60, &gate));
    let mut first = ada.stream("1", json!({"message": "Go on"})).await;
    let start = first.next().await.unwrap();
    let answer = start.data["assistantMessageId"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut seen = vec![start];
    while seen.len() < 50 {
        seen.push(first.next().await.unwrap());
    }
    let mut second = ada.listen("1", &answer, None).await;
    let mut third = ada.listen("1", &answer, Some(20)).await;
    let mut leaving = ada.listen("1", &answer, None).await;
    leaving.start().await;
    drop(leaving);
    gate.release();
    let (rest, second, third) = tokio::join!(first.all(), second.all(), third.all());
    seen.extend(rest);
    assert_eq!(passed_on(&second), passed_on(&seen));
    assert_eq!(passed_on(&third), passed_on(&seen)[21..]);
    let last = |events: &[Event]| events.last().unwrap().raw.clone();
    assert!(last(&seen).starts_with("event: latchkey.done"));
    assert_eq!((last(&second), last(&third)), (last(&seen), last(&seen)));
    let mut late = ada.listen("1", &answer, None).await;
    let late = late.all().await;
    assert_eq!((late.len(), late[1].name.as_str()), (2, "latchkey.done"));
    server.stop().await;
}

async fn after_a_crash_the_listener_gets_the_end(database: Database) {
    // Who has SQLite alone ends the answers of a dead process at once; on PostgreSQL another one may live.
    let waits_for_lease = matches!(database, Database::Postgres(_));
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    fake.script(Reply::many(20_000).pace(PACE));
    let mut first = ada.stream("1", json!({"message": "Go on"})).await;
    let answer = first.start().await["assistantMessageId"]
        .as_str()
        .unwrap()
        .to_owned();
    first.read_text(JOURNALLED).await;
    server.kill().await;

    let server = installation.start().await;
    let ada = ada.at(&server);
    let mut again = ada.listen("1", &answer, Some(5)).await;
    let events = tokio::time::timeout(TAKEN_OVER, again.all())
        .await
        .expect("it ends");
    let last = events.last().unwrap();
    assert_eq!(
        (last.name.as_str(), &last.data["code"]),
        ("latchkey.error", &json!("answer_gone"))
    );
    let message = &last.data["assistantMessage"];
    assert_eq!(message["status"], "interrupted", "{message}");
    let saved = message["text"].as_str().unwrap();
    assert!(
        saved.starts_with(&first.text[..100]),
        "what was seen a second before is saved: {message}"
    );
    assert!(saved.ends_with(&again.text), "{message}");
    assert_eq!(again.text.is_empty(), !waits_for_lease, "{message}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_at_another_server_follows_and_stops() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let database = Database::Postgres(PostgresDatabase::create().await);
    let installation = Installation::new(database, &fake.base_url());
    let (here, there) = (installation.start().await, installation.start().await);
    let ada = Person::with_key(&here, "ada@example.org").await;
    let gate = Gate::new();
    fake.script(Reply::many(200).stall_after(60, &gate));
    let mut first = ada.stream("1", json!({"message": "Go on"})).await;
    let start = first.next().await.unwrap();
    let answer = start.data["assistantMessageId"]
        .as_str()
        .unwrap()
        .to_owned();
    let ada_there = ada.at(&there);
    let mut listener = ada_there.listen("1", &answer, None).await;
    let mut heard = vec![listener.next().await.unwrap()];
    while heard.len() < 50 {
        heard.push(listener.next().await.unwrap());
    }
    let path = format!("/api/chat/conversations/1/messages/{answer}/stop");
    let stopped = ada_there.post(&path, &json!({})).await;
    assert_eq!(stopped.body["status"], "stopped", "{}", stopped.body);
    heard.extend(listener.all().await);
    let first = first.all().await;
    assert!(
        passed_on(&first)
            .join("")
            .starts_with(&passed_on(&heard).join(""))
    );
    assert_eq!(heard.last().unwrap().raw, first.last().unwrap().raw);
    here.stop().await;
    there.stop().await;
}
