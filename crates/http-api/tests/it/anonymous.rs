//! People without an account: each with a key of their own, kept apart from all others.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use latchkey_test_support::{
    builders::events::begun_answer,
    canaries,
    memory::{Gate, Reply},
};
use serde_json::json;

use crate::{
    client::{Answer, Request},
    world::World,
};

const CHAT: &str = "/api/chat/conversations/123/messages";

fn ask(address: SocketAddr, prompt: &str, key: &str) -> Answer {
    Request::post(CHAT, &json!({"message": prompt, "apiKey": key})).send(address)
}

#[test]
fn the_same_question_with_two_keys_is_asked_twice() {
    let world = World::new();
    world.will_say("For the first.");
    world.will_say("For the second.");
    let first = ask(world.address, "the same", canaries::API_KEY).expect(200);
    let second = ask(world.address, "the same", canaries::GIVEN_API_KEY).expect(200);
    assert_eq!(first.json()["assistantMessage"]["text"], "For the first.");
    assert_eq!(second.json()["assistantMessage"]["text"], "For the second.");
    let calls = world.llm.calls();
    let keys: Vec<_> = calls.iter().map(|call| call.key.clone()).collect();
    assert_eq!(keys, [canaries::api_key(), canaries::given_api_key()]);
    assert_eq!(calls[0].request.turns, calls[1].request.turns);
}

#[test]
fn what_belongs_to_accounts_is_nobodys() {
    let world = World::new();
    let (ada, key) = world.person_with_key("ada");
    world.will_say("For Ada.");
    let asked = world
        .post(CHAT, &ada, &json!({"message": "hi"}))
        .expect(200);
    let answer = asked.json()["assistantMessage"]["id"].clone();
    let calls = world.llm.calls().len();
    for body in [
        json!({"message": "hi", "keyId": key}),
        json!({"message": "hi", "keyId": key, "apiKey": canaries::GIVEN_API_KEY}),
    ] {
        let refused = Request::post(CHAT, &body).send(world.address);
        assert!([401, 404, 422].contains(&refused.status), "{body}");
    }
    assert_eq!(world.llm.calls().len(), calls, "nobody was asked");
    // Whatever is said of a message of Ada's: nothing of hers goes along.
    world.will_say("For a visitor.");
    let body = json!({"message": "and?", "parentId": answer, "apiKey": canaries::GIVEN_API_KEY});
    Request::post(CHAT, &body).send(world.address);
    for call in &world.llm.calls()[calls..] {
        assert_eq!(call.request.turns.len(), 1);
    }
    assert_eq!(
        Request::get(CHAT).send(world.address).status,
        401,
        "Ada's conversation of the same name"
    );
}

#[test]
fn five_hundred_at_once_each_pay_with_their_own_key() {
    const PEOPLE: usize = 500;
    let world = World::new();
    let gate = Gate::new();
    for _ in 0..PEOPLE {
        world
            .llm
            .reply(Reply::new().events(begun_answer("Hi")).then_waits(&gate));
    }
    let key = |n: usize| format!("sk-ant-api03-person{n:04}-0123456789abcdefghijklmnop");
    let connections: Vec<_> = (0..PEOPLE)
        .map(|n| {
            let body = json!({"message": format!("I am {n}."), "apiKey": key(n), "stream": true});
            Request::post(CHAT, &body).open(world.address)
        })
        .collect();
    // All of them are open together before any is answered.
    World::wait(world.llm.called(PEOPLE));
    assert_eq!(world.llm.open_streams(), PEOPLE);
    let paid: BTreeMap<String, String> = world
        .llm
        .calls()
        .iter()
        .map(|call| {
            let turn = call.request.turns[0].content.as_str().to_owned();
            (turn, call.key.expose().to_owned())
        })
        .collect();
    let expected: BTreeMap<String, String> = (0..PEOPLE)
        .map(|n| {
            let turn = format!(r#"[{{"type":"text","text":"I am {n}."}}]"#);
            (turn, key(n))
        })
        .collect();
    assert!(paid == expected, "each question went out with its own key");
    drop(connections);
    World::wait(world.llm.left());
}

#[test]
fn a_reader_of_json_that_leaves_closes_the_provider() {
    let world = World::new();
    for has_begun in [false, true] {
        let gate = Gate::new();
        let reply = Reply::new();
        let reply = if has_begun {
            reply.events(begun_answer("Hi"))
        } else {
            reply
        };
        world.llm.reply(reply.then_waits(&gate));
        let calls = world.llm.calls().len() + 1;
        let body = json!({"message": "hi", "apiKey": canaries::GIVEN_API_KEY});
        let connection = Request::post(CHAT, &body).open(world.address);
        World::wait(world.llm.called(calls));
        drop(connection);
        let left = std::time::Instant::now();
        World::wait(world.llm.left());
        assert!(left.elapsed() < Duration::from_secs(2));
    }
}
