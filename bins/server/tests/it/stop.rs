//! The server is asked to stop: what runs gets its time, everything is saved, and it ends.

use std::time::Duration;

use fake_anthropic::{Config, FakeAnthropic, Gate, Reply, When};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::Person,
    stream::Stream,
};

/// The server must have ended by then.
const END: Duration = Duration::from_secs(30);
/// After a second signal.
const END_AT_ONCE: Duration = Duration::from_secs(2);

on_both_databases!(
    fifty_streams_get_their_time,
    a_second_signal_ends_it_at_once,
    an_idle_server_ends_at_once,
);

/// Opens streams that say a little and fall silent.
async fn silent_streams(
    ada: &Person,
    fake: &FakeAnthropic,
    word: &str,
    streams: u32,
    gate: &Gate,
) -> Vec<Stream> {
    fake.always(
        When::messages().prompt_contains(word),
        Reply::many(40).stall_after(20, gate),
    );
    let mut open = Vec::new();
    for number in 0..streams {
        let body = json!({"message": format!("{word} {number}")});
        let mut stream = ada.stream(&format!("{word}-{number}"), body).await;
        stream.start().await;
        stream.read_text(5).await;
        open.push(stream);
    }
    open
}

async fn fifty_streams_get_their_time(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let mut server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let (soon, never) = (Gate::new(), Gate::new());
    let finishing = silent_streams(&ada, &fake, "finishing", 25, &soon).await;
    let silent = silent_streams(&ada, &fake, "silent", 25, &never).await;

    server.terminate();
    server.wait_for_log("stopping").await;
    let ready = ada.get("/readyz").await;
    assert_eq!(
        ready.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        ready.body
    );
    let refused = ada.chat("new", json!({"message": "One more?"})).await;
    assert_eq!(
        refused.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        refused.body
    );
    assert_eq!(refused.body["code"], "server_stopping", "{}", refused.body);

    soon.release();
    let mut finished = Vec::new();
    for mut stream in finishing {
        let last = stream.last().await;
        assert_eq!(last.name, "latchkey.done", "{}", last.data);
        finished.push(stream.text);
    }
    let mut interrupted = Vec::new();
    for mut stream in silent {
        let last = stream.last().await;
        assert_eq!(last.name, "latchkey.error", "{}", last.data);
        assert_eq!(last.data["code"], "server_stopping", "{}", last.data);
        interrupted.push(stream.text);
    }
    let (status, took) = server.ended(END).await;
    assert!(
        status.success(),
        "{status} after {took:?}:\n{}",
        server.log()
    );

    let server = installation.start().await;
    let ada = ada.at(&server);
    for (word, status, texts) in [
        ("finishing", "complete", finished),
        ("silent", "interrupted", interrupted),
    ] {
        for (number, text) in texts.into_iter().enumerate() {
            let messages = ada.messages(&format!("{word}-{number}")).await;
            assert_eq!(messages.len(), 2);
            assert_eq!(messages[1]["status"], status, "{}", messages[1]);
            assert_eq!(messages[1]["text"], text.as_str());
        }
    }
    server.stop().await;
}

async fn a_second_signal_ends_it_at_once(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let mut server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let never = Gate::new();
    let mut streams = silent_streams(&ada, &fake, "silent", 3, &never).await;

    server.terminate();
    server.wait_for_log("stopping").await;
    server.terminate();
    let (status, took) = server.ended(END_AT_ONCE).await;
    assert!(
        status.success(),
        "{status} after {took:?}:\n{}",
        server.log()
    );
    for stream in &mut streams {
        let last = stream.last().await;
        assert_eq!(last.data["code"], "server_stopping", "{}", last.data);
    }
    let server = installation.start().await;
    let ada = ada.at(&server);
    for (number, stream) in streams.iter().enumerate() {
        let messages = ada.messages(&format!("silent-{number}")).await;
        assert_eq!(messages[1]["status"], "interrupted");
        assert_eq!(messages[1]["text"], stream.text.as_str());
    }
    server.stop().await;
}

async fn an_idle_server_ends_at_once(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::INT] {
        let mut server = installation.start().await;
        // A kept-alive connection must not hold the end.
        let visitor = Person::visiting(&server);
        visitor.get("/healthz").await.expect(StatusCode::OK);
        server.signal(signal);
        let (status, took) = server.ended(Duration::from_secs(5)).await;
        assert!(
            status.success(),
            "{status} after {took:?}:\n{}",
            server.log()
        );
    }
}
