//! `Idempotency-Key` over HTTP.

use latchkey_domain::{
    llm::{LlmError, LlmErrorKind},
    personal_token::Scope,
};
use latchkey_test_support::{
    builders::events::begun_answer,
    canaries,
    memory::{Gate, Reply},
};
use serde_json::{Value, json};

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

const CHAT: &str = "/api/chat/conversations/123/messages";
const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

fn keyed(path: &str, person: &Person, body: &Value) -> Request {
    Request::post(path, body)
        .bearer(&person.access_token)
        .header("idempotency-key", KEY)
}

fn send(world: &World, person: &Person, body: &Value) -> Answer {
    world.send(keyed(CHAT, person, body))
}

#[test]
fn a_request_that_is_sent_again_gets_its_answer_again() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("Hello");
    let body = json!({"message": "Hi"});
    let first = send(&world, &person, &body).expect(200).json();
    let again = send(&world, &person, &body).expect(200).json();
    assert_eq!(
        again["assistantMessage"]["id"],
        first["assistantMessage"]["id"]
    );
    for member in ["conversationId", "userMessage", "usage", "cost", "key"] {
        assert_eq!(again[member], first[member], "{member}");
    }
    assert_eq!(again["assistantMessage"]["text"], "Hello");

    // As events, if it is asked for so: the body is the same, the form isn't.
    let events = keyed(CHAT, &person, &body).header("accept", "text/event-stream");
    let events = world.send(events).expect(200).text();
    assert!(events.starts_with("event: latchkey.start"), "{events}");
    assert!(events.contains("event: latchkey.done"), "{events}");
    assert_eq!(world.llm.calls().len(), 1);
    let shown = world.get(CHAT, &person).expect(200).json();
    assert_eq!(shown["items"].as_array().unwrap().len(), 2);

    // Without the key it is a message as any other.
    world.will_say("Hello again");
    world.post(CHAT, &person, &body).expect(200);
    assert_eq!(world.llm.calls().len(), 2);
}

/// A stream whose reader lost it: sent again it has the start, and the end with the whole answer.
#[test]
fn a_stream_that_is_sent_again_has_its_end_again() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("Hello");
    let body = json!({"message": "Hi", "stream": true});
    let first = send(&world, &person, &body).expect(200).text();
    let again = send(&world, &person, &body).expect(200);
    assert_eq!(again.header("content-type"), Some("text/event-stream"));
    let again = again.text();
    let last = |events: &str| {
        let (_, data) = events.rsplit_once("event: latchkey.done\ndata: ").unwrap();
        serde_json::from_str::<Value>(data.trim()).unwrap()
    };
    assert_eq!(last(&again)["assistantMessage"]["text"], "Hello");
    assert_eq!(last(&again), last(&first));
    assert!(again.starts_with("event: latchkey.start"), "{again}");
    assert_eq!(again.matches("event: ").count(), 2, "{again}");
    assert_eq!(world.llm.calls().len(), 1);
}

#[test]
fn a_failure_is_told_again() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let overloaded = LlmError::new(LlmErrorKind::Overloaded);
    world.llm.reply(Reply::refused(overloaded));
    let body = json!({"message": "Hi"});
    for _ in 0..2 {
        send(&world, &person, &body).expect_problem(503, "provider_overloaded");
    }
    assert_eq!(world.llm.calls().len(), 1);
}

/// A key is its account's, however its requests are signed in.
#[test]
fn a_token_of_the_same_account_knows_the_key() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("Hello");
    let body = json!({"message": "Hi"});
    let first = send(&world, &person, &body).expect(200).json();
    let by_token = |scope| {
        let request = Request::post(CHAT, &body)
            .bearer(&world.token_of(&person, &[scope]))
            .header("idempotency-key", KEY);
        world.send(request)
    };
    let again = by_token(Scope::Chat).expect(200).json();
    assert_eq!(
        again["assistantMessage"]["id"],
        first["assistantMessage"]["id"]
    );
    by_token(Scope::UsageRead).expect_problem(403, "insufficient_scope");
    assert_eq!(world.llm.calls().len(), 1);
}

#[test]
fn a_key_of_another_request_is_refused() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("Hello");
    let body = json!({"message": "Hi", "maxTokens": 100});
    assert_eq!(body.to_string(), r#"{"maxTokens":100,"message":"Hi"}"#);
    let first = send(&world, &person, &body).expect(200).json();
    let other = send(&world, &person, &json!({"message": "Ho"}));
    other.expect_problem(422, "idempotency_key_reused");
    // The same in other bytes is another body, and another address is another request.
    for bytes in [
        r#"{"maxTokens":100,"message": "Hi"}"#,
        r#"{"message":"Hi","maxTokens":100}"#,
    ] {
        let request = Request::new("POST", CHAT)
            .bearer(&person.access_token)
            .header("idempotency-key", KEY)
            .header("content-type", "application/json")
            .body(bytes);
        let refused = world.send(request);
        refused.expect_problem(422, "idempotency_key_reused");
    }
    let elsewhere = "/api/chat/conversations/124/messages";
    let elsewhere = world.send(keyed(elsewhere, &person, &body));
    elsewhere.expect_problem(422, "idempotency_key_reused");
    let answer = first["assistantMessage"]["id"].as_str().unwrap();
    let anew = format!("{CHAT}/{answer}/regenerate");
    let anew = world.send(keyed(&anew, &person, &json!({})));
    anew.expect_problem(422, "idempotency_key_reused");
    assert_eq!(world.llm.calls().len(), 1);
}

#[test]
fn an_answer_anew_is_given_once() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("One");
    let first = world.post(CHAT, &person, &json!({"message": "Count"}));
    let first = first.expect(200).json();
    let answer = first["assistantMessage"]["id"].as_str().unwrap();
    let again = format!("{CHAT}/{answer}/regenerate");
    world.will_say("Two");
    let request = || {
        Request::new("POST", &again)
            .bearer(&person.access_token)
            .header("idempotency-key", KEY)
    };
    let second = world.send(request()).expect(200).json();
    let third = world.send(request()).expect(200).json();
    assert_eq!(second["assistantMessage"]["text"], "Two");
    assert_eq!(
        second["assistantMessage"]["id"],
        third["assistantMessage"]["id"]
    );
    assert_eq!(world.llm.calls().len(), 2);
}

#[test]
fn while_the_answer_runs_its_id_is_told() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let silence = Gate::new();
    world.llm.reply(
        Reply::new()
            .events(begun_answer("one"))
            .then_waits(&silence),
    );
    let body = json!({"message": "Go", "stream": true, "onDisconnect": "finish"});
    let reader = keyed(CHAT, &person, &body).open(world.address);
    World::wait(world.llm.called(1));
    let again = send(&world, &person, &body);
    let problem = again.expect_problem(409, "idempotency_key_in_use");
    let shown = world.get(CHAT, &person).expect(200).json();
    assert_eq!(problem["assistantMessageId"], shown["items"][1]["id"]);
    silence.open();
    drop(reader);
}

#[test]
fn what_is_no_key_is_refused_by_name() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let body = json!({"message": "Hi"});
    let too_long = "k".repeat(256);
    let absurd = "k".repeat(6_000);
    for key in ["", "a b", "a\tb", "ä", "\u{9b}31m", &too_long, &absurd] {
        let request = Request::post(CHAT, &body)
            .bearer(&person.access_token)
            .header("idempotency-key", key);
        assert_eq!(world.send(request).faulty(), ["Idempotency-Key"], "{key}");
    }
    let twice = keyed(CHAT, &person, &body).header("idempotency-key", "other");
    assert_eq!(world.send(twice).faulty(), ["Idempotency-Key"]);
    assert_eq!(world.llm.calls().len(), 0);
}

#[test]
fn without_an_account_the_key_is_ignored() {
    let world = World::new();
    let body = json!({"message": "Hi", "apiKey": canaries::API_KEY});
    for text in ["One", "Two"] {
        world.will_say(text);
        let request = Request::post(CHAT, &body).header("idempotency-key", KEY);
        let answer = world.send(request).expect(200).json();
        assert_eq!(answer["assistantMessage"]["text"], text);
    }
    assert!(!world.store.dump().contains("key MAC"), "nothing is kept");
}

#[test]
fn neither_key_nor_body_is_kept_in_the_clear() {
    let world = World::new();
    let person = world.person("ada");
    world.will_say("Hello");
    let body = json!({"message": "Hi", "apiKey": canaries::API_KEY});
    send(&world, &person, &body).expect(200);
    send(&world, &person, &body).expect(200);
    assert_eq!(world.llm.calls().len(), 1);
    let dump = world.store.dump();
    assert!(dump.contains("key MAC"), "the key is known");
    for secret in [KEY, canaries::API_KEY] {
        assert!(!dump.contains(secret), "{secret}");
    }
}
