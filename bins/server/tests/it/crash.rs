//! The server is killed in the middle of ten streams. Nothing that was acknowledged is lost.

use std::time::{Duration, Instant};

use fake_anthropic::{Config, FakeAnthropic, Reply};
use reqwest::StatusCode;
use serde_json::json;

use tokio::{sync::watch, task::JoinSet};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::Person,
    stream::Stream,
};

/// What of a text may be lost: the design writes it at least each second. Twice that, for a busy machine.
const MAY_BE_LOST: Duration = Duration::from_secs(2);
/// Bytes of text after which the server is killed: at the streams' pace some seconds, so every journal was written.
const ENOUGH_TEXT: usize = 3_000;
/// Another process's answers are taken over when their lease of 30 s has run out.
const TAKEN_OVER: Duration = Duration::from_secs(50);

on_both_databases!(a_crash_loses_nothing_that_was_acknowledged);

/// What a reader had seen, and when.
struct Seen {
    conversation: String,
    user_message: String,
    answer: String,
    progress: Vec<(Instant, usize)>,
    text: String,
}

async fn a_crash_loses_nothing_that_was_acknowledged(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation =
        Installation::new(database, &fake.base_url()).with("LATCHKEY_LIMIT_CHAT_PARALLEL", "0");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let complete = ada
        .chat("complete", json!({"message": "This was answered in full"}))
        .await
        .expect(StatusCode::OK);

    let mut readers = JoinSet::new();
    let mut progress = Vec::new();
    for number in 0..10 {
        let pace = Duration::from_millis(5 + number);
        fake.script(Reply::many(20_000).pace(pace));
        let conversation = format!("stream-{number}");
        let body = json!({"message": format!("Question {number}"), "onDisconnect": "finish"});
        let mut stream = ada.stream(&conversation, body).await;
        let start = stream.start().await;
        let (seen, seen_by_now) = watch::channel(0);
        progress.push(seen_by_now);
        readers.spawn(async move { read_until_cut(stream, conversation, &start, seen).await });
    }
    for mut seen in progress {
        let enough = seen.wait_for(|text| *text >= ENOUGH_TEXT);
        enough.await.expect("a stream ended early");
    }
    let killed = Instant::now();
    server.kill().await;

    let mut seen = Vec::new();
    while let Some(reader) = readers.join_next().await {
        seen.push(reader.unwrap());
    }
    assert_eq!(seen.len(), 10);

    let server = installation.start().await;
    let ada = ada.at(&server);
    let kept = ada.messages("complete").await;
    assert_eq!(kept[1]["id"], complete["assistantMessage"]["id"]);
    assert_eq!(kept[1]["text"], complete["assistantMessage"]["text"]);
    for seen in seen {
        let last = ada
            .wait_for_status(&seen.conversation, "interrupted", TAKEN_OVER)
            .await;
        let messages = ada.messages(&seen.conversation).await;
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0]["id"], seen.user_message.as_str());
        assert_eq!(last["id"], seen.answer.as_str());
        let saved = last["text"].as_str().unwrap();
        let acknowledged = seen.text_before(killed.checked_sub(MAY_BE_LOST).unwrap());
        assert!(
            saved.starts_with(acknowledged),
            "{} bytes were seen {MAY_BE_LOST:?} before the crash, {} are saved",
            acknowledged.len(),
            saved.len()
        );
        assert!(!saved.is_empty());
    }
    // And life goes on where it was cut off.
    fake.clear_script();
    ada.chat("stream-0", json!({"message": "Go on"}))
        .await
        .expect(StatusCode::OK);
    server.stop().await;
}

async fn read_until_cut(
    mut stream: Stream,
    conversation: String,
    start: &serde_json::Value,
    seen: watch::Sender<usize>,
) -> Seen {
    let mut progress = Vec::new();
    while stream.next().await.is_some() {
        progress.push((Instant::now(), stream.text.len()));
        seen.send_replace(stream.text.len());
    }
    Seen {
        conversation,
        user_message: start["userMessageId"].as_str().unwrap().to_owned(),
        answer: start["assistantMessageId"].as_str().unwrap().to_owned(),
        progress,
        text: stream.text,
    }
}

impl Seen {
    /// The text that had been seen by then.
    fn text_before(&self, instant: Instant) -> &str {
        let seen = self
            .progress
            .iter()
            .rev()
            .find(|(when, _)| *when <= instant);
        &self.text[..seen.map_or(0, |(_, length)| *length)]
    }
}
