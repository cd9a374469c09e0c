//! Every route of the table against every kind of caller.

use std::sync::Arc;

use latchkey_domain::personal_token::{PersonalTokens, Scope};
use latchkey_http_api::routes::{ROUTES, Route};
use latchkey_test_support::memory::{MemoryPersonalTokens, system::SeededRandomness};
use serde_json::json;

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

/// The route with every parameter filled in by something that nobody has.
fn address(route: &Route) -> String {
    if let Some(file) = file_of_the_app(route) {
        return file;
    }
    route
        .path
        .replace("{id}", "01920000-0000-7000-8000-0000000000aa")
        .replace("{messageId}", "01920000-0000-7000-8000-0000000000bb")
        .replace("{file}", "latchkey.css")
}

/// One that there is: these addresses change with each release.
fn file_of_the_app(route: &Route) -> Option<String> {
    let depth = |path: &str| path.matches('/').count();
    let mut files = latchkey_web::paths().filter(|path| path.starts_with("/assets/app-"));
    let is_one = route.path.starts_with("/assets/{release}/");
    is_one.then(|| files.find(|path| depth(path) == depth(route.path)))?
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
            "signed_in" | "scoped" => {
                answer.expect_problem(401, "unauthenticated");
                assert!(answer.header("www-authenticate").is_some(), "{place}");
            }
            "refresh_token" => assert_eq!(answer.status, 401, "{place}"),
            // The body is empty; with a good one the use case asks for a key.
            "signed_in_or_given_key" => assert_eq!(answer.status, 422, "{place}"),
            "public" | "public_or_signed_in" => {
                let expected = match route.path {
                    // Whoever has a link gets in; this is none.
                    "/api/shared/{token}" => 404,
                    _ if route.takes.is_some() => 422,
                    _ => 200,
                };
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
    let token = world.token_of(&person, &Scope::ALL);
    let mistyped = format!("Bearer {}", mistype(&token));
    let unknown = format!("Bearer {}", unknown_token());
    let deleted = format!("Bearer {}", deleted_token(&world, &person));
    let bad: [&[u8]; 12] = [
        b"Bearer ' OR 1=1 --",
        b"Bearer \xff\xfe",
        b"Bearer",
        b"Bearer lk_0000000000000000",
        mistyped.as_bytes(),
        unknown.as_bytes(),
        deleted.as_bytes(),
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
                "signed_in" | "scoped" | "public_or_signed_in" | "signed_in_or_given_key" => {
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
        if matches!(route.access.name(), "signed_in" | "scoped") {
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

/// What a personal access token of one scope opens: what names this scope, and nothing of the account itself.
#[test]
fn a_personal_token_opens_what_its_scope_names_and_nothing_else() {
    let world = World::new();
    let person = world.person("ada");
    for scope in Scope::ALL {
        let token = world.token_of(&person, &[scope]);
        for route in ROUTES.iter() {
            let answer = world.send(request(route).bearer(&token));
            let place = format!("{} {} with {scope}", route.method, route.path);
            let is_logout = route.path == "/api/auth/logout";
            match (route.access.name(), route.access.scope()) {
                ("signed_in", None) => {
                    answer.expect_problem(403, "session_required");
                }
                ("refresh_token", None) if is_logout => {
                    answer.expect_problem(403, "session_required");
                }
                ("refresh_token", None) => assert_eq!(answer.status, 401, "{place}"),
                ("public", None) => assert!(answer.status < 500, "{place}"),
                (_, Some(needed)) if needed == scope => {
                    assert!(![401, 403].contains(&answer.status), "{place}");
                    assert!(answer.status < 500, "{place}: {}", answer.text());
                }
                (_, Some(needed)) => {
                    let problem = answer.expect_problem(403, "insufficient_scope");
                    assert_eq!(problem["requiredScope"], needed.as_str(), "{place}");
                    let challenge = answer.header("www-authenticate").unwrap();
                    assert!(challenge.contains(needed.as_str()), "{place}: {challenge}");
                }
                (other, None) => panic!("no expectation for {other}"),
            }
        }
    }
}

/// Written by hand, so that a scope that is named wrongly in the table is seen.
#[test]
fn each_scope_is_for_the_addresses_that_its_name_says() {
    for route in ROUTES.iter() {
        let method = route.method.as_str();
        let expected = match route.path {
            "/api/models" => Some(Scope::Chat),
            path if path.starts_with("/api/chat/") => Some(Scope::Chat),
            path if path.starts_with("/api/api-keys") && method == "GET" => Some(Scope::KeysRead),
            path if path.starts_with("/api/api-keys") => Some(Scope::KeysWrite),
            path if path.starts_with("/api/usage/") => Some(Scope::UsageRead),
            path if path.starts_with("/api/auth/") || path.starts_with("/api/me") => None,
            "/api/shared/{token}" | "/api/server" => None,
            path if !path.starts_with("/api/") => None,
            path => panic!("no expectation for {method} {path}"),
        };
        assert_eq!(route.access.scope(), expected, "{method} {}", route.path);
    }
}

/// The last character of the checksum is another.
fn mistype(token: &str) -> String {
    let (start, last) = token.split_at(token.len() - 1);
    format!("{start}{}", if last == "0" { "1" } else { "0" })
}

/// A token of the right form, of another server.
fn unknown_token() -> String {
    let maker = MemoryPersonalTokens::new(Arc::new(SeededRandomness::new(77)));
    maker.generate().unwrap().secret.expose().to_owned()
}

fn deleted_token(world: &World, person: &Person) -> String {
    let token = world.token_of(person, &Scope::ALL);
    let list = world.get("/api/me/tokens", person).expect(200).json();
    let path = format!(
        "/api/me/tokens/{}",
        list["items"][0]["id"].as_str().unwrap()
    );
    world
        .send(Request::new("DELETE", &path).bearer(&person.access_token))
        .expect(204);
    token
}

#[test]
fn no_other_header_says_who_somebody_is() {
    let world = World::new();
    let person = world.person("ada");
    let me = world.get("/api/me", &person).expect(200).json();
    let id = me["id"].as_str().unwrap();
    let token = world.token_of(&person, &Scope::ALL);
    let keys = "/api/api-keys";
    for (name, value) in [
        ("x-api-key", token.clone()),
        ("x-auth-token", token.clone()),
        ("cookie", format!("latchkey-rt={token}; token={token}")),
        ("authorization", token.clone()),
        ("authorization", format!("Basic {token}")),
        ("authorization", format!("Token {token}")),
    ] {
        let answer = world.send(Request::get(keys).header(name, value));
        answer.expect_problem(401, "unauthenticated");
    }
    let by_query = format!("{keys}?access_token={token}&token={token}");
    let answer = world.send(Request::get(&by_query));
    answer.expect_problem(401, "unauthenticated");
    let by_bearer = Request::get(keys).header("authorization", format!("bearer {token}"));
    world.send(by_bearer).expect(200);
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
