//! The reader leaves: what happens is what was chosen.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fake_anthropic::{Config, FakeAnthropic, Gate, Reply, When};
use reqwest::StatusCode;
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
};

/// The provider's side must be closed by then.
const CLOSED: Duration = Duration::from_secs(2);
/// The end is saved soon after.
const SAVED: Duration = Duration::from_secs(5);

on_both_databases!(
    who_chose_stop_pays_for_nothing_more,
    a_visitor_who_leaves_stops_the_answer,
    who_chose_finish_finds_the_whole_answer,
    stopping_by_hand_keeps_what_came,
    a_reader_of_json_can_leave_too,
    a_thousand_who_leave_are_all_noticed,
);

/// A server that is ready to start, and its provider.
async fn installed(database: Database) -> (FakeAnthropic, Installation) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    (fake, installation)
}

/// Lets the provider fall silent in the middle of its next answer, until the gate is released.
fn falls_silent(fake: &FakeAnthropic) -> Gate {
    let silence = Gate::new();
    fake.script(Reply::many(40).stall_after(20, &silence));
    silence
}

/// Nobody listens to the provider any more.
async fn assert_left(fake: &FakeAnthropic) {
    let left = Instant::now();
    assert!(
        fake.wait_until_open_streams(0, CLOSED).await,
        "still open after {:?}",
        left.elapsed()
    );
}

async fn who_chose_stop_pays_for_nothing_more(database: Database) {
    let (fake, installation) = installed(database).await;
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let _silence = falls_silent(&fake);
    let mut stream = ada
        .stream("1", json!({"message": "Go on", "onDisconnect": "stop"}))
        .await;
    stream.start().await;
    stream.read_text(5).await;
    let text = stream.text.clone();

    drop(stream);
    assert_left(&fake).await;
    let last = ada.wait_for_status("1", "client_gone", SAVED).await;
    assert!(last["text"].as_str().unwrap().starts_with(&text), "{last}");
    server.stop().await;
}

async fn a_visitor_who_leaves_stops_the_answer(database: Database) {
    let (fake, installation) = installed(database).await;
    let server = installation.start().await;
    let _silence = falls_silent(&fake);
    // Whatever the visitor asks for.
    let body = json!({"message": "Go on", "apiKey": KEY});
    let mut stream = Person::visiting(&server).stream("1", body).await;
    stream.start().await;
    stream.read_text(5).await;
    drop(stream);
    assert_left(&fake).await;
    server.stop().await;
}

async fn who_chose_finish_finds_the_whole_answer(database: Database) {
    let (fake, installation) = installed(database).await;
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let gate = falls_silent(&fake);
    let mut stream = ada
        .stream("1", json!({"message": "Go on", "onDisconnect": "finish"}))
        .await;
    stream.start().await;
    drop(stream);
    gate.release();
    let last = ada
        .wait_for_status("1", "complete", Duration::from_secs(20))
        .await;
    assert_eq!(fake.counts().abandoned, 0);
    assert!(
        last["usage"]["output_tokens"].as_u64().unwrap() > 0,
        "{last}"
    );
    server.stop().await;
}

async fn stopping_by_hand_keeps_what_came(database: Database) {
    let (fake, installation) = installed(database).await;
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let _silence = falls_silent(&fake);
    let mut stream = ada.stream("1", json!({"message": "Go on"})).await;
    let answer = stream.start().await["assistantMessageId"]
        .as_str()
        .unwrap()
        .to_owned();
    stream.read_text(5).await;

    let path = format!("/api/chat/conversations/1/messages/{answer}/stop");
    let stopped = ada.post(&path, &json!({})).await.expect(StatusCode::OK);
    assert_eq!(stopped["status"], "stopped", "{stopped}");
    let last = stream.last().await;
    assert_eq!(last.name, "latchkey.done", "{}", last.data);
    assert_left(&fake).await;
    let messages = ada.messages("1").await;
    assert_eq!(messages[1]["text"], stream.text.as_str());
    server.stop().await;
}

async fn a_reader_of_json_can_leave_too(database: Database) {
    let (fake, installation) = installed(database).await;
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let _silence = falls_silent(&fake);
    let reader = ada.clone();
    let reading = tokio::spawn(async move {
        reader
            .chat("1", json!({"message": "Go on", "onDisconnect": "stop"}))
            .await
    });
    // From here on the question is kept; before, leaving is as if nothing had been sent.
    ada.wait_for_status("1", "streaming", Duration::from_secs(20))
        .await;
    assert!(
        fake.wait_until_open_streams(1, CLOSED).await,
        "the provider was never asked"
    );
    reading.abort();
    assert_left(&fake).await;
    ada.wait_for_status("1", "client_gone", SAVED).await;
    server.stop().await;
}

async fn a_thousand_who_leave_are_all_noticed(database: Database) {
    const READERS: u64 = 1_000;
    let fake = FakeAnthropic::start(Config::without_records())
        .await
        .unwrap();
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let silence = Gate::new();
    fake.always(When::messages(), Reply::many(40).stall_after(20, &silence));
    let mut readers = JoinSet::new();
    // They come as fast as the database takes them, and leave all at once.
    let coming = Arc::new(Semaphore::new(32));
    for number in 0..READERS {
        let (ada, coming) = (ada.clone(), Arc::clone(&coming));
        readers.spawn(async move {
            let _place = coming.acquire().await.unwrap();
            let body = json!({"message": "Go on", "onDisconnect": "stop"});
            let mut stream = ada.stream(&format!("many-{number}"), body).await;
            stream.start().await;
            stream
        });
    }
    let streams = readers.join_all().await;
    assert_eq!(fake.open_streams(), READERS);

    drop(streams);
    let closed = fake.wait_until_open_streams(0, CLOSED).await;
    assert!(closed, "{} are still written", fake.open_streams());
    assert_eq!(fake.counts().abandoned, READERS);
    server.stop().await;
}
