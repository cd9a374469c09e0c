//! The network to the provider breaks in every way that a fault proxy knows: each answer ends well for its reader, in
//! the store, in the ledger and for the key.

use std::time::Duration;

use fake_anthropic::{Config, FakeAnthropic, Reply, When};
use fault_proxy::{End, FaultProxy, Plan};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::Person,
    server::Server,
};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\
                    request-id: req_011CX7DwS7tSvggaNHmefwWg\r\ntransfer-encoding: chunked\r\n\r\n";
/// What a key is checked with. Its connection serves nothing else, so that each answer has one of its own.
const MODELS: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 61\r\n\r\n\
                      {\"data\":[],\"has_more\":false,\"first_id\":null,\"last_id\":null}  ";
const WORDS: [&str; 6] = ["Once ", "upon ", "a ", "time ", "in ", "Münster."];
/// How long the provider may be silent here.
const PATIENCE: &str = "1s";

on_both_databases!(
    an_answer_that_breaks_ends_well_however_it_breaks,
    what_breaks_before_the_first_word_is_asked_again,
    a_provider_that_stays_away_is_given_up_after_three_attempts,
    a_provider_that_says_nothing_is_given_up_once,
    pieces_and_drops_change_nothing,
    whatever_befalls_it_every_answer_ends,
);

/// The answer as the provider sends it.
struct Wire {
    bytes: Vec<u8>,
    /// After how many bytes each word is whole.
    word_ends: Vec<usize>,
    /// After how many bytes nothing of the answer can be read yet.
    frame: usize,
}

impl Wire {
    fn new() -> Self {
        let mut wire = Self {
            bytes: HEAD.as_bytes().to_vec(),
            word_ends: Vec::new(),
            frame: 0,
        };
        let usage = json!({"input_tokens": 12, "output_tokens": 1});
        wire.event(&json!({"type": "message_start", "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5",
            "content": [], "stop_reason": null, "usage": usage,
        }}));
        wire.event(
            &json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        );
        wire.frame = wire.bytes.len();
        for word in WORDS {
            wire.event(
                &json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}),
            );
            wire.word_ends.push(wire.bytes.len());
        }
        wire.event(&json!({"type": "content_block_stop", "index": 0}));
        wire.event(
            &json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}),
        );
        wire.event(&json!({"type": "message_stop"}));
        wire.bytes.extend(b"0\r\n\r\n");
        wire
    }

    /// One event in one chunk.
    fn event(&mut self, data: &Value) {
        let name = data["type"].as_str().unwrap();
        let event = format!("event: {name}\ndata: {data}\n\n");
        let chunk = format!("{:x}\r\n{event}\r\n", event.len());
        self.bytes.extend(chunk.bytes());
    }

    /// Where the JSON of this word's event begins.
    fn json_of_word(&self, word: usize) -> usize {
        let from = self.word_ends[word - 1];
        let brace = self.bytes[from..].iter().position(|byte| *byte == b'{');
        from + brace.unwrap()
    }
}

/// Somebody with a key, the server, and a way to the provider that can break.
struct Line {
    provider: FakeAnthropic,
    proxy: FaultProxy,
    server: Server,
    ada: Person,
    _installation: Installation,
}

impl Line {
    async fn new(database: Database) -> Self {
        let provider = FakeAnthropic::start(Config::default()).await.unwrap();
        provider.always(When::models(), Reply::raw(MODELS));
        provider.always(When::messages(), Reply::raw(Wire::new().bytes));
        let proxy = FaultProxy::start(provider.address()).await.unwrap();
        let installation = Installation::new(database, &proxy.base_url())
            .with("LATCHKEY_PROVIDER_IDLE_TIMEOUT", PATIENCE)
            .with("LATCHKEY_LIMITS", "off");
        let server = installation.start().await;
        let ada = Person::with_key(&server, "ada@example.org").await;
        Self {
            provider,
            proxy,
            server,
            ada,
            _installation: installation,
        }
    }

    /// How often the provider was asked for an answer.
    fn asked(&self) -> u64 {
        self.provider.counts().message_requests
    }

    /// How many rows of the ledger a conversation has.
    async fn attempts(&self, conversation: &str) -> Value {
        let usage = self
            .ada
            .get("/api/usage/summary?groupBy=conversation")
            .await
            .expect(StatusCode::OK);
        let groups = usage["items"].as_array().unwrap();
        let group = groups
            .iter()
            .find(|group| group["conversationId"] == conversation);
        group.map_or(Value::Null, |group| group["attempts"].clone())
    }

    /// The key is as good as before: that the network broke says nothing of it.
    async fn assert_key_is_valid(&self) {
        let keys = self.ada.get("/api/api-keys").await.expect(StatusCode::OK);
        assert_eq!(keys["items"][0]["status"], "valid", "{keys}");
    }
}

fn hello() -> Value {
    json!({"message": "Hello"})
}

/// Asserts that some, but not all, of the text is there.
#[track_caller]
fn assert_begun(text: &Value, plan: &Plan) {
    let text = text.as_str().unwrap();
    let whole = WORDS.concat();
    let begun = !text.is_empty() && text.len() < whole.len() && whole.starts_with(text);
    assert!(begun, "{plan}: {text:?}");
}

async fn an_answer_that_breaks_ends_well_however_it_breaks(database: Database) {
    let line = Line::new(database).await;
    let wire = Wire::new();
    let after_three = wire.word_ends[2];
    // In small pieces, so that a reset doesn't overtake all that came before it.
    let slowly = || Plan::new().drip(120, Duration::from_millis(5));
    for (plan, status, code) in [
        (
            Plan::new().end(after_three, End::Close),
            502,
            "provider_interrupted",
        ),
        (
            Plan::new().end(after_three + 9, End::Close),
            502,
            "provider_interrupted",
        ),
        (
            slowly().end(after_three, End::Reset),
            502,
            "provider_interrupted",
        ),
        (
            Plan::new().end(after_three + 9, End::Stall),
            504,
            "provider_timeout",
        ),
        // The event is no JSON any more; the chunk has no length any more.
        (
            slowly().corrupt(wire.json_of_word(4), 1),
            502,
            "provider_malformed_answer",
        ),
        (
            slowly().corrupt(after_three, 0x40),
            502,
            "provider_interrupted",
        ),
    ] {
        let name = plan.to_string().replace(['@', '/', ' ', ':', '='], "-");
        let (streamed, whole) = (format!("streamed-{name}"), format!("whole-{name}"));
        let asked = line.asked();

        line.proxy.next(plan.clone());
        let mut stream = line.ada.stream(&streamed, hello()).await;
        stream.start().await;
        let last = stream.last().await;
        assert_eq!(last.name, "latchkey.error", "{plan}: {}", last.data);
        assert_eq!(last.data["code"], code, "{plan}");
        let saved = line.ada.messages(&streamed).await.pop().unwrap();
        assert_eq!(saved["status"], "provider_error", "{plan}");
        assert_eq!(saved["statusDetail"], code, "{plan}");
        assert_eq!(saved["text"], stream.text, "{plan}: what was seen is kept");
        assert_begun(&saved["text"], &plan);

        line.proxy.next(plan.clone());
        let answer = line.ada.chat(&whole, hello()).await;
        assert_eq!(answer.status.as_u16(), status, "{plan}: {}", answer.body);
        assert_eq!(answer.body["code"], code, "{plan}");
        assert_begun(&answer.body["assistantMessage"]["text"], &plan);
        let saved = line.ada.messages(&whole).await.pop().unwrap();
        assert_eq!(saved["text"], answer.body["assistantMessage"]["text"]);

        assert_eq!(line.asked() - asked, 2, "{plan}: what was seen is final");
        for conversation in [&streamed, &whole] {
            assert_eq!(line.attempts(conversation).await, 1, "{plan}");
        }
        line.assert_key_is_valid().await;
        let next = line
            .ada
            .chat(&streamed, hello())
            .await
            .expect(StatusCode::OK);
        assert_eq!(next["assistantMessage"]["text"], WORDS.concat(), "{plan}");
    }
    line.server.stop().await;
}

async fn what_breaks_before_the_first_word_is_asked_again(database: Database) {
    let line = Line::new(database).await;
    let frame = Wire::new().frame;
    for (at, how) in [
        (0, End::Close),
        (HEAD.len() / 2, End::Reset),
        (frame, End::Close),
        (frame, End::Reset),
    ] {
        let conversation = format!("{how:?}-{at}");
        line.proxy.next(Plan::new().end(at, how));
        let mut stream = line.ada.stream(&conversation, hello()).await;
        stream.start().await;
        assert_eq!(stream.last().await.name, "latchkey.done", "{conversation}");
        assert_eq!(stream.text, WORDS.concat(), "of the first attempt nothing");
        let saved = line.ada.messages(&conversation).await;
        assert_eq!(saved.len(), 2, "one question, one answer");
        assert_eq!(saved[1]["status"], "complete");
        assert_eq!(line.attempts(&conversation).await, 2, "{conversation}");
    }
    line.assert_key_is_valid().await;
    line.server.stop().await;
}

async fn a_provider_that_stays_away_is_given_up_after_three_attempts(database: Database) {
    let line = Line::new(database).await;
    for (conversation, stream) in [("streamed", true), ("whole", false)] {
        line.proxy.always(Plan::new().end(0, End::Reset));
        let asked = line.asked();
        // Nothing has begun: a stream's reader gets a problem, too.
        let body = json!({"message": "Hello", "stream": stream});
        let answer = line.ada.chat(conversation, body).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.body);
        assert_eq!(answer.body["code"], "provider_unreachable");
        assert_eq!(line.asked() - asked, 3);
        assert_eq!(line.attempts(conversation).await, 3);
        let saved = line.ada.messages(conversation).await.pop().unwrap();
        assert_eq!(saved["status"], "failed");
        assert_eq!(saved["statusDetail"], "provider_unreachable");

        line.assert_key_is_valid().await;
        line.proxy.always(Plan::new());
        let next = line
            .ada
            .chat(conversation, hello())
            .await
            .expect(StatusCode::OK);
        assert_eq!(next["assistantMessage"]["text"], WORDS.concat());
    }
    line.server.stop().await;
}

async fn a_provider_that_says_nothing_is_given_up_once(database: Database) {
    let line = Line::new(database).await;
    for (at, stream) in [(0, true), (0, false), (Wire::new().frame, true)] {
        let conversation = format!("silent-{at}-{stream}");
        line.proxy.next(Plan::new().end(at, End::Stall));
        let asked = line.asked();
        let body = json!({"message": "Hello", "stream": stream});
        let answer = line.ada.chat(&conversation, body).await;
        assert_eq!(
            answer.status,
            StatusCode::GATEWAY_TIMEOUT,
            "{}",
            answer.body
        );
        assert_eq!(answer.body["code"], "provider_timeout");
        assert_eq!(line.asked() - asked, 1, "all patience is used up");
        assert_eq!(line.attempts(&conversation).await, 1);
    }
    line.assert_key_is_valid().await;
    line.server.stop().await;
}

async fn pieces_and_drops_change_nothing(database: Database) {
    let line = Line::new(database).await;
    let umlaut = Wire::new().word_ends[5] - 24;
    let split = (umlaut..umlaut + 16).fold(Plan::new(), Plan::split_at);
    for (number, plan) in [
        Plan::new().drip(1, Duration::ZERO),
        Plan::new().drip(7, Duration::from_millis(1)),
        Plan::new().delay(Duration::from_millis(300)),
        split,
    ]
    .into_iter()
    .enumerate()
    {
        let conversation = number.to_string();
        line.proxy.next(plan.clone());
        let mut stream = line.ada.stream(&conversation, hello()).await;
        stream.start().await;
        assert_eq!(stream.last().await.name, "latchkey.done", "{plan}");
        assert_eq!(stream.text, WORDS.concat(), "{plan}");
        assert_eq!(line.attempts(&conversation).await, 1, "{plan}");
    }
    line.server.stop().await;
}

async fn whatever_befalls_it_every_answer_ends(database: Database) {
    let line = Line::new(database).await;
    line.proxy.seed(8, Wire::new().bytes.len());
    let mut talks = JoinSet::new();
    for talk in 0..6 {
        let ada = line.ada.clone();
        talks.spawn(async move {
            for turn in 0..8 {
                let conversation = format!("{talk}-{turn}");
                if turn % 2 == 0 {
                    follow(&ada, &conversation).await;
                } else {
                    wait_for(&ada, &conversation).await;
                }
            }
        });
    }
    talks.join_all().await;
    line.assert_key_is_valid().await;
    let log = line.server.stop().await;
    assert!(!log.contains("panicked"), "{log}");
}

/// Follows an answer of which nobody knows how it ends, and compares it with what is kept.
async fn follow(ada: &Person, conversation: &str) {
    let body = json!({"message": "Hello", "stream": true});
    let path = format!("/api/chat/conversations/{conversation}/messages");
    let answer = ada.post(&path, &body).await;
    let saved = ada.messages(conversation).await.pop().unwrap();
    let Some(events) = answer.body.as_str() else {
        assert!(!answer.status.is_success(), "{}", answer.body);
        assert_eq!(saved["status"], "failed", "{}", answer.body);
        return;
    };
    let last = events.rsplit("event: ").next().unwrap();
    if saved["status"] == "complete" {
        assert!(last.starts_with("latchkey.done"), "{last}");
    } else {
        assert!(last.starts_with("latchkey.error"), "{last}");
        let code = saved["statusDetail"].as_str().unwrap();
        assert!(last.contains(code), "{code}: {last}");
    }
}

/// The same without a stream.
async fn wait_for(ada: &Person, conversation: &str) {
    let answer = ada.chat(conversation, hello()).await;
    let saved = ada.messages(conversation).await.pop().unwrap();
    let complete = saved["status"] == "complete";
    assert_eq!(answer.status.is_success(), complete, "{}", answer.body);
    if !complete {
        assert_eq!(answer.body["code"], saved["statusDetail"]);
    }
    let said = &answer.body["assistantMessage"];
    assert!(said.is_null() || said["text"] == saved["text"]);
}
