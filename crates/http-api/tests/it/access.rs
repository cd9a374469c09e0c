//! Every route of the table against every kind of caller.

use latchkey_http_api::routes::{ROUTES, Route};
use serde_json::json;

use crate::{
    client::{Answer, Request},
    world::World,
};

/// The route with every parameter filled in by something that nobody has.
fn address(route: &Route) -> String {
    route
        .path
        .replace("{id}", "01920000-0000-7000-8000-0000000000aa")
        .replace("{messageId}", "01920000-0000-7000-8000-0000000000bb")
        .replace("{file}", "latchkey.css")
}

fn request(route: &Route) -> Request {
    let request = Request::new(route.method.as_str(), &address(route));
    if route.takes.is_some() {
        request.json(&json!({}))
    } else {
        request
    }
}

fn code(answer: &Answer) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    Some(body["code"].as_str()?.to_owned())
}

#[test]
fn nobody_gets_where_only_the_signed_in_may() {
    let world = World::new();
    for route in ROUTES.iter() {
        let answer = world.send(request(route));
        let place = format!("{} {}", route.method, route.path);
        match route.access.name() {
            "signed_in" => {
                answer.expect_problem(401, "unauthenticated");
                assert!(answer.header("www-authenticate").is_some(), "{place}");
            }
            "refresh_token" => assert_eq!(answer.status, 401, "{place}"),
            // The body is empty; with a good one the use case asks for a key.
            "signed_in_or_given_key" => assert_eq!(answer.status, 422, "{place}"),
            "public" | "public_or_signed_in" => {
                let expected = if route.takes.is_some() { 422 } else { 200 };
                assert_eq!(answer.status, expected, "{place}: {}", answer.text());
            }
            other => panic!("no expectation for {other}"),
        }
    }
}

#[test]
fn a_bad_token_is_nobodys_whatever_else_is_there() {
    let world = World::new();
    let expired = {
        let person = world.person("early");
        world.clock.advance(std::time::Duration::from_mins(16));
        person.access_token
    };
    let person = world.person("ada");
    let long = format!("Bearer {}", "a".repeat(9 * 1024));
    let expired = format!("Bearer {expired}");
    let refresh = format!("Bearer {}", person.refresh_token);
    let basic = format!("Basic {}", person.access_token);
    let bad: [&[u8]; 9] = [
        b"Bearer ' OR 1=1 --",
        b"Bearer \xff\xfe",
        b"Bearer",
        b"Bearer lk_0000000000000000",
        b"Bearer a b",
        long.as_bytes(),
        expired.as_bytes(),
        refresh.as_bytes(),
        basic.as_bytes(),
    ];
    for route in ROUTES.iter() {
        for value in bad {
            let answer = world.send(request(route).header("authorization", value));
            let place = format!(
                "{} {} {:?}",
                route.method,
                route.path,
                String::from_utf8_lossy(value)
            );
            match route.access.name() {
                "signed_in" | "public_or_signed_in" | "signed_in_or_given_key" => {
                    assert_eq!(answer.status, 401, "{place}");
                    assert_eq!(code(&answer).as_deref(), Some("unauthenticated"), "{place}");
                }
                "refresh_token" => assert_eq!(answer.status, 401, "{place}"),
                _ => assert_ne!(answer.status, 401, "{place}"),
            }
        }
        let twice = request(route)
            .bearer(&person.access_token)
            .bearer(&person.access_token);
        if route.access.name() == "signed_in" {
            world.send(twice).expect_problem(401, "unauthenticated");
        }
    }
}

#[test]
fn a_good_token_opens_what_is_for_the_signed_in() {
    let world = World::new();
    for (at, route) in ROUTES.iter().enumerate() {
        // Some routes end the session, so each gets a person of its own.
        let person = world.person(&format!("person{at}"));
        let answer = world.send(request(route).bearer(&person.access_token));
        // An access token is no refresh token; signing out takes either.
        let is_refused = route.path == "/api/auth/refresh";
        assert_eq!(
            answer.status == 401,
            is_refused,
            "{} {}",
            route.method,
            route.path
        );
        assert!(answer.status < 500, "{} {}", route.method, route.path);
    }
}

#[test]
fn no_other_header_says_who_somebody_is() {
    let world = World::new();
    let person = world.person("ada");
    let me = world.get("/api/me", &person).expect(200).json();
    let id = me["id"].as_str().unwrap();
    for (name, value) in [
        ("x-api-key", person.access_token.as_str()),
        ("x-user-id", id),
        ("x-forwarded-user", "ada@example.org"),
        ("remote-user", "ada@example.org"),
        ("x-auth-token", person.access_token.as_str()),
        (
            "cookie",
            &format!(
                "access={}; latchkey-rt={}",
                person.access_token, person.refresh_token
            ),
        ),
        ("x-original-url", "/healthz"),
    ] {
        let answer = world.send(Request::get("/api/me").header(name, value));
        answer.expect_problem(401, "unauthenticated");
    }
    let by_query = format!("/api/me?access_token={}", person.access_token);
    world
        .send(Request::get(&by_query))
        .expect_problem(401, "unauthenticated");
}

#[test]
fn a_store_that_is_down_makes_nobody_of_anybody() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    world.store.faults().fail_everything();
    let chat = "/api/chat/conversations/1/messages";
    for answer in [
        world.get("/api/me", &person),
        world.post(
            chat,
            &person,
            &json!({"message": "hi", "apiKey": "sk-ant-api03-0123456789abcdef"}),
        ),
    ] {
        answer.expect_problem(503, "store_unavailable");
        assert!(answer.header("retry-after").is_some());
    }
    assert!(world.llm.calls().is_empty());
}
