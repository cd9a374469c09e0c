//! One recorded-like stream, broken at each of its bytes in each way.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use fake_anthropic::{Config, FakeAnthropic, Reply, When};
use fault_proxy::{Chance, End, FaultProxy, Plan};
use latchkey_adapters::llm::{AnthropicClient, AnthropicFormat};
use latchkey_domain::llm::{AnswerFormat, EventKind, LlmError, LlmErrorKind, LlmEvent};
use tokio::{task::JoinSet, time::timeout};

use super::{LONG, assemble, open, read_all, settings};

/// How many connections run at once.
const AT_ONCE: usize = 48;
const TEXT: &str = "Grüße! 😀 All is well.";
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\
                    request-id: req_011CX7DwS7tSvggaNHmefwWg\r\ntransfer-encoding: chunked\r\n\r\n";

/// Events as the provider sends them, padding included.
const EVENTS: [(&str, &str); 11] = [
    (
        "message_start",
        r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[],"stop_reason":null,"usage":{"input_tokens":12,"output_tokens":1}}     }"#,
    ),
    (
        "content_block_start",
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}         }"#,
    ),
    ("ping", r#"{"type": "ping"}"#),
    (
        "content_block_delta",
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Gr\u00fc\u00dfe"}  }"#,
    ),
    (
        "content_block_delta",
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"! 😀"}    }"#,
    ),
    (
        "content_block_delta",
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" All"}}"#,
    ),
    (
        "content_block_delta",
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" is"} }"#,
    ),
    (
        "content_block_delta",
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" well."}}"#,
    ),
    (
        "content_block_stop",
        r#"{"type":"content_block_stop","index":0       }"#,
    ),
    (
        "message_delta",
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}   }"#,
    ),
    ("message_stop", r#"{"type":"message_stop"   }"#),
];
/// Events before the first from which a reader gets anything.
const FRAME: usize = 3;

/// The whole answer on the wire.
struct Wire {
    bytes: Vec<u8>,
    /// After how many bytes each event is whole.
    event_ends: Vec<usize>,
}

impl Wire {
    fn new() -> Self {
        let mut bytes = HEAD.as_bytes().to_vec();
        let mut event_ends = Vec::new();
        for (name, data) in EVENTS {
            let event = format!("event: {name}\ndata: {data}\n\n");
            bytes.extend(format!("{:x}\r\n{event}", event.len()).bytes());
            event_ends.push(bytes.len());
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        Self { bytes, event_ends }
    }

    /// How many events are whole after so many bytes.
    fn events_in(&self, bytes: usize) -> usize {
        self.event_ends.iter().filter(|end| **end <= bytes).count()
    }
}

/// What came of one call.
struct Outcome {
    events: Vec<LlmEvent>,
    end: Result<(), LlmError>,
}

async fn call(client: &AnthropicClient) -> Outcome {
    let called = async {
        match open(client).await {
            Ok(mut stream) => {
                let (events, end) = read_all(stream.as_mut()).await;
                Outcome { events, end }
            }
            Err(error) => Outcome {
                events: Vec::new(),
                end: Err(error),
            },
        }
    };
    timeout(LONG, called).await.unwrap()
}

/// Makes a call through a proxy for each plan, many at once.
async fn call_for_each<P: Send + 'static>(
    plans: impl Iterator<Item = (P, Plan)>,
    idle: Duration,
) -> Vec<(P, Outcome)> {
    let provider = FakeAnthropic::start(Config::default()).await.unwrap();
    provider.always(When::messages(), Reply::raw(Wire::new().bytes));
    let waiting = Arc::new(Mutex::new(plans.collect::<VecDeque<_>>()));
    let mut callers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (waiting, server) = (Arc::clone(&waiting), provider.address());
        callers.spawn(async move {
            let proxy = FaultProxy::start(server).await.unwrap();
            let mut settings = settings(&proxy.base_url());
            settings.timeouts.idle = idle;
            let client = AnthropicClient::new(&settings).unwrap();
            let mut outcomes = Vec::new();
            loop {
                let next = waiting.lock().unwrap().pop_front();
                let Some((what, plan)) = next else {
                    return outcomes;
                };
                proxy.next(plan);
                outcomes.push((what, call(&client).await));
            }
        });
    }
    callers.join_all().await.into_iter().flatten().collect()
}

/// What holds however a stream breaks: events are a prefix, the text is a prefix, and only the last event completes it.
fn assert_is_prefix(outcome: &Outcome, at: usize) {
    let names = outcome.events.iter().map(|event| &event.name[..]);
    let expected = EVENTS.iter().map(|(name, _)| name.as_bytes());
    assert!(names.eq(expected.take(outcome.events.len())), "at {at}");
    let answer = assemble(&outcome.events);
    assert!(TEXT.starts_with(&answer.text), "at {at}: {}", answer.text);
    let stopped = outcome.events.len() == EVENTS.len();
    assert_eq!(
        (answer.complete, outcome.end.is_ok()),
        (stopped, stopped),
        "at {at}"
    );
}

fn kind(outcome: &Outcome) -> Option<LlmErrorKind> {
    outcome.end.as_ref().err().map(|error| error.kind)
}

#[tokio::test]
async fn a_connection_that_closes_anywhere_leaves_exactly_what_came() {
    let wire = Wire::new();
    let plans = (0..wire.bytes.len()).map(|at| (at, Plan::new().end(at, End::Close)));
    for (at, outcome) in call_for_each(plans, LONG).await {
        assert_is_prefix(&outcome, at);
        let whole = wire.events_in(at);
        let (events, error) = match whole {
            // Nothing that a reader could have got: it may be tried again.
            0..=FRAME => (0, Some(LlmErrorKind::Unreachable)),
            _ if whole < EVENTS.len() => (whole, Some(LlmErrorKind::Interrupted)),
            _ => (whole, None),
        };
        assert_eq!(
            (outcome.events.len(), kind(&outcome)),
            (events, error),
            "at {at}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_anywhere_leaves_a_prefix() {
    let wire = Wire::new();
    let plans = (0..wire.bytes.len()).map(|at| (at, Plan::new().end(at, End::Reset)));
    for (at, outcome) in call_for_each(plans, LONG).await {
        assert_is_prefix(&outcome, at);
        // A reset may overtake what was sent before it.
        let whole = wire.events_in(at);
        assert!(outcome.events.len() <= whole, "at {at}");
        let begun = !outcome.events.is_empty();
        match kind(&outcome) {
            Some(LlmErrorKind::Unreachable) => assert!(!begun, "at {at}"),
            Some(LlmErrorKind::Interrupted) => assert!(begun, "at {at}"),
            None => assert_eq!(whole, EVENTS.len(), "at {at}"),
            other => panic!("{other:?} at {at}"),
        }
    }
}

#[tokio::test]
async fn a_connection_that_falls_silent_anywhere_is_given_up_with_what_came() {
    let wire = Wire::new();
    let last = *wire.event_ends.last().unwrap();
    let plans = (0..last).map(|at| (at, Plan::new().end(at, End::Stall)));
    for (at, outcome) in call_for_each(plans, Duration::from_millis(150)).await {
        assert_is_prefix(&outcome, at);
        assert!(outcome.events.len() <= wire.events_in(at), "at {at}");
        assert_eq!(kind(&outcome), Some(LlmErrorKind::Timeout), "at {at}");
    }
}

#[tokio::test]
async fn a_stream_that_comes_in_any_pieces_is_whole() {
    let wire = Wire::new();
    let split = (0..wire.bytes.len()).map(|at| (at, Plan::new().split_at(at)));
    let dripping = (1..40).map(|bytes| (bytes, Plan::new().drip(bytes, Duration::ZERO)));
    let late = [(0, Plan::new().delay(Duration::from_millis(50)))];
    for (at, outcome) in call_for_each(split.chain(dripping).chain(late), LONG).await {
        assert_eq!(outcome.end, Ok(()), "at {at}");
        assert_is_prefix(&outcome, at);
    }
}

#[tokio::test]
async fn whatever_befalls_a_stream_it_ends_and_is_complete_only_with_its_last_event() {
    let mut chance = Chance::new(144);
    let length = Wire::new().bytes.len();
    let plans = (0..800).map(|_| {
        let plan = Plan::drawn(&mut chance, length);
        (plan.to_string(), plan)
    });
    let plans: Vec<_> = plans.collect();
    for (plan, outcome) in call_for_each(plans.into_iter(), Duration::from_millis(300)).await {
        // A changed byte may make an event senseless; what it makes of the answer must hold nevertheless.
        let mut assembler = AnthropicFormat.assembler();
        let taken = outcome
            .events
            .iter()
            .take_while(|event| assembler.push(event).is_ok())
            .count();
        let stopped = outcome
            .events
            .iter()
            .take(taken)
            .any(|event| event.kind == EventKind::MessageStop);
        assert_eq!(assembler.snapshot().complete, stopped, "{plan}");
    }
}
