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
