//! Sending messages, answered as JSON.

use latchkey_domain::llm::{LlmError, LlmErrorKind};
use latchkey_test_support::{
    builders::events::{message_start, text_block},
    canaries,
    memory::Reply,
};
use serde_json::{Value, json};

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

const CHAT: &str = "/api/chat/conversations/123/messages";

fn anonymous(world: &World, body: &Value) -> Answer {
    world.send(Request::post(CHAT, body))
}

#[test]
fn the_missions_three_calls_work_as_they_stand() {
    let world = World::new();
    let person = world.person("ada");
    let add = json!({"apiKey": canaries::API_KEY, "name": "My Development Key"});
    world.post("/api/api-keys", &person, &add).expect(201);
    world.will_say("Hello!");
    let with_stored = json!({"message": "Hello Claude!", "model": "claude-3-5-sonnet-20241022"});
    let answer = world.post(CHAT, &person, &with_stored).expect(200).json();
    assert_eq!(answer["conversationId"], "123");
    assert_eq!(answer["userMessage"]["text"], "Hello Claude!");
    assert_eq!(
        answer["userMessage"]["content"],
        json!([{"type": "text", "text": "Hello Claude!"}])
    );
    let reply = &answer["assistantMessage"];
    assert_eq!(
        (&reply["text"], &reply["status"]),
        (&json!("Hello!"), &json!("complete"))
    );
    assert_eq!(reply["parentId"], answer["userMessage"]["id"]);
    assert_eq!(answer["usage"]["output_tokens"], 34);
    assert_eq!(answer["key"]["name"], "My Development Key");
    assert_eq!(answer["key"]["payer"], "user");
    assert_eq!(answer["key"]["attempts"][0]["outcome"], "complete");
    assert!(answer["cost"]["priceVersion"].is_string());

    world.will_say("Hello, stranger!");
    let with_given = json!({"message": "Hello Claude!", "model": "claude-3-5-sonnet-20241022", "apiKey": canaries::GIVEN_API_KEY});
    let before = world.store.dump();
    let answer = anonymous(&world, &with_given).expect(200).json();
    assert_eq!(answer["conversationId"], "123");
    assert_eq!(answer["userMessage"], Value::Null);
    assert_eq!(answer["assistantMessage"]["text"], "Hello, stranger!");
    assert_eq!(answer["key"]["payer"], "given_key");
    assert_eq!(answer["key"]["hint"], Value::Null);
    assert_eq!(world.store.dump(), before, "nothing of it is stored");
    let calls = world.llm.calls();
    assert_eq!(calls[0].key, canaries::api_key());
    assert_eq!(calls[1].key, canaries::given_api_key());
    assert_eq!(
        calls[1].request.turns.len(),
        1,
        "the stored conversation 123 is somebody's"
    );
}

#[test]
fn the_fixed_messages_stand_word_for_word() {
    let world = World::new();
    let person = world.person("ada");
    let message = json!({"message": "hi"});
    let none = world
        .post(CHAT, &person, &message)
        .expect_problem(400, "no_active_api_key");
    assert_eq!(
        none["detail"],
        "No active API key found. Please add your Anthropic API key in settings."
    );
    let anonymous_without = anonymous(&world, &message);
    let problem = anonymous_without.expect_problem(401, "api_key_required");
    assert_eq!(
        problem["error"],
        "API key required. Please provide your Anthropic API key or sign up for an account."
    );
    let x = anonymous(&world, &json!({"message": "hi", "apiKey": "x"}));
    assert_eq!(
        x.expect_problem(400, "invalid_api_key_format")["detail"],
        "Invalid API key format. Must start with 'sk-ant-'"
    );
    world.llm.reply(Reply::refused(
        LlmError::new(LlmErrorKind::InvalidKey).with_message("invalid x-api-key"),
    ));
    let rejected = anonymous(
        &world,
        &json!({"message": "hi", "apiKey": canaries::GIVEN_API_KEY}),
    );
    assert_eq!(
        rejected.expect_problem(400, "invalid_api_key")["detail"],
        "Invalid API key. Please check your key and try again."
    );
}

#[test]
fn a_bad_token_with_a_key_is_not_anonymous() {
    let world = World::new();
    let body = json!({"message": "hi", "apiKey": canaries::GIVEN_API_KEY});
    for token in ["expired.or.forged", "x"] {
        world
            .send(Request::post(CHAT, &body).bearer(token))
            .expect_problem(401, "unauthenticated");
    }
    assert!(world.llm.calls().is_empty());
}

#[test]
fn anonymous_chat_can_be_off() {
    let world = World::with_policy(|policy| policy.anonymous = false);
    let body = json!({"message": "hi", "apiKey": canaries::GIVEN_API_KEY});
    anonymous(&world, &body).expect_problem(401, "anonymous_chat_off");
    anonymous(&world, &json!({"message": "hi"})).expect_problem(401, "anonymous_chat_off");
}

#[test]
fn each_fault_of_the_providers_has_its_code_and_is_never_our_401() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    for kind in LlmErrorKind::ALL {
        world.llm.reply(Reply::refused(
            LlmError::new(kind).with_message("their words"),
        ));
        let answer = world.post(CHAT, &person, &json!({"message": "hi", "parentId": null}));
        let body = answer.json();
        assert_eq!(body["code"], kind.code());
        assert!(
            answer.status >= 400 && answer.status != 401 && answer.status != 500,
            "{kind:?}"
        );
        let has_words = body["detail"].as_str().unwrap().contains("their words");
        assert_eq!(has_words, kind != LlmErrorKind::InvalidKey, "{kind:?}");
    }
}

#[test]
fn content_and_options_go_to_the_provider_as_they_came() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("ok");
    let content = r#"[{"type":"text","text":"a b","x":[1.10,"\ud800"]},{"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lGODlhAQABAAAAACw="}}]"#;
    let body = format!(
        r#"{{"content":{content},"thinking":{{"type":"adaptive","n":1e2}},"options":{{"tools":[{{"type":"web_search_20250305","name":"web_search"}}],"service_tier":"auto"}},"temperature":0.5,"maxTokens":77,"system":"Be brief."}}"#
    );
    let request = Request::new("POST", CHAT)
        .header("content-type", "application/json")
        .bearer(&person.access_token)
        .body(body);
    let answer = world.send(request).expect(200);
    assert!(
        answer.text().contains(content),
        "kept verbatim, lone surrogate and all"
    );
    let request = &world.llm.calls()[0].request;
    assert_eq!(request.turns[0].content.as_str(), content);
    assert_eq!(
        request.thinking.as_ref().unwrap().as_str(),
        r#"{"type":"adaptive","n":1e2}"#
    );
    let options: Vec<(&str, &str)> = request
        .options
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(
        options,
        [
            (
                "tools",
                r#"[{"type":"web_search_20250305","name":"web_search"}]"#
            ),
            ("service_tier", "\"auto\"")
        ]
    );
    assert_eq!((request.max_tokens, request.temperature), (77, Some(0.5)));
    assert_eq!(request.system.as_deref(), Some("Be brief."));
}

#[test]
fn what_nobody_may_say_is_refused_and_named() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let cases = [
        (json!({}), vec!["/message"]),
        (json!({"message": " "}), vec!["/message"]),
        (
            json!({"message": "a", "content": [{"type": "text", "text": "b"}]}),
            vec!["/content"],
        ),
        (json!({"content": []}), vec!["/content"]),
        (json!({"content": "text"}), vec!["/content"]),
        (
            json!({"content": [{"type": "tool_result", "tool_use_id": "x"}, {"type": "text"}, 1, {"type": "thinking"}]}),
            vec![
                "/content/0/type",
                "/content/1/text",
                "/content/2",
                "/content/3/type",
            ],
        ),
        (
            json!({"message": "a", "base_url": "x", "api_base": "x", "headers": {}, "proxy": "x", "timeout": 1, "extra_headers": {}}),
            vec![
                "/api_base",
                "/base_url",
                "/extra_headers",
                "/headers",
                "/proxy",
                "/timeout",
            ],
        ),
        (
            json!({"message": "a", "options": {"metadata": {"user_id": "x"}, "base_url": "x", "system": "x", "messages": []}}),
            vec![
                "/options/base_url",
                "/options/messages",
                "/options/metadata/user_id",
                "/options/system",
            ],
        ),
        (
            json!({"message": "a", "role": "system", "messages": []}),
            vec!["/messages", "/role"],
        ),
        (
            json!({"message": 1, "model": "a b", "maxTokens": 1.5, "temperature": 1.1, "thinking": [], "stream": "yes",
            "onDisconnect": "x", "parentId": "x", "keyId": "x", "system": ""}),
            vec![
                "/keyId",
                "/maxTokens",
                "/message",
                "/model",
                "/onDisconnect",
                "/parentId",
                "/stream",
                "/system",
                "/temperature",
                "/thinking",
            ],
        ),
        (
            json!({"message": "a", "apiKey": "sk-ant-api03-0123456789abcdef", "keyId": "01920000-0000-7000-8000-000000000001"}),
            vec!["/keyId"],
        ),
        (
            json!({"message": "a", "history": [{"role": "user", "content": "b"}]}),
            vec!["/history"],
        ),
    ];
    for (body, faults) in cases {
        assert_eq!(world.post(CHAT, &person, &body).faulty(), faults, "{body}");
    }
    let odd = world.post(
        "/api/chat/conversations/a%20b/messages",
        &person,
        &json!({"message": "a"}),
    );
    assert_eq!(odd.faulty(), ["{id}"]);
    assert!(world.llm.calls().is_empty());
}

#[test]
fn earlier_turns_come_with_an_anonymous_message() {
    let world = World::new();
    world.will_say("Four.");
    let history = json!([
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "…", "signature": "s"}, {"type": "text", "text": "Two."}]},
    ]);
    let body = json!({"message": "Three?", "history": history, "apiKey": canaries::GIVEN_API_KEY});
    anonymous(&world, &body).expect(200);
    let turns = &world.llm.calls()[0].request.turns;
    assert_eq!(turns.len(), 3);
    assert_eq!(turns[1].content.as_str(), history[1]["content"].to_string());
    let bad = json!([
        {"role": "system", "content": "obey"},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "x"}]},
        {"role": "assistant", "content": [{"type": "tool_result"}]},
        {"role": "user", "content": "x", "name": "y"},
        "text",
    ]);
    let body = json!({"message": "a", "history": bad, "apiKey": canaries::GIVEN_API_KEY});
    assert_eq!(
        anonymous(&world, &body).faulty(),
        [
            "/history/0/role",
            "/history/1/content/0/type",
            "/history/2/content/0/type",
            "/history/3/name",
            "/history/4"
        ]
    );
}

#[test]
fn an_answer_that_breaks_off_is_a_problem_with_what_came() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let mut events = vec![message_start()];
    events.extend(text_block(0, "Half an"));
    world.llm.reply(
        Reply::new()
            .events(events)
            .then_fails(LlmError::new(LlmErrorKind::Overloaded)),
    );
    let answer = world.post(CHAT, &person, &json!({"message": "hi"}));
    let problem = answer.expect_problem(503, "provider_overloaded");
    assert_eq!(problem["assistantMessage"]["text"], "Half an");
    assert_eq!(problem["assistantMessage"]["status"], "provider_error");
}

#[test]
fn one_answer_at_a_time_in_a_branch_and_places_in_the_tree() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.will_say("one");
    let first = world
        .post(CHAT, &person, &json!({"message": "1"}))
        .expect(200)
        .json();
    world.will_say("two");
    let second = world
        .post(CHAT, &person, &json!({"message": "2"}))
        .expect(200)
        .json();
    assert_eq!(
        second["userMessage"]["parentId"],
        first["assistantMessage"]["id"]
    );
    world.will_say("again");
    let edit = json!({"message": "1, edited", "parentId": null});
    let edited = world.post(CHAT, &person, &edit).expect(200).json();
    assert_eq!(edited["userMessage"]["parentId"], Value::Null);
    let shown = world.get(CHAT, &person).expect(200).json();
    assert_eq!(shown["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        shown["items"][0]["siblings"],
        json!({"index": 1, "count": 2, "previousId": first["userMessage"]["id"], "nextId": null})
    );
    let elsewhere = json!({"message": "x", "parentId": first["assistantMessage"]["id"]});
    world
        .post(
            "/api/chat/conversations/other/messages",
            &person,
            &elsewhere,
        )
        .expect_problem(404, "not_found");
}

#[test]
fn limits_are_told_with_each_answer() {
    use latchkey_domain::rate_limit::LimitName;
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.limiter.set_max(LimitName::Chat, 2);
    for left in [1, 0] {
        world.will_say("ok");
        let answer = world
            .post(CHAT, &person, &json!({"message": "hi"}))
            .expect(200);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"chat\";q=2;w=60"));
        assert!(
            answer
                .header("ratelimit")
                .unwrap()
                .starts_with(&format!("\"chat\";r={left};t="))
        );
    }
    world
        .post(CHAT, &person, &json!({"message": "hi"}))
        .expect_problem(429, "rate_limited");
}

#[test]
fn models_come_from_the_key_or_from_the_price_table() {
    let world = World::new();
    let list = world.send(Request::get("/api/models")).expect(200).json();
    let items = list["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|model| model["id"] == "claude-sonnet-5-5"
                && model["price"]["inputNanoUsd"].is_i64())
    );
    let (person, _) = world.person_with_key("ada");
    let own = world.get("/api/models", &person).expect(200).json();
    assert_eq!(
        own["items"].as_array().unwrap().len(),
        1,
        "what the provider says of this key"
    );
}

#[test]
fn usage_is_summed_by_what_is_asked() {
    let world = World::new();
    let (person, key) = world.person_with_key("ada");
    world.will_say("ok");
    world
        .post(CHAT, &person, &json!({"message": "hi"}))
        .expect(200);
    let summary = world
        .get(
            "/api/usage/summary?groupBy=day,model,key,conversation",
            &person,
        )
        .expect(200)
        .json();
    let group = &summary["items"][0];
    assert_eq!(group["keyId"], key.as_str());
    assert_eq!(group["givenKey"], false);
    assert_eq!(group["conversationId"], "123");
    assert_eq!(group["tokens"]["output"], 34);
    assert_eq!(group["attempts"], 1);
    let total = world.get("/api/usage/summary", &person).expect(200).json();
    assert_eq!(total["items"][0]["model"], Value::Null);
    for query in [
        "groupBy=week",
        "groupBy=day,day",
        "from=tomorrow",
        "from=2026-02-01&to=2026-01-01",
        "x=1",
        "from=2026-01-01&from=2026-01-02",
    ] {
        world
            .get(&format!("/api/usage/summary?{query}"), &person)
            .expect_problem(422, "validation_failed");
    }
    let stranger: Person = world.person("eve");
    assert_eq!(
        world
            .get("/api/usage/summary?groupBy=model", &stranger)
            .json()["items"],
        json!([])
    );
}
