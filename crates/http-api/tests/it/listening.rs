//! Re-attaching to an answer over HTTP.

use std::{io::Read as _, net::TcpStream};

use latchkey_test_support::{
    builders::events::{begun_answer, text_answer},
    canaries,
    memory::{Gate, Reply},
};
use serde_json::{Value, json};

use crate::{
    client::{Request, find, unchunk},
    world::{Person, World},
};

const CHAT: &str = "/api/chat/conversations/123/messages";

fn listen(address: &str, person: &Person, last_event_id: Option<&str>) -> Request {
    let request = Request::get(address).bearer(&person.access_token);
    match last_event_id {
        Some(id) => request.header("last-event-id", id),
        None => request,
    }
}

/// A stream that is being read.
struct Reading {
    connection: TcpStream,
    raw: Vec<u8>,
}

impl Reading {
    fn of(world: &World, request: &Request) -> Self {
        Self {
            connection: request.open(world.address),
            raw: Vec::new(),
        }
    }

    /// Somebody asks, and is there to read the answer.
    fn ask(world: &World, person: &Person) -> Self {
        let body = json!({"message": "Go", "stream": true});
        let request = Request::post(CHAT, &body).bearer(&person.access_token);
        Self::of(world, &request)
    }

    /// Reads until the stream has said `part`.
    fn until(mut self, part: &str) -> Self {
        let mut buffer = [0; 4096];
        while find(&self.raw, part.as_bytes()).is_none() {
            let read = self.connection.read(&mut buffer).unwrap();
            assert!(read > 0, "no {part} in {}", self.text());
            self.raw.extend_from_slice(&buffer[..read]);
        }
        self
    }

    fn until_the_end(mut self) -> Self {
        self.connection.read_to_end(&mut self.raw).unwrap();
        self
    }

    fn head(&self) -> String {
        let end = find(&self.raw, b"\r\n\r\n").unwrap();
        String::from_utf8(self.raw[..end].to_vec()).unwrap()
    }

    fn text(&self) -> String {
        let body = find(&self.raw, b"\r\n\r\n").unwrap() + 4;
        String::from_utf8(unchunk(&self.raw[body..])).unwrap()
    }

    /// Where to re-attach to the answer.
    fn address(&self) -> String {
        let text = self.text();
        let (_, start) = text.split_once("data: ").unwrap();
        let (start, _) = start.split_once('\n').unwrap();
        let start: Value = serde_json::from_str(start).unwrap();
        let answer = start["assistantMessageId"].as_str().unwrap();
        format!("{CHAT}/{answer}/stream")
    }
}

/// What stands between `latchkey.start` and the end, and the end.
fn parts(stream: &str) -> (String, String) {
    let (start, rest) = stream.split_once("\n\n").unwrap();
    assert!(start.starts_with("event: latchkey.start"), "{start}");
    let end = rest.rfind("event: latchkey.").unwrap();
    (rest[..end].to_owned(), rest[end..].to_owned())
}

#[test]
fn who_re_attaches_gets_the_same_events_and_the_same_end() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let gate = Gate::new();
    let events = text_answer("one two three four");
    let (begun, rest) = events.split_at(4);
    world.llm.reply(
        Reply::new()
            .dripping(begun.to_vec())
            .then_waits(&gate)
            .dripping(rest.to_vec()),
    );
    let first = Reading::ask(&world, &person).until("id: 3\n");
    let address = first.address();
    let attached = |last: Option<&str>, seen| {
        Reading::of(&world, &listen(&address, &person, last)).until(seen)
    };
    let listeners = [
        attached(None, "id: 3\n"),
        attached(Some(""), "id: 3\n"),
        attached(Some("1"), "id: 3\n"),
        attached(Some("3"), "latchkey.start"),
        attached(Some("18446744073709551615"), "latchkey.start"),
    ];
    gate.open();
    let (all, end) = parts(&first.until_the_end().text());
    assert!(end.starts_with("event: latchkey.done"), "{end}");
    let after = |number: &str| &all[all.find(&format!("id: {number}\n")).unwrap()..];
    let expected = [&all[..], &all, after("2"), after("4"), ""];
    for (listener, expected) in listeners.into_iter().zip(expected) {
        let listener = listener.until_the_end();
        let head = listener.head().to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        assert_eq!(parts(&listener.text()), (expected.to_owned(), end.clone()));
    }
    let late = world.send(listen(&address, &person, None)).expect(200);
    assert_eq!(parts(&late.text()), (String::new(), end));
}

#[test]
fn only_the_number_of_an_event_is_one() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("Hello");
    let answer = world
        .post(CHAT, &person, &json!({"message": "Hi"}))
        .expect(200)
        .json();
    let id = |message: &str| answer[message]["id"].as_str().unwrap().to_owned();
    let address = format!("{CHAT}/{}/stream", id("assistantMessage"));
    for bad in ["x", "-1", "1.0", "99999999999999999999", "0x1"] {
        let answer = world.send(listen(&address, &person, Some(bad)));
        assert_eq!(answer.faulty(), ["Last-Event-ID"], "{bad}");
    }
    let question = format!("{CHAT}/{}/stream", id("userMessage"));
    assert_eq!(
        world.send(listen(&question, &person, None)).faulty(),
        ["{messageId}"]
    );
    let eve = world.person("eve");
    let theirs = world.get(&address, &eve).expect(404);
    let nobodys = world.get(
        &format!("{CHAT}/01920000-0000-7000-8000-0000000000bb/stream"),
        &eve,
    );
    assert_eq!(theirs.without_request_id(), nobodys.without_request_id());
}

#[test]
fn a_listeners_own_session_ends_its_stream_alone() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let gate = Gate::new();
    world
        .llm
        .reply(Reply::new().events(begun_answer("one")).then_waits(&gate));
    let first = Reading::ask(&world, &person).until("one");
    let address = first.address();
    let login = json!({
        "email": "ada@example.org",
        "password": canaries::PASSWORD,
        "tokenDelivery": "body",
    });
    let tab = world
        .send(Request::post("/api/auth/login", &login))
        .expect(200);
    let tab = Person::of(&tab);
    let listener = Reading::of(&world, &listen(&address, &tab, None)).until("one");
    world.post("/api/auth/logout", &tab, &json!({})).expect(204);
    let (_, end) = parts(&listener.until_the_end().text());
    assert!(end.contains("session_ended"), "{end}");
    let shown = world
        .get(address.trim_end_matches("/stream"), &person)
        .expect(200)
        .json();
    assert_eq!(shown["status"], "streaming");
    gate.open();
}

#[test]
fn a_stop_from_another_tab_ends_the_answer_for_all() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let silence = Gate::new();
    world.llm.reply(
        Reply::new()
            .events(begun_answer("one"))
            .then_waits(&silence),
    );
    let first = Reading::ask(&world, &person).until("one");
    let address = first.address();
    let listener = Reading::of(&world, &listen(&address, &person, None)).until("one");
    let stop = address.replace("/stream", "/stop");
    let stopped = world.post(&stop, &person, &json!({})).expect(200).json();
    assert_eq!(stopped["status"], "stopped");
    let of_first = parts(&first.until_the_end().text());
    assert_eq!(parts(&listener.until_the_end().text()), of_first);
    assert!(
        of_first.1.contains("\"status\":\"stopped\""),
        "{}",
        of_first.1
    );
}
