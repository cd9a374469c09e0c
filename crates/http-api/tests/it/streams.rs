//! Answers as events.

use std::{
    io::Read,
    net::TcpStream,
    time::{Duration, Instant},
};

use latchkey_domain::llm::{EventKind, LlmError, LlmErrorKind, LlmEvent};
use latchkey_test_support::{
    builders::events::{
        begun_answer, block_stop, message_start, raw_event, text_answer, text_block,
    },
    canaries,
    memory::{Gate, Reply},
};
use serde_json::{Value, json};

use crate::{
    client::{Request, find, unchunk},
    world::{Person, World},
};

const CHAT: &str = "/api/chat/conversations/123/messages";

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: Option<u64>,
    name: String,
    data: String,
}

impl Event {
    fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// Reads `text/event-stream` as the standard says.
fn events(text: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let (mut id, mut name, mut data) = (None, String::new(), Vec::new());
    for line in text.split('\n') {
        match line.split_once(": ") {
            _ if line.starts_with(':') => {}
            _ if line.is_empty() => {
                if !data.is_empty() {
                    let (name, data) = (
                        std::mem::take(&mut name),
                        std::mem::take(&mut data).join("\n"),
                    );
                    events.push(Event { id, name, data });
                }
                id = None;
            }
            Some(("id", value)) => id = Some(value.parse().unwrap()),
            Some(("event", value)) => value.clone_into(&mut name),
            Some(("data", value)) => data.push(value.to_owned()),
            _ => panic!("no line of a stream: {line:?}"),
        }
    }
    events
}

fn streamed(world: &World, person: &Person, body: &Value) -> Vec<Event> {
    let answer = world.post(CHAT, person, body).expect(200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert!(answer.header("cache-control").unwrap().contains("no-cache"));
    assert_eq!(answer.header("x-accel-buffering"), Some("no"));
    assert_eq!(answer.header("content-encoding"), None);
    events(&answer.text())
}

/// Reads until the stream has said `part`; returns all of it so far.
fn read_until(connection: &mut TcpStream, part: &str) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let deadline = Instant::now() + Duration::from_secs(10);
    while find(&bytes, part.as_bytes()).is_none() {
        assert!(Instant::now() < deadline, "no {part}");
        let read = connection.read(&mut buffer).unwrap();
        assert!(
            read > 0,
            "the stream ended without {part}: {:?}",
            String::from_utf8_lossy(&bytes)
        );
        bytes.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_providers_events_pass_unchanged_between_ours() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let mut sent: Vec<LlmEvent> = text_answer("Hello there!");
    let strange =
        "{\"type\":\"something_newer\",\"text\":\"\\n\\nevent: x\\ndata: \u{2028} \\ud800\"}";
    sent.insert(2, raw_event(EventKind::Other, strange));
    world.llm.reply(Reply::new().dripping(sent.clone()));
    let events = streamed(&world, &person, &json!({"message": "hi", "stream": true}));
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(
        (names[0], *names.last().unwrap()),
        ("latchkey.start", "latchkey.done")
    );
    let passed = &events[1..events.len() - 1];
    assert_eq!(passed.len(), sent.len());
    for (at, (ours, theirs)) in passed.iter().zip(&sent).enumerate() {
        assert_eq!(ours.name.as_bytes(), &theirs.name[..]);
        assert_eq!(ours.data.as_bytes(), &theirs.data[..], "byte for byte");
        assert_eq!(
            ours.id,
            Some(passed[0].id.unwrap() + u64::try_from(at).unwrap())
        );
    }
    let start = events[0].json();
    let done = events.last().unwrap().json();
    assert_eq!(start["conversationId"], "123");
    assert_eq!(start["key"]["name"], "My key");
    assert_eq!(done["assistantMessage"]["id"], start["assistantMessageId"]);
    assert_eq!(done["assistantMessage"]["text"], "Hello there!");
    assert_eq!(done["assistantMessage"]["status"], "complete");
    assert_eq!(done["usage"]["output_tokens"], 34);
    assert_eq!(done["userMessage"]["id"], start["userMessageId"]);
    assert_eq!(done["userMessage"]["text"], "hi");
    assert_eq!((events[0].id, events.last().unwrap().id), (None, None));
    let shown = world.get(CHAT, &person).expect(200).json();
    assert_eq!(shown["items"][0]["id"], start["userMessageId"]);
    assert_eq!(
        shown["items"][1]["content"],
        done["assistantMessage"]["content"]
    );
}

#[test]
fn accept_asks_for_events_unless_the_body_says_no() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let ask = |body: Value| {
        world.will_say("ok");
        let request = Request::post(CHAT, &body).bearer(&person.access_token);
        world
            .send(request.header("accept", "application/json;q=0.5, text/event-stream"))
            .expect(200)
    };
    let events = ask(json!({"message": "hi"}));
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    let json = ask(json!({"message": "hi", "stream": false}));
    assert_eq!(json.header("content-type"), Some("application/json"));
}

#[test]
fn until_the_first_event_a_fault_is_an_ordinary_problem() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world
        .llm
        .reply(Reply::refused(LlmError::new(LlmErrorKind::CreditExhausted)));
    let answer = world.post(CHAT, &person, &json!({"message": "hi", "stream": true}));
    answer.expect_problem(402, "provider_credit_exhausted");
    // So is one after the frame of the answer, from which nobody has got anything.
    let mut frame = begun_answer("never sent");
    frame.pop();
    let fault = LlmError::new(LlmErrorKind::PermissionDenied);
    world
        .llm
        .reply(Reply::new().events(frame).then_fails(fault));
    let answer = world.post(CHAT, &person, &json!({"message": "hi", "stream": true}));
    answer.expect_problem(403, "provider_permission_denied");
}

#[test]
fn a_fault_after_the_start_is_an_event_with_what_came() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let mut sent = vec![message_start()];
    sent.extend(text_block(0, "Half an"));
    let fault = LlmError::new(LlmErrorKind::Overloaded);
    world.llm.reply(Reply::new().events(sent).then_fails(fault));
    let events = streamed(&world, &person, &json!({"message": "hi", "stream": true}));
    let last = events.last().unwrap();
    assert_eq!(last.name, "latchkey.error");
    let error = last.json();
    assert_eq!(
        (&error["code"], &error["status"], &error["retryable"]),
        (&json!("provider_overloaded"), &json!(503), &json!(true))
    );
    assert_eq!(error["detail"], error["error"]);
    assert_eq!(error["assistantMessage"]["text"], "Half an");
}

#[test]
fn a_silent_stream_sends_signs_of_life() {
    let world = World::with_settings(|settings| settings.heartbeat = Duration::from_millis(50));
    let (person, _) = world.person_with_key("ada");
    let gate = Gate::new();
    world.llm.reply(
        Reply::new()
            .events(begun_answer("Hi"))
            .then_waits(&gate)
            .events([block_stop(0)]),
    );
    let request =
        Request::post(CHAT, &json!({"message": "hi", "stream": true})).bearer(&person.access_token);
    let mut connection = request.open(world.address);
    let text = read_until(&mut connection, ": still here");
    assert!(text.contains("latchkey.start"));
    read_until(&mut connection, ": still here");
    gate.open();
    read_until(&mut connection, "latchkey.error");
}

#[test]
fn an_anonymous_reader_that_leaves_closes_the_provider() {
    let world = World::new();
    for before_the_first_event in [false, true] {
        let gate = Gate::new();
        let reply = Reply::new();
        let reply = if before_the_first_event {
            reply
        } else {
            reply.events(begun_answer("Hi"))
        };
        world.llm.reply(reply.then_waits(&gate));
        let calls = world.llm.calls().len() + 1;
        let body = json!({"message": "hi", "stream": true, "apiKey": canaries::GIVEN_API_KEY});
        let mut connection = Request::post(CHAT, &body).open(world.address);
        World::wait(world.llm.called(calls));
        if !before_the_first_event {
            read_until(&mut connection, "message_start");
        }
        drop(connection);
        let left = Instant::now();
        World::wait(world.llm.left());
        assert!(left.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn a_reader_that_only_closes_its_side_is_gone() {
    let world = World::new();
    let gate = Gate::new();
    world
        .llm
        .reply(Reply::new().events(begun_answer("Hi")).then_waits(&gate));
    let body = json!({"message": "hi", "stream": true, "apiKey": canaries::GIVEN_API_KEY});
    let mut connection = Request::post(CHAT, &body).open(world.address);
    read_until(&mut connection, "message_start");
    connection.shutdown(std::net::Shutdown::Write).unwrap();
    World::wait(world.llm.left());
}

#[test]
fn a_saved_answer_goes_on_without_its_reader() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let gate = Gate::new();
    let mut events = text_answer("to the end");
    let rest = events.split_off(4);
    world
        .llm
        .reply(Reply::new().events(events).then_waits(&gate).events(rest));
    let request =
        Request::post(CHAT, &json!({"message": "hi", "stream": true})).bearer(&person.access_token);
    let mut connection = request.open(world.address);
    read_until(&mut connection, "message_start");
    drop(connection);
    gate.open();
    World::wait(world.llm.left());
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let shown = world.get(CHAT, &person).expect(200).json();
        if shown["items"][1]["status"] != "streaming" {
            assert_eq!(shown["items"][1]["text"], "to the end");
            assert_eq!(shown["items"][1]["status"], "complete");
            break;
        }
        assert!(Instant::now() < deadline, "it ends");
        std::thread::yield_now();
    }
}

#[test]
fn a_running_answer_is_stopped_and_kept() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let gate = Gate::new();
    let mut sent = vec![message_start()];
    sent.extend(text_block(0, "Half an"));
    world.llm.reply(Reply::new().events(sent).then_waits(&gate));
    let request =
        Request::post(CHAT, &json!({"message": "hi", "stream": true})).bearer(&person.access_token);
    let mut connection = request.open(world.address);
    let text = read_until(&mut connection, "content_block_stop");
    let start = text
        .split("event: latchkey.start\ndata: ")
        .nth(1)
        .unwrap()
        .split('\n')
        .next()
        .unwrap();
    let start: Value = serde_json::from_str(start).unwrap();
    let while_running = world.post(CHAT, &person, &json!({"message": "more"}));
    while_running.expect_problem(409, "answer_running");
    let stop = format!(
        "{CHAT}/{}/stop",
        start["assistantMessageId"].as_str().unwrap()
    );
    let stopped = world.post(&stop, &person, &json!({})).expect(200).json();
    assert_eq!(
        (&stopped["status"], &stopped["text"]),
        (&json!("stopped"), &json!("Half an"))
    );
    assert_eq!(stopped["usageFinal"], false);
    let mut rest = Vec::new();
    connection.read_to_end(&mut rest).unwrap();
    let rest = String::from_utf8(unchunk(&rest)).unwrap();
    let done = events(&rest).pop().unwrap();
    assert_eq!(
        (
            done.name.as_str(),
            &done.json()["assistantMessage"]["status"]
        ),
        ("latchkey.done", &json!("stopped"))
    );
}

#[test]
fn a_session_that_ends_ends_its_streams() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let gate = Gate::new();
    world
        .llm
        .reply(Reply::new().events(begun_answer("Hi")).then_waits(&gate));
    let request =
        Request::post(CHAT, &json!({"message": "hi", "stream": true})).bearer(&person.access_token);
    let mut connection = request.open(world.address);
    read_until(&mut connection, "message_start");
    world
        .send(Request::new("POST", "/api/auth/logout").bearer(&person.access_token))
        .expect(204);
    let text = read_until(&mut connection, "latchkey.error");
    assert!(
        text.contains("session_ended")
            || read_until(&mut connection, "session_ended").contains("session_ended")
    );
}
