//! Personal access tokens, as a person makes them and their scripts use them.

use std::time::Duration;

use latchkey_domain::personal_token::{MAX_TOKENS_PER_USER, Scope};
use latchkey_test_support::canaries;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

const TOKENS: &str = "/api/me/tokens";

fn create(world: &World, person: &Person, body: &Value) -> Answer {
    world.post(TOKENS, person, body)
}

/// Whoever has this token.
fn script(token: &str) -> Person {
    Person {
        access_token: token.to_owned(),
        refresh_token: String::new(),
    }
}

fn list(world: &World, person: &Person) -> Vec<Value> {
    let list = world.get(TOKENS, person).expect(200).json();
    assert_eq!(list["nextCursor"], Value::Null);
    list["items"].as_array().unwrap().clone()
}

#[test]
fn a_token_is_shown_once() {
    let world = World::new();
    let ada = world.person("ada");
    let body = json!({
        "name": " Nightly backup ",
        "scopes": ["usage:read", "chat", "chat"],
        "expiresAt": "2099-01-01T00:00:00Z",
    });
    let answer = create(&world, &ada, &body).expect(201);
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut created = answer.json();
    let token = created.as_object_mut().unwrap().remove("token").unwrap();
    let token = token.as_str().unwrap();
    assert!(token.starts_with("lk_"));
    assert!(token.ends_with(created["hint"].as_str().unwrap().trim_start_matches('…')));
    assert_eq!(created["name"], "Nightly backup");
    assert_eq!(created["scopes"], json!(["chat", "usage:read"]));
    assert_eq!(created["expiresAt"], "2099-01-01T00:00:00.000000Z");
    assert_eq!(created["lastUsedAt"], Value::Null);
    assert_eq!(
        location,
        format!("{TOKENS}/{}", created["id"].as_str().unwrap())
    );
    assert_eq!(list(&world, &ada), [created]);
    let shown_again = world.get(TOKENS, &ada).expect(200).text();
    assert!(!shown_again.contains(&token[3..20]));
}

#[test]
fn a_script_chats_with_its_token_for_longer_than_a_session_token_lives() {
    let world = World::new();
    let (ada, _) = world.person_with_key("ada");
    let script = script(&world.token_of(&ada, &[Scope::Chat]));
    world.clock.advance(Duration::from_hours(24 * 365));
    world.will_say("Good morning");
    let path = "/api/chat/conversations/nightly/messages";
    let answer = world
        .post(path, &script, &json!({"message": "Hello"}))
        .expect(200);
    assert_eq!(answer.json()["assistantMessage"]["text"], "Good morning");
    world.get(path, &script).expect(200);
}

#[test]
fn each_faulty_field_is_named() {
    let world = World::new();
    let ada = world.person("ada");
    let cases = [
        (json!({}), vec!["/name", "/scopes"]),
        (json!({"name": "", "scopes": []}), vec!["/name", "/scopes"]),
        (
            json!({"name": "x".repeat(101), "scopes": ["chat"]}),
            vec!["/name"],
        ),
        (json!({"name": "x", "scopes": "chat"}), vec!["/scopes"]),
        (
            json!({"name": "x", "scopes": ["chat", "chat:write", 1, "admin"]}),
            vec!["/scopes/1", "/scopes/2", "/scopes/3"],
        ),
        (
            json!({"name": "x", "scopes": ["chat"], "expiresAt": "tomorrow"}),
            vec!["/expiresAt"],
        ),
        (
            json!({"name": "x", "scopes": ["chat"], "expiresAt": "2001-01-01T00:00:00Z"}),
            vec!["/expiresAt"],
        ),
        (
            json!({"name": "x", "scopes": ["chat"], "userId": "1"}),
            vec!["/userId"],
        ),
    ];
    for (body, faulty) in cases {
        let answer = create(&world, &ada, &body);
        answer.expect_problem(422, "validation_failed");
        assert_eq!(answer.faulty(), faulty, "{body}");
    }
    assert!(list(&world, &ada).is_empty());
}

#[test]
fn a_token_in_the_wrong_place_isnt_repeated() {
    let world = World::new();
    let ada = world.person("ada");
    let token = world.token_of(&ada, &Scope::ALL);
    let body = json!({"name": "x", "scopes": ["chat"], token.clone(): true});
    let answer = create(&world, &ada, &body);
    answer.expect_problem(422, "validation_failed");
    assert!(!answer.text().contains(&token[3..20]));
}

#[test]
fn a_token_makes_and_deletes_no_tokens() {
    let world = World::new();
    let ada = world.person("ada");
    let script = script(&world.token_of(&ada, &Scope::ALL));
    let body = json!({"name": "more", "scopes": ["chat"]});
    create(&world, &script, &body).expect_problem(403, "session_required");
    let id = list(&world, &ada)[0]["id"].clone();
    let path = format!("{TOKENS}/{}", id.as_str().unwrap());
    let delete = |by: &Person| world.send(Request::new("DELETE", &path).bearer(&by.access_token));
    delete(&script).expect_problem(403, "session_required");
    delete(&ada).expect(204);
    delete(&ada).expect_problem(404, "not_found");
    world
        .get("/api/api-keys", &script)
        .expect_problem(401, "unauthenticated");
}

#[test]
fn somebody_elses_token_is_as_absent_as_one_that_never_was() {
    let world = World::new();
    let ada = world.person("ada");
    let eve = world.person("eve");
    world.token_of(&ada, &Scope::ALL);
    let id = list(&world, &ada)[0]["id"].as_str().unwrap().to_owned();
    let answers = [
        id.as_str(),
        "01920000-0000-7000-8000-0000000000aa",
        "not-an-id",
    ]
    .map(|id| {
        let path = format!("{TOKENS}/{id}");
        let answer = world.send(Request::new("DELETE", &path).bearer(&eve.access_token));
        answer.expect_problem(404, "not_found");
        answer.without_request_id().2
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(list(&world, &ada).len(), 1);
}

#[test]
fn the_most_tokens_are_a_conflict_that_says_what_to_do() {
    let world = World::new();
    let ada = world.person("ada");
    for _ in 0..MAX_TOKENS_PER_USER {
        world.token_of(&ada, &[Scope::Chat]);
    }
    let body = json!({"name": "one more", "scopes": ["chat"]});
    let problem = create(&world, &ada, &body).expect_problem(409, "too_many_tokens");
    assert!(problem["detail"].as_str().unwrap().contains("delete one"));
}

#[test]
fn a_new_password_keeps_the_tokens_unless_it_is_told_not_to() {
    let world = World::new();
    let ada = world.person("ada");
    let script = script(&world.token_of(&ada, &[Scope::KeysRead]));
    let body = json!({"newPassword": format!("{} one", canaries::PASSWORD)});
    let changed = world.post("/api/me/password", &ada, &body).expect(200);
    world.get("/api/api-keys", &script).expect(200);
    let ada = Person::of(&changed);
    let body = json!({
        "newPassword": format!("{} two", canaries::PASSWORD),
        "deleteTokens": true,
    });
    world.post("/api/me/password", &ada, &body).expect(200);
    world
        .get("/api/api-keys", &script)
        .expect_problem(401, "unauthenticated");
}

#[test]
fn a_reset_deletes_the_tokens_unless_it_is_told_not_to() {
    for keep in [true, false] {
        let world = World::new();
        let ada = world.person("ada");
        let script = script(&world.token_of(&ada, &[Scope::KeysRead]));
        let accounts = world.application.accounts.clone();
        let email = latchkey_domain::user::Email::parse("ada@example.org").unwrap();
        let (code, _) = World::wait(async move { accounts.start_reset(&email).await.unwrap() });
        let mut body = json!({
            "code": code.expose(),
            "newPassword": format!("{} one", canaries::PASSWORD),
        });
        if keep {
            body["keepTokens"] = json!(true);
        }
        world
            .send(Request::post("/api/auth/reset", &body))
            .expect(204);
        let expected = if keep { 200 } else { 401 };
        assert_eq!(world.get("/api/api-keys", &script).status, expected);
    }
}

#[test]
fn a_pasted_token_is_no_api_key() {
    let world = World::new();
    let ada = world.person("ada");
    let token = world.token_of(&ada, &Scope::ALL);
    let body = json!({"apiKey": token, "name": "oops"});
    let answer = world.post("/api/api-keys", &ada, &body);
    answer.expect_problem(400, "invalid_api_key_format");
    assert!(!answer.text().contains(&token[3..20]));
}
