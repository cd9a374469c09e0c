//! Imports by HTTP: what is taken, how it is answered, and what never gets far.

use std::{io::Read as _, io::Write as _, time::Duration};

use latchkey_domain::personal_token::Scope;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

const PATH: &str = "/api/chat/import";

fn request(person: &Person, body: impl Into<Vec<u8>>) -> Request {
    let request = Request::new("POST", PATH).header("content-type", "application/json");
    request.bearer(&person.access_token).body(body)
}

fn import(world: &World, person: &Person, body: &Value) -> Answer {
    world.send(request(person, body.to_string()))
}

fn export() -> Value {
    json!([
        {"id": "a", "title": "Trip", "say": ["Where to?", "To the lake."], "lost": 3},
        {"id": "e", "title": "Nothing", "say": []},
    ])
}

#[test]
fn an_import_says_what_it_did() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let answer = import(&world, &person, &export()).expect(200).json();
    let skipped = json!([{"index": 1, "title": "Nothing", "reason": "empty"}]);
    assert_eq!(
        answer,
        json!({
            "imported": 1, "updated": 0, "unchanged": 0, "messages": 2,
            "skippedCount": 1, "skipped": skipped, "leftOut": {"lost": 3},
        })
    );
    let again = import(&world, &person, &export()).expect(200).json();
    assert_eq!(
        (&again["imported"], &again["unchanged"]),
        (&json!(0), &json!(1))
    );

    // It is a conversation like any other, but for what it cost.
    let messages = "/api/chat/conversations/memory-a/messages";
    let list = world.get(messages, &person).expect(200).json();
    assert_eq!(list["items"][1]["text"], "To the lake.");
    assert_eq!(list["items"][1]["cost"], Value::Null);
    let found = world.get("/api/chat/conversations?q=lake", &person);
    assert_eq!(found.expect(200).json()["items"][0]["id"], "memory-a");
    let file = world.get("/api/chat/conversations/memory-a/export", &person);
    assert_eq!(file.expect(200).json()["messages"][0]["text"], "Where to?");
    let usage = world.get("/api/usage/summary", &person).expect(200).json();
    assert_eq!(usage["items"][0]["attempts"], 0, "{usage}");
    world.will_say("By bus.");
    let next = world.post(messages, &person, &json!({"message": "How?"}));
    assert_eq!(
        next.expect(200).json()["assistantMessage"]["text"],
        "By bus."
    );
    // Whoever else has nothing of it.
    let bob = world.person("bob");
    world.get(messages, &bob).expect_problem(404, "not_found");
}

#[test]
fn what_is_no_export_is_told_which_file_is_wanted() {
    let world = World::new();
    let person = world.person("ada");
    for (body, words) in [
        (&b"PK\x03\x04zip"[..], "unpack"),
        (b"\x1f\x8b\x08", "unpack"),
        (b"{\"a\":1}", "(byte 0)"),
        (b"[1] x", "(byte 4)"),
        (b"[{\"id\":\"a\",\"say\":[\"Hi\"]},", "after 25 bytes"),
        (b"", "after 0 bytes"),
        (b"[{\"users\":1}]", "Nothing in this list"),
    ] {
        let problem = world.send(request(&person, body));
        let problem = problem.expect_problem(422, "not_an_export");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
    }
    let zip = Request::new("POST", PATH)
        .bearer(&person.access_token)
        .body("PK");
    let zip = world.send(zip.header("content-type", "application/x-zip-compressed"));
    zip.expect_problem(422, "not_an_export");
    let packed = request(&person, "[]").header("content-encoding", "gzip");
    world
        .send(packed)
        .expect_problem(415, "unsupported_media_type");
    let text = Request::new("POST", PATH)
        .bearer(&person.access_token)
        .body("[]");
    world
        .send(text)
        .expect_problem(415, "unsupported_media_type");
    // What came before the list broke off is there.
    world
        .get("/api/chat/conversations/memory-a", &person)
        .expect(200);
}

#[test]
fn a_token_needs_the_scope_for_chat() {
    let world = World::new();
    let person = world.person("ada");
    for (scopes, status) in [(Scope::ALL.as_slice(), 200), (&[Scope::UsageRead], 403)] {
        let token = world.token_of(&person, scopes);
        let request = Request::new("POST", PATH).header("content-type", "application/json");
        world.send(request.bearer(&token).body("[]")).expect(status);
    }
}

/// How the answer begins: the server waits a while for the rest of a body before it closes.
fn status_line(world: &World, request: &Request) -> String {
    let mut connection = request.open(world.address);
    let mut line = [0; 12];
    connection.read_exact(&mut line).unwrap();
    String::from_utf8_lossy(&line).into_owned()
}

#[test]
fn an_export_has_a_limit_of_its_own() {
    let world = World::with_settings(|settings| settings.max_import = 3 * 1024 * 1024);
    let person = world.person("ada");
    // More than any other route takes into memory.
    let text = "x".repeat(2 * 1024 * 1024 + 100);
    let large = json!([{"id": "a", "say": [text]}]);
    import(&world, &person, &large).expect(200);
    let declared = request(&person, "").header("content-length", "3145729");
    assert_eq!(status_line(&world, &declared), "HTTP/1.1 413");
    // One byte too many, which is the last that comes.
    let first = r#"[{"id":"b","say":["Hi"]},"#;
    let blanks = " ".repeat(3 * 1024 * 1024 + 1 - first.len());
    let chunk = format!("300001\r\n{first}{blanks}");
    let undeclared = request(&person, chunk).header("transfer-encoding", "chunked");
    assert_eq!(status_line(&world, &undeclared), "HTTP/1.1 413");
    world
        .get("/api/chat/conversations/memory-b", &person)
        .expect(200);
}

#[test]
fn a_conversation_is_there_before_the_export_has_come() {
    let world = World::new();
    let person = world.person("ada");
    let first = r#"[{"id":"a","say":["Hi"]},"#;
    let rest = r#"{"id":"b","say":["Ho"]}]"#;
    let length = (first.len() + rest.len()).to_string();
    let request = request(&person, first).header("content-length", length);
    let mut connection = request.open(world.address);
    let path = "/api/chat/conversations/memory-a";
    let is_there = || world.get(path, &person).status == 200;
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while !is_there() {
        assert!(std::time::Instant::now() < until, "it never came");
    }
    connection.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"imported\":2"),
        "{answer}"
    );
}
