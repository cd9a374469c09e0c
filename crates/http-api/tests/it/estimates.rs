//! What a message would cost.

use latchkey_domain::{
    llm::{LlmError, LlmErrorKind},
    rate_limit::LimitName,
};
use latchkey_test_support::canaries;
use serde_json::{Value, json};

use crate::{client::Request, world::World};

const ESTIMATE: &str = "/api/chat/estimate";

#[test]
fn it_is_counted_for_the_conversation_that_is_named() {
    let world = World::new();
    let (ada, _) = world.person_with_key("ada");
    world.will_say("Four.");
    let chat = "/api/chat/conversations/sums/messages";
    world
        .post(chat, &ada, &json!({"message": "2 + 2?"}))
        .expect(200);
    world.llm.will_count(Ok(1_000));
    let path = format!("{ESTIMATE}?conversationId=sums");
    let body =
        json!({"message": "3 + 3?", "maxTokens": 100, "stream": true, "onDisconnect": "stop"});
    let estimate = world.post(&path, &ada, &body).expect(200).json();
    let cost =
        |amount: i64| json!({"amountNanoUsd": amount, "priceVersion": "2026-11-22", "known": true});
    assert_eq!(
        estimate,
        json!({
            "model": "claude-sonnet-5-5", "inputTokens": 1_000, "maxTokens": 100,
            "inputCost": cost(2_000_000), "maxCost": cost(2_500_000 + 1_000_000),
        })
    );
    assert_eq!(world.llm.counted()[0].request.turns.len(), 3);
    let shown = world.get(chat, &ada).expect(200).json();
    assert_eq!(
        shown["items"].as_array().unwrap().len(),
        2,
        "nothing is stored"
    );

    // Without a name it is a new conversation, and somebody else's is no other.
    let (eve, _) = world.person_with_key("eve");
    for (path, person) in [(ESTIMATE, &ada), (path.as_str(), &eve)] {
        world.llm.will_count(Ok(5));
        world
            .post(path, person, &json!({"message": "hi"}))
            .expect(200);
        let counted = world.llm.counted().pop().unwrap();
        assert_eq!(counted.request.turns.len(), 1);
    }
    let list = world
        .get("/api/chat/conversations", &eve)
        .expect(200)
        .json();
    assert_eq!(list["items"], json!([]));
}

#[test]
fn a_given_key_is_enough_and_none_is_not() {
    let world = World::new();
    world.llm.will_count(Ok(5));
    let body = json!({"message": "hi", "model": "claude-next-9", "apiKey": canaries::GIVEN_API_KEY,
        "history": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]});
    let answer = world.send(Request::post(ESTIMATE, &body)).expect(200);
    let estimate = answer.json();
    assert_eq!(estimate["inputTokens"], 5);
    for cost in ["inputCost", "maxCost"] {
        assert_eq!(estimate[cost]["amountNanoUsd"], Value::Null);
        assert_eq!(estimate[cost]["known"], false);
    }
    assert!(!answer.text().contains(canaries::GIVEN_API_KEY));
    assert_eq!(world.llm.counted()[0].request.turns.len(), 3);
    world
        .send(Request::post(ESTIMATE, &json!({"message": "hi"})))
        .expect_problem(401, "api_key_required");
    let nobody = world.person("ada");
    world
        .post(ESTIMATE, &nobody, &json!({"message": "hi"}))
        .expect_problem(400, "no_active_api_key");
}

#[test]
fn what_cannot_be_sent_cannot_be_estimated() {
    let world = World::new();
    let (ada, _) = world.person_with_key("ada");
    for (path, body) in [
        (ESTIMATE, json!({})),
        (ESTIMATE, json!({"message": "hi", "conversationId": "a"})),
        (
            ESTIMATE,
            json!({"message": "hi", "model": "claude-opus-5-5", "thinking": {"type": "disabled"}}),
        ),
        (
            "/api/chat/estimate?conversationId=a%20b",
            json!({"message": "hi"}),
        ),
        (
            "/api/chat/estimate?conversation=a",
            json!({"message": "hi"}),
        ),
    ] {
        world
            .post(path, &ada, &body)
            .expect_problem(422, "validation_failed");
    }
    assert!(world.llm.counted().is_empty());
    let malformed = LlmError::new(LlmErrorKind::Malformed);
    world.llm.will_count(Err(malformed));
    world
        .post(ESTIMATE, &ada, &json!({"message": "hi"}))
        .expect_problem(502, "provider_malformed_answer");
}

#[test]
fn estimates_have_a_limit_of_their_own() {
    let world = World::new();
    let (ada, _) = world.person_with_key("ada");
    world.limiter.set_max(LimitName::Estimates, 1);
    world.limiter.set_max(LimitName::Chat, 1);
    let body = json!({"message": "hi"});
    world.llm.will_count(Ok(5));
    let first = world.post(ESTIMATE, &ada, &body).expect(200);
    assert!(
        first
            .header("ratelimit")
            .unwrap()
            .starts_with("\"estimate\";r=0")
    );
    world
        .post(ESTIMATE, &ada, &body)
        .expect_problem(429, "rate_limited");
    world.will_say("Hello");
    world
        .post("/api/chat/conversations/1/messages", &ada, &body)
        .expect(200);
}
