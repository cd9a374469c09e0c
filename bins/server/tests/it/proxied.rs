//! The reader leaves behind a proxy: the server learns of it all the same.

use std::time::Duration;

use fake_anthropic::{Config, FakeAnthropic, Gate, Reply};
use serde_json::{Value, json};

use crate::{
    database::{Database, on_both_databases},
    haproxy::Haproxy,
    installation::Installation,
    person::{KEY, Person},
    server::Server,
};

/// The provider's side must be closed by then.
const CLOSED: Duration = Duration::from_secs(2);
/// The end is saved soon after.
const SAVED: Duration = Duration::from_secs(5);
/// What docs/OPERATIONS.md tells people to set.
const AS_DOCUMENTED: &str = "option abortonclose";

on_both_databases!(
    who_leaves_behind_haproxy_stops_a_flowing_answer,
    who_leaves_behind_haproxy_stops_a_silent_answer,
    a_visitor_who_leaves_behind_haproxy_stops_the_answer,
);

fn stop_when_left() -> Value {
    json!({"message": "Go on", "onDisconnect": "stop"})
}

fn flowing() -> Reply {
    Reply::many(20_000).pace(Duration::from_millis(10))
}

/// Somebody reads a little of the answer behind haproxy and leaves. Returns what was read.
async fn read_and_leave(
    person: &Person,
    server: &Server,
    fake: &FakeAnthropic,
    configuration: &str,
    body: Value,
) -> String {
    let haproxy = Haproxy::before(server, configuration);
    let mut stream = person.by_way_of(haproxy.url()).stream("1", body).await;
    stream.start().await;
    stream.read_text(60).await;
    assert_eq!(fake.open_streams(), 1);
    let text = stream.text.clone();
    drop(stream);
    assert!(
        fake.wait_until_open_streams(0, CLOSED).await,
        "the provider still writes; haproxy says: {}",
        haproxy.said()
    );
    text
}

/// What is saved begins with what was read, and is a beginning of what the provider would have said.
async fn assert_beginning_is_saved(ada: &Person, read: &str) {
    let last = ada.wait_for_status("1", "client_gone", SAVED).await;
    let saved = last["text"].as_str().unwrap();
    assert!(saved.starts_with(read), "{read:?} was read: {last}");
    let words = (0..20_000).map(|number| format!("word{number} "));
    let whole = words.collect::<Vec<_>>().concat();
    assert!(whole.starts_with(saved), "{last}");
    assert!(saved.len() < whole.len());
}

async fn who_leaves_behind_haproxy_stops_a_flowing_answer(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    fake.script(flowing());
    // Without a setting of haproxy's: what it can't write tells it that nobody reads.
    let read = read_and_leave(&ada, &server, &fake, "", stop_when_left()).await;
    assert_beginning_is_saved(&ada, &read).await;
    server.stop().await;
}

async fn who_leaves_behind_haproxy_stops_a_silent_answer(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let silence = Gate::new();
    fake.script(Reply::many(40).stall_after(20, &silence));
    let read = read_and_leave(&ada, &server, &fake, AS_DOCUMENTED, stop_when_left()).await;
    assert_beginning_is_saved(&ada, &read).await;
    server.stop().await;
}

async fn a_visitor_who_leaves_behind_haproxy_stops_the_answer(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let visitor = Person::visiting(&server);
    let silence = Gate::new();
    // Whatever the visitor asks for.
    let body = json!({"message": "Go on", "apiKey": KEY});
    fake.script(Reply::many(40).stall_after(20, &silence));
    read_and_leave(&visitor, &server, &fake, AS_DOCUMENTED, body.clone()).await;
    fake.script(flowing());
    read_and_leave(&visitor, &server, &fake, "", body).await;
    server.stop().await;
}
