//! Edits, answers anew, the branch that is shown, and its pages.

use latchkey_domain::rate_limit::LimitName;
use latchkey_test_support::{
    builders::events::begun_answer,
    canaries,
    memory::{Gate, Reply},
};
use serde_json::{Value, json};

use crate::{
    client::Request,
    world::{Person, World},
};

const CONVERSATION: &str = "/api/chat/conversations/123";
const CHAT: &str = "/api/chat/conversations/123/messages";

fn ask(world: &World, person: &Person, body: &Value, answer: &str) -> Value {
    world.will_say(answer);
    world.post(CHAT, person, body).expect(200).json()
}

fn id(message: &Value) -> String {
    message["id"].as_str().unwrap().to_owned()
}

fn texts(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["text"].as_str().unwrap())
        .collect()
}

#[test]
fn an_answer_is_given_anew_as_json_and_as_events() {
    let world = World::new();
    world.limiter.set_max(LimitName::Chat, 10);
    let (person, _) = world.person_with_key("ada");
    let first = ask(&world, &person, &json!({"message": "Hi"}), "Hello");
    let again = format!("{CHAT}/{}/regenerate", id(&first["assistantMessage"]));

    world.will_say("Hello again");
    let second = world.send(Request::new("POST", &again).bearer(&person.access_token));
    let second = second.expect(200).json();
    assert_eq!(second["userMessage"], first["userMessage"]);
    assert_eq!(second["assistantMessage"]["text"], "Hello again");
    assert_eq!(
        second["assistantMessage"]["parentId"],
        first["userMessage"]["id"]
    );

    world.will_say("Once more");
    let body = json!({"stream": true, "model": "claude-opus-4-6", "maxTokens": 100});
    let third = world.post(&again, &person, &body).expect(200);
    assert_eq!(third.header("content-type"), Some("text/event-stream"));
    assert!(
        third
            .header("ratelimit")
            .unwrap()
            .starts_with("\"chat\";r=7;")
    );
    assert!(
        third.text().starts_with("event: latchkey.start"),
        "{}",
        third.text()
    );
    assert!(third.text().contains("event: latchkey.done"));
    let request = &world.llm.calls()[2].request;
    assert_eq!(
        (request.model.as_str(), request.max_tokens),
        ("claude-opus-4-6", 100)
    );

    let shown = world.get(CHAT, &person).expect(200).json();
    assert_eq!(texts(&shown), ["Hi", "Once more"]);
    let siblings = &shown["items"][1]["siblings"];
    assert_eq!(siblings["index"], 2);
    assert_eq!(siblings["count"], 3);
    assert_eq!(siblings["previousId"], second["assistantMessage"]["id"]);
    assert_eq!(siblings["nextId"], Value::Null);
}

#[test]
fn what_is_no_answer_or_still_runs_is_not_given_anew() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let first = ask(&world, &person, &json!({"message": "Hi"}), "Hello");
    let regenerate = |message: &str| format!("{CHAT}/{message}/regenerate");
    let empty = json!({});
    let of_question = world.post(&regenerate(&id(&first["userMessage"])), &person, &empty);
    assert_eq!(of_question.faulty(), ["{messageId}"]);
    for nobody in ["x", "01920000-0000-7000-8000-0000000000bb"] {
        let answer = world.post(&regenerate(nobody), &person, &empty);
        answer.expect_problem(404, "not_found");
    }
    let bad = json!({"message": "no", "maxTokens": 0, "apiKey": canaries::API_KEY, "keyId": "x"});
    let bad = world.post(&regenerate(&id(&first["assistantMessage"])), &person, &bad);
    assert_eq!(bad.faulty(), ["/keyId", "/maxTokens", "/message"]);

    let silence = Gate::new();
    world.llm.reply(
        Reply::new()
            .events(begun_answer("one"))
            .then_waits(&silence),
    );
    let body = json!({"message": "Go", "stream": true, "onDisconnect": "finish"});
    drop(
        Request::post(CHAT, &body)
            .bearer(&person.access_token)
            .open(world.address),
    );
    World::wait(world.llm.called(2));
    let running = loop {
        let shown = world.get(CHAT, &person).expect(200).json();
        if let Some(message) = shown["items"].get(3) {
            break id(message);
        }
    };
    let answer = world.post(&regenerate(&running), &person, &empty);
    answer.expect_problem(409, "answer_running");
    let answer = world.post(CHAT, &person, &json!({"message": "And?"}));
    answer.expect_problem(409, "answer_running");
    silence.open();
}

#[test]
fn another_branch_can_be_shown() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let first = ask(&world, &person, &json!({"message": "one"}), "1");
    ask(&world, &person, &json!({"message": "two"}), "2");
    ask(
        &world,
        &person,
        &json!({"message": "ONE", "parentId": null}),
        "I",
    );
    let shown = world.get(CHAT, &person).expect(200).json();
    assert_eq!(texts(&shown), ["ONE", "I"]);
    let older = shown["items"][0]["siblings"]["previousId"].clone();
    assert_eq!(older, first["userMessage"]["id"]);

    let change = json!({"shownLeaf": older});
    let changed = world
        .call("PATCH", CONVERSATION, &person, &change)
        .expect(200)
        .json();
    let shown = world.get(CHAT, &person).expect(200).json();
    assert_eq!(texts(&shown), ["one", "1", "two", "2"]);
    assert_eq!(changed["shownLeaf"], shown["items"][3]["id"]);
    assert_eq!(shown["items"][0]["siblings"]["count"], 2);

    for (bad, status) in [
        (json!({"shownLeaf": null}), 422),
        (json!({"shownLeaf": "x"}), 422),
    ] {
        let answer = world
            .call("PATCH", CONVERSATION, &person, &bad)
            .expect(status);
        assert_eq!(answer.faulty(), ["/shownLeaf"]);
    }
    let nobody = json!({"shownLeaf": "01920000-0000-7000-8000-0000000000bb"});
    let answer = world.call("PATCH", CONVERSATION, &person, &nobody);
    answer.expect_problem(404, "not_found");
}

#[test]
fn a_message_is_found_on_whatever_branch_by_its_owner_alone() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let first = ask(&world, &person, &json!({"message": "one"}), "1");
    ask(
        &world,
        &person,
        &json!({"message": "ONE", "parentId": null}),
        "I",
    );
    let address = format!("{CHAT}/{}", id(&first["assistantMessage"]));
    let found = world.get(&address, &person).expect(200).json();
    assert_eq!(found["text"], "1");
    assert_eq!(
        found["siblings"],
        json!({"index": 0, "count": 1, "previousId": null, "nextId": null})
    );
    let eve = world.person("eve");
    let theirs = world.get(&address, &eve).expect(404);
    let never = format!("{CHAT}/01920000-0000-7000-8000-0000000000bb");
    let never = world.get(&never, &eve).expect(404);
    assert_eq!(theirs.without_request_id(), never.without_request_id());
    let elsewhere = address.replace("/123/", "/other/");
    world
        .post("/api/chat/conversations", &person, &json!({"id": "other"}))
        .expect(201);
    world
        .get(&elsewhere, &person)
        .expect_problem(404, "not_found");
}

#[test]
fn a_long_conversation_comes_in_pages_from_its_end() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    for number in 0..27 {
        ask(
            &world,
            &person,
            &json!({"message": format!("q{number}")}),
            &format!("a{number}"),
        );
    }
    let last = world.get(CHAT, &person).expect(200).json();
    assert_eq!(
        (texts(&last).len(), texts(&last)[0], texts(&last)[49]),
        (50, "q2", "a26")
    );
    let cursor = last["nextCursor"].as_str().unwrap();
    let first = world
        .get(&format!("{CHAT}?cursor={cursor}"), &person)
        .expect(200)
        .json();
    assert_eq!(texts(&first), ["q0", "a0", "q1", "a1"]);
    assert_eq!(first["nextCursor"], Value::Null);

    let three = world
        .get(&format!("{CHAT}?limit=3"), &person)
        .expect(200)
        .json();
    assert_eq!(texts(&three), ["a25", "q26", "a26"]);
    let all = world
        .get(&format!("{CHAT}?limit=1000000000"), &person)
        .expect(200)
        .json();
    assert_eq!(texts(&all).len(), 54);
    for bad in ["limit=0", "limit=-1", "cursor=x", "page=2"] {
        world.get(&format!("{CHAT}?{bad}"), &person).expect(422);
    }
    world
        .post("/api/chat/conversations", &person, &json!({"id": "other"}))
        .expect(201);
    let foreign = format!("/api/chat/conversations/other/messages?cursor={cursor}");
    assert_eq!(world.get(&foreign, &person).faulty(), ["?cursor"]);
}
