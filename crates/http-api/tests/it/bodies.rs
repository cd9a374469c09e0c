//! What comes in: forms that are refused, faults that are named, and bytes by chance.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::{client::Request, world::World};

const LOGIN: &str = "/api/auth/login";

fn raw(content_type: &str, body: &[u8]) -> Request {
    Request::new("POST", LOGIN)
        .header("content-type", content_type)
        .body(body)
}

#[test]
fn only_json_in_utf_8_is_taken() {
    let world = World::new();
    let good = br#"{"email":"a@example.org","password":"x"}"#;
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
    ] {
        world
            .send(raw(content_type, good))
            .expect_problem(401, "invalid_credentials");
    }
    for content_type in [
        "text/plain",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "",
        "multipart/form-data",
    ] {
        world
            .send(raw(content_type, good))
            .expect_problem(415, "unsupported_media_type");
    }
    let without = Request::new("POST", LOGIN).body(&good[..]);
    world
        .send(without)
        .expect_problem(415, "unsupported_media_type");
    for encoding in ["gzip", "br", "identity, gzip"] {
        let encoded = raw("application/json", good).header("content-encoding", encoding);
        world
            .send(encoded)
            .expect_problem(415, "unsupported_media_type");
    }
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    let world = World::new();
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let malformed: [&[u8]; 9] = [
        b"",
        b"{",
        b"\xEF\xBB\xBF{}",
        b"{} trailing",
        b"{\"email\":\"a\",\"email\":\"b\"}",
        b"{\"password\":{\"a\":1,\"a\":2}}",
        b"\xff\xfe{\x00}\x00",
        b"{'email':1}",
        deep.as_bytes(),
    ];
    for body in malformed {
        let answer = world.send(raw("application/json", body));
        answer.expect_problem(400, "malformed_json");
    }
    for body in ["null", "[]", "1", "\"x\"", "true"] {
        assert_eq!(
            world
                .send(raw("application/json", body.as_bytes()))
                .faulty(),
            [""]
        );
    }
    let many = format!("[{}1]", "1,".repeat(7_000));
    assert_eq!(
        world
            .send(raw("application/json", many.as_bytes()))
            .faulty(),
        [""]
    );
}

#[test]
fn all_faults_are_named_at_once() {
    let world = World::new();
    let body = json!({
        "email": "not an address", "name": "\u{202E}", "acceptTerms": "yes", "tokenDelivery": "pigeon",
        "baseUrl": "https://evil.example", "a/b~c": 1, "sk-ant-api03-CANARYCANARY": 1,
    });
    let answer = world.send(Request::post("/api/auth/register", &body));
    assert_eq!(
        answer.faulty(),
        [
            "/(hidden)",
            "/acceptTerms",
            "/a~1b~0c",
            "/baseUrl",
            "/email",
            "/name",
            "/password",
            "/tokenDelivery",
        ]
    );
    assert!(!answer.text().contains("CANARY"));
}

#[test]
fn a_password_that_will_not_do_says_why() {
    let world = World::new();
    let register = |password: &str| {
        let body = json!({"email": "ada@example.org", "password": password});
        world.send(Request::post("/api/auth/register", &body))
    };
    let short = register("elevenchars").expect_problem(422, "password_too_short");
    assert_eq!(short["errors"][0]["pointer"], "/password");
    register(&"long and longer ".repeat(20)).expect_problem(422, "password_too_long");
    register("latchkey latchkey 1").expect_problem(422, "password_too_weak");
    register("twelve chars").expect(201);
    register("twelve chars").expect_problem(409, "email_taken");
}

/// A JSON value of names and values that bodies have, and of others.
fn body_by_chance() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "user",
            "text",
            "image",
            "assistant",
            "system",
            "tool_result",
            "sk-ant-api03-0123456789abcdef",
            "a@example.org",
            "2026-11-22T18:00:00Z",
            "01920000-0000-7000-8000-000000000001",
            "finish",
            "body",
            "claude-sonnet-5-5",
        ])
        .prop_map(Value::from),
    ];
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "message", "content", "model", "system", "maxTokens", "temperature", "thinking", "options", "stream",
            "onDisconnect", "parentId", "apiKey", "keyId", "history", "type", "text", "role", "name", "email", "password",
            "expiresAt", "isActive", "settings", "metadata", "user_id", "id", "title", "refreshToken",
        ])
        .prop_map(str::to_owned),
        1 => ".{0,8}",
    ];
    let value = leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop_oneof![
        8 => value.prop_map(|value| value.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => "[\\[\\]{}\":,a-z0-9\\\\ ]{0,40}".prop_map(String::into_bytes),
    ]
}

#[test]
fn ten_thousand_bodies_by_chance_are_never_our_fault() {
    let world = World::new();
    let (person, key) = world.person_with_key("ada");
    let targets = [
        ("POST", "/api/chat/conversations/1/messages".to_owned()),
        ("POST", "/api/chat/conversations/1/messages".to_owned()),
        ("POST", "/api/api-keys/test".to_owned()),
        ("PUT", format!("/api/api-keys/{key}")),
        ("PATCH", "/api/me".to_owned()),
        ("POST", "/api/chat/conversations".to_owned()),
        ("POST", "/api/auth/login".to_owned()),
        ("POST", "/api/auth/refresh".to_owned()),
    ];
    let mut runner = TestRunner::new(Config {
        cases: 10_000,
        failure_persistence: None,
        ..Config::default()
    });
    let case = (prop::sample::select(targets.to_vec()), body_by_chance());
    let result = runner.run(&case, |((method, path), body)| {
        // The provider refuses every call that has no script, as a fault of its own; only our own faults count.
        let request = Request::new(method, &path)
            .header("content-type", "application/json")
            .bearer(&person.access_token)
            .body(body);
        let answer = world.send(request);
        let ours =
            answer.status >= 500 && !answer.text().contains("urn:latchkey:problem:provider_");
        prop_assert!(!ours, "{} {}", answer.status, answer.text());
        Ok(())
    });
    result.unwrap();
    world.send(Request::get("/healthz")).expect(200);
}

#[test]
fn a_lone_surrogate_is_no_text() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let chat = "/api/chat/conversations/1/messages";
    for (method, path, body, pointer) in [
        ("POST", chat, r#"{"message":"a\ud800"}"#, "/message"),
        (
            "POST",
            chat,
            r#"{"content":[{"type":"text","text":"a"},{"type":"text","text":"\udfff"}]}"#,
            "/content/1/text",
        ),
        (
            "POST",
            chat,
            r#"{"message":"a","system":"\ud800"}"#,
            "/system",
        ),
        ("PATCH", "/api/me", r#"{"name":"\ud800 Ada"}"#, "/name"),
        (
            "POST",
            "/api/chat/conversations",
            r#"{"title":"\ud800"}"#,
            "/title",
        ),
    ] {
        let request = Request::new(method, path)
            .header("content-type", "application/json")
            .bearer(&person.access_token)
            .body(body);
        let answer = world.send(request);
        assert_eq!(answer.faulty(), [pointer], "{body}");
        assert_eq!(answer.json()["errors"][0]["detail"], "must be Unicode text");
    }
    // What the model wrote goes back as it came.
    let turns = |role: &str, text: &str| {
        let body = format!(
            r#"{{"message":"a","apiKey":"{}","history":[{{"role":"user","content":"b"}},{{"role":"{role}","content":{text}}}]}}"#,
            latchkey_test_support::canaries::GIVEN_API_KEY
        );
        let request = Request::new("POST", chat).header("content-type", "application/json");
        world.send(request.body(body))
    };
    let block = r#"[{"type":"text","text":"\ud800"}]"#;
    assert_eq!(turns("user", block).faulty(), ["/history/1/content/0/text"]);
    assert_eq!(
        turns("assistant", "\"\\ud800\"").faulty(),
        ["/history/1/content"]
    );
    assert!(world.llm.calls().is_empty());
    world.will_say("ok");
    turns("assistant", block).expect(200);
    assert_eq!(
        world.llm.calls()[0].request.turns[1].content.as_str(),
        block
    );
}

#[test]
fn a_message_has_a_thousand_blocks_at_most() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let send = |body: String| {
        let request = Request::new("POST", "/api/chat/conversations/1/messages")
            .header("content-type", "application/json");
        world.send(request.bearer(&person.access_token).body(body))
    };
    let blocks = |count: usize| {
        let block = r#"{"type":"text","text":"a"}"#;
        format!("[{}]", vec![block; count].join(","))
    };
    world.will_say("ok");
    send(format!(r#"{{"content":{}}}"#, blocks(1_024))).expect(200);
    let ones = format!("[{}1]", "1,".repeat(1_000_000));
    for content in [blocks(1_025), ones] {
        let answer = send(format!(r#"{{"content":{content}}}"#));
        assert_eq!(answer.faulty(), ["/content"]);
        assert!(answer.body.len() < 1_000);
        for role in ["user", "assistant"] {
            let turn = format!(r#"{{"role":"{role}","content":{content}}}"#);
            let answer = send(format!(r#"{{"message":"a","history":[{turn}]}}"#));
            assert_eq!(answer.faulty(), ["/history/0/content"]);
        }
    }
    let wrong = format!("[{}1]", "1,".repeat(1_000));
    assert_eq!(
        send(format!(r#"{{"content":{wrong}}}"#)).faulty().len(),
        100,
        "enough is named to see what is wrong"
    );
    assert_eq!(world.llm.calls().len(), 1);
}

#[test]
fn a_passwords_length_is_named_with_all_other_faults() {
    let world = World::new();
    let register = json!({"email": "no address", "password": "short", "name": "\u{202E}"});
    let answer = world.send(Request::post("/api/auth/register", &register));
    assert_eq!(answer.faulty(), ["/email", "/name", "/password"]);
    assert!(answer.text().contains("must have at least 12 characters"));
    let long = "long ".repeat(100);
    let reset = json!({"newPassword": long});
    let answer = world.send(Request::post("/api/auth/reset", &reset));
    assert_eq!(answer.faulty(), ["/code", "/newPassword"]);
    let person = world.person("ada");
    let change = json!({"newPassword": "short", "oldPassword": "x"});
    let answer = world.post("/api/me/password", &person, &change);
    assert_eq!(answer.faulty(), ["/newPassword", "/oldPassword"]);
}

#[test]
fn parameters_that_a_route_does_not_name_are_refused() {
    let world = World::new();
    let (person, key) = world.person_with_key("ada");
    for path in [
        "/api/api-keys",
        "/api/me/sessions",
        "/api/models",
        "/api/me",
        "/api/chat/conversations",
        "/api/usage/summary",
    ] {
        world.get(path, &person).expect(200);
        let answer = world.get(&format!("{path}?colour=blue"), &person);
        assert_eq!(answer.faulty(), ["?colour"], "{path}");
    }
    let one = format!("/api/api-keys/{key}?limit=1");
    assert_eq!(world.get(&one, &person).faulty(), ["?limit"]);
    world.send(Request::get("/healthz?probe=1")).expect(200);
}

#[test]
fn the_test_of_a_stored_key_takes_nothing() {
    let world = World::new();
    let (person, key) = world.person_with_key("ada");
    let path = format!("/api/api-keys/{key}/test");
    let bare = Request::new("POST", &path).bearer(&person.access_token);
    world.send(bare).expect(200);
    world.post(&path, &person, &json!({})).expect(200);
    let checks = world.llm.checked_keys().len();
    let other = json!({"apiKey": "sk-ant-api03-0123456789abcdef"});
    assert_eq!(world.post(&path, &person, &other).faulty(), ["/apiKey"]);
    assert_eq!(world.post(&path, &person, &json!([])).faulty(), [""]);
    assert_eq!(world.llm.checked_keys().len(), checks);
}
