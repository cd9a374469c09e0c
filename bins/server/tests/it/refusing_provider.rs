//! The provider answers, but not as one would wish: errors before and within an answer, wishes when to be asked again,
//! echoes of the key, floods.

use std::time::{Duration, SystemTime};

use fake_anthropic::{ApiError, Config, Event, FakeAnthropic, KEY_PLACEHOLDER, Reply};
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, Person},
    server::Server,
};

on_both_databases!(
    an_error_is_tried_again_where_that_helps_and_nowhere_else,
    the_provider_says_when_to_come_again,
    a_spend_limit_is_told_from_a_rate_limit,
    an_error_within_an_answer_ends_it_with_what_came,
    a_key_that_the_provider_repeats_is_seen_nowhere,
    floods_and_bombs_end_early_and_cost_little_memory,
);

/// How long it may take until the provider is left alone.
const LEFT: Duration = Duration::from_secs(5);

/// Somebody with a key at a server whose provider does as it is told.
struct Desk {
    provider: FakeAnthropic,
    server: Server,
    ada: Person,
    _installation: Installation,
}

impl Desk {
    async fn new(database: Database) -> Self {
        let provider = FakeAnthropic::start(Config::default()).await.unwrap();
        let installation =
            Installation::new(database, &provider.base_url()).with("LATCHKEY_LIMITS", "off");
        let server = installation.start().await;
        let ada = Person::with_key(&server, "ada@example.org").await;
        Self {
            provider,
            server,
            ada,
            _installation: installation,
        }
    }

    fn asked(&self) -> u64 {
        self.provider.counts().message_requests
    }

    /// Asks, gets this flood, and finds what came of it.
    async fn flood(&self, conversation: &str, flood: Reply, status: &str, code: &str) {
        self.provider.script(flood);
        let answer = self.ada.chat(conversation, hello()).await;
        assert_eq!(answer.body["code"], code, "{}", answer.body["detail"]);
        let saved = self.ada.messages(conversation).await.pop().unwrap();
        assert_eq!(saved["status"], status);
        // Nobody waits for the rest of it.
        assert!(self.provider.wait_until_open_streams(0, LEFT).await);
    }

    async fn key_status(&self) -> Value {
        let keys = self.ada.get("/api/api-keys").await.expect(StatusCode::OK);
        keys["items"][0]["status"].clone()
    }
}

fn hello() -> Value {
    json!({"message": "Hello"})
}

/// The same error, to be tried again at once.
fn at_once(error: ApiError) -> ApiError {
    error.header("retry-after-ms", "1")
}

async fn an_error_is_tried_again_where_that_helps_and_nowhere_else(database: Database) {
    let desk = Desk::new(database).await;
    for status in [500, 502, 503, 504, 529] {
        desk.provider.script(at_once(ApiError::of_status(status)));
        let asked = desk.asked();
        desk.ada.chat("1", hello()).await.expect(StatusCode::OK);
        assert_eq!(desk.asked() - asked, 2, "{status}");
    }
    for _ in 0..3 {
        desk.provider.script(at_once(ApiError::overloaded()));
    }
    let asked = desk.asked();
    let answer = desk.ada.chat("2", hello()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.body["code"], "provider_overloaded");
    assert_eq!(desk.asked() - asked, 3);
    assert_eq!(
        desk.key_status().await,
        "valid",
        "it says nothing of the key"
    );

    let refused = |status| ApiError::of_status(status).header("x-should-retry", "true");
    for (error, status, code) in [
        (refused(400), 400, "provider_refused_request"),
        (refused(401), 400, "invalid_api_key"),
        (refused(402), 402, "provider_credit_exhausted"),
        (refused(403), 403, "provider_permission_denied"),
        (refused(404), 400, "provider_refused_request"),
        (refused(413), 413, "provider_request_too_large"),
        (refused(422), 400, "provider_refused_request"),
        (
            ApiError::overloaded()
                .without_header("x-should-retry")
                .header("x-should-retry", "false"),
            503,
            "provider_overloaded",
        ),
    ] {
        let asked = desk.asked();
        desk.provider.script(error);
        let answer = desk.ada.chat(code, hello()).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert_eq!(answer.body["code"], code, "{}", answer.body);
        assert_eq!(desk.asked() - asked, 1, "{code}");
    }
    desk.ada.chat("1", hello()).await.expect(StatusCode::OK);
    assert_eq!(desk.key_status().await, "valid", "it works, so it is good");
    desk.server.stop().await;
}

async fn the_provider_says_when_to_come_again(database: Database) {
    let desk = Desk::new(database).await;
    let limited = |name: &str, value: &str| {
        ApiError::rate_limited(9)
            .without_header("retry-after")
            .without_header("x-should-retry")
            .header(name, value)
    };
    let in_seconds = |seconds| {
        let when = OffsetDateTime::from(SystemTime::now()) + Duration::from_secs(seconds);
        when.format(&Rfc2822).unwrap().replace("+0000", "GMT")
    };
    for (name, value) in [
        ("retry-after", "0"),
        ("retry-after", "0.05"),
        ("retry-after-ms", "50"),
        ("retry-after", &in_seconds(0)),
    ] {
        desk.provider.script(limited(name, value));
        let asked = desk.asked();
        desk.ada.chat("1", hello()).await.expect(StatusCode::OK);
        assert_eq!(desk.asked() - asked, 2, "{name}: {value}");
    }
    // Longer than somebody waits: the client hears when to come.
    for (name, value, seconds) in [
        ("retry-after", "60", Some(55..=60)),
        ("retry-after-ms", "59900", Some(55..=60)),
        ("retry-after", &in_seconds(60), Some(50..=60)),
        ("retry-after", "later", None),
    ] {
        desk.provider.script(limited(name, value));
        let asked = desk.asked();
        let answer = desk.ada.chat("2", hello()).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{value}");
        assert_eq!(answer.body["code"], "provider_rate_limited");
        assert_eq!(desk.asked() - asked, 1, "{name}: {value}");
        let wait = answer.headers.get("retry-after");
        let wait = wait.map(|wait| wait.to_str().unwrap().parse::<u64>().unwrap());
        match seconds {
            Some(range) => assert!(range.contains(&wait.unwrap()), "{value}: {wait:?}"),
            None => assert_eq!(wait, None, "{value}"),
        }
    }
    desk.server.stop().await;
}

async fn a_spend_limit_is_told_from_a_rate_limit(database: Database) {
    let desk = Desk::new(database).await;
    for stream in [false, true] {
        // It says that it should be asked again, as it does to everybody with a 429.
        desk.provider.script(ApiError::spend_cap());
        let asked = desk.asked();
        let body = json!({"message": "Hello", "stream": stream});
        let answer = desk.ada.chat("1", body).await;
        assert_eq!(
            answer.status,
            StatusCode::PAYMENT_REQUIRED,
            "{}",
            answer.body
        );
        assert_eq!(answer.body["code"], "provider_spend_limit_reached");
        assert!(!answer.headers.contains_key("retry-after"));
        assert_eq!(desk.asked() - asked, 1);
        assert_eq!(desk.key_status().await, "no_credit");
    }
    desk.ada.chat("1", hello()).await.expect(StatusCode::OK);
    assert_eq!(desk.key_status().await, "valid", "the next month has begun");
    desk.server.stop().await;
}

async fn an_error_within_an_answer_ends_it_with_what_came(database: Database) {
    let desk = Desk::new(database).await;
    let breaks_off = || Reply::many(10).error_after(6, ApiError::overloaded());
    desk.provider.script(breaks_off());
    let mut stream = desk.ada.stream("1", hello()).await;
    stream.start().await;
    let last = stream.last().await;
    assert_eq!(last.name, "latchkey.error");
    assert_eq!(last.data["code"], "provider_overloaded", "{}", last.data);
    let saved = desk.ada.messages("1").await.pop().unwrap();
    assert_eq!(saved["status"], "provider_error");
    assert_eq!(saved["statusDetail"], "provider_overloaded");
    assert!(!stream.text.is_empty());
    assert_eq!(saved["text"], stream.text);

    desk.provider.script(breaks_off());
    let answer = desk.ada.chat("2", hello()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.body["assistantMessage"]["text"], stream.text);
    assert_eq!(desk.asked(), 2, "what was seen is final");
    assert_eq!(desk.key_status().await, "valid");
    desk.server.stop().await;
}

async fn a_key_that_the_provider_repeats_is_seen_nowhere(database: Database) {
    let desk = Desk::new(database).await;
    let echo = || {
        let words = format!("The key {KEY_PLACEHOLDER} ({KEY_PLACEHOLDER}) may not do this");
        ApiError::new(400, "invalid_request_error", &words)
    };
    desk.provider.script(echo());
    let answer = desk.ada.chat("1", hello()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains("may not do this"), "{detail}");

    desk.provider.script(Reply::many(10).error_after(6, echo()));
    let mut stream = desk.ada.stream("2", hello()).await;
    assert_eq!(stream.last().await.name, "latchkey.error");

    for conversation in ["1", "2"] {
        desk.ada.messages(conversation).await;
    }
    desk.ada.get("/api/api-keys").await;
    let heard = String::from_utf8(desk.ada.heard()).unwrap();
    let log = desk.server.stop().await;
    // Neither the whole nor what of it would be enough.
    let telling = KEY.trim_start_matches("sk-ant-api03-").get(..12).unwrap();
    for (place, text) in [("an answer", heard), ("the log", log)] {
        assert!(!text.contains(telling), "{place}: {text}");
    }
}

async fn floods_and_bombs_end_early_and_cost_little_memory(database: Database) {
    /// What floods may add that end before they are an answer, in KiB: an event of 16 MiB in a few copies.
    const MOST_ADDED: u64 = 160 * 1024;
    /// What the largest answer that is kept may add, in KiB: 32 MiB of text, which is assembled, written, and shown.
    const MOST_FOR_AN_ANSWER: u64 = 640 * 1024;
    let desk = Desk::new(database).await;
    desk.ada.chat("0", hello()).await.expect(StatusCode::OK);
    let before = desk.server.highest_memory();
    let endless_line = Event::endless_line(100 * 1024 * 1024);
    let bomb = Reply::body(200, "text/event-stream", vec![b' '; 64 * 1024 * 1024]).gzip();
    let long_page = Reply::body(400, "application/json", vec![b' '; 64 * 1024 * 1024]);
    for (number, (flood, status, code)) in [
        (
            Reply::many(5).insert_after(4, endless_line),
            "provider_error",
            "provider_malformed_answer",
        ),
        (
            Reply::events(blocks(20_000)),
            "provider_error",
            "provider_malformed_answer",
        ),
        (bomb, "failed", "provider_malformed_answer"),
        (long_page, "failed", "provider_refused_request"),
    ]
    .into_iter()
    .enumerate()
    {
        desk.flood(&number.to_string(), flood, status, code).await;
    }
    let added = desk.server.highest_memory() - before;
    assert!(added < MOST_ADDED, "{added} KiB");

    let mebibyte = (0..40).map(|_| Event::huge_delta(1024 * 1024));
    let text = beginning().into_iter().chain(mebibyte).collect();
    desk.flood(
        "text",
        Reply::events(text),
        "provider_error",
        "provider_malformed_answer",
    )
    .await;
    let added = desk.server.highest_memory() - before;
    assert!(added < MOST_FOR_AN_ANSWER, "{added} KiB");

    desk.ada.chat("0", hello()).await.expect(StatusCode::OK);
    assert_eq!(desk.key_status().await, "valid");
    desk.server.stop().await;
}

/// The start of an answer, and of a text in it.
fn beginning() -> Vec<Event> {
    let message = json!({"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [],
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }});
    vec![Event::new("message_start", &message), block_start(0)]
}

/// An answer of so many empty texts.
fn blocks(count: usize) -> Vec<Event> {
    let mut events = beginning();
    for index in 1..count {
        let stop = json!({"type": "content_block_stop", "index": index - 1});
        events.push(Event::new("content_block_stop", &stop));
        events.push(block_start(index));
    }
    events
}

fn block_start(index: usize) -> Event {
    let text = json!({"type": "text", "text": ""});
    let start = json!({"type": "content_block_start", "index": index, "content_block": text});
    Event::new("content_block_start", &start)
}
