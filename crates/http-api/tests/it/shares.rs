//! Links: for anybody who has one, to what was there, until they end.

use latchkey_domain::rate_limit::LimitName;
use latchkey_test_support::canaries;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

const LIST: &str = "/api/chat/conversations";

fn send(world: &World, person: &Person, body: &Value, answer: &str) -> Value {
    world.will_say(answer);
    let path = format!("{LIST}/trip/messages");
    world.post(&path, person, body).expect(200).json()
}

fn share(world: &World, person: &Person, body: &Value) -> Value {
    let path = format!("{LIST}/trip/shares");
    world.post(&path, person, body).expect(201).json()
}

/// As somebody without an account would.
fn open(world: &World, share: &Value) -> Answer {
    let token = share["token"].as_str().unwrap();
    world.send(Request::get(&format!("/api/shared/{token}")))
}

fn texts(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let items = body["items"].as_array().unwrap().iter();
    items
        .map(|item| item["text"].as_str().unwrap().to_owned())
        .collect()
}

fn shared_trip() -> (World, Person, Value) {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let made = json!({"id": "trip", "title": "A trip", "system": "CANARY system prompt"});
    world.post(LIST, &person, &made).expect(201);
    let message = json!({"content": [
        {"type": "text", "text": "Where to?"},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "CANARY in a file"}},
    ]});
    send(&world, &person, &message, "To the lake.");
    let link = share(&world, &person, &json!({}));
    (world, person, link)
}

#[test]
fn a_link_shows_what_was_there_and_nothing_of_the_account() {
    let (world, person, link) = shared_trip();
    let id = link["id"].as_str().unwrap();
    assert_eq!(link["conversationId"], "trip");
    assert!(link["token"].as_str().unwrap().len() >= 43);
    let answer = open(&world, &link).expect(200);
    let shown = answer.json();
    assert_eq!(shown["title"], "A trip");
    assert_eq!(texts(&answer), ["Where to?", "To the lake."]);
    assert_eq!(shown["items"][0]["leftOut"], json!(["document"]));
    assert_eq!(shown["nextCursor"], Value::Null);
    for (header, value) in [
        ("x-robots-tag", "noindex, nofollow, noarchive"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.header(header), Some(value));
    }
    let me = world.get("/api/me", &person).json();
    let mine = ["id", "email", "name"].map(|member| me[member].as_str().unwrap().to_owned());
    let text = answer.text();
    for private in mine.iter().map(String::as_str).chain([
        "CANARY",
        "My key",
        "usage",
        "cost",
        id,
        canaries::API_KEY,
    ]) {
        assert!(!text.contains(private), "{private} in {text}");
    }
}

#[test]
fn a_link_shows_later_messages_only_when_refreshed() {
    let (world, person, link) = shared_trip();
    send(&world, &person, &json!({"message": "And then?"}), "Home.");
    world
        .call(
            "PATCH",
            &format!("{LIST}/trip"),
            &person,
            &json!({"title": "Another title"}),
        )
        .expect(200);
    assert_eq!(texts(&open(&world, &link)).len(), 2);
    assert_eq!(open(&world, &link).json()["title"], "A trip");
    world.clock.advance(std::time::Duration::from_secs(1));
    let one = format!("/api/chat/shares/{}", link["id"].as_str().unwrap());
    let changed = world
        .call("PATCH", &one, &person, &json!({"refresh": true}))
        .expect(200)
        .json();
    assert_ne!(changed["updatedAt"], link["updatedAt"]);
    assert_eq!(changed.get("token"), None);
    assert_eq!(
        texts(&open(&world, &link)),
        ["Where to?", "To the lake.", "And then?", "Home."]
    );
    assert_eq!(open(&world, &link).json()["title"], "Another title");
    // An edit is another branch: the link goes on showing its own.
    send(
        &world,
        &person,
        &json!({"message": "Edited", "parentId": null}),
        "Other.",
    );
    assert_eq!(texts(&open(&world, &link)).len(), 4);
}

#[test]
fn a_link_ends_by_its_owner_by_time_and_with_its_conversation() {
    let (world, person, link) = shared_trip();
    let later = |seconds| {
        let at = latchkey_domain::system::Clock::now(world.clock.as_ref());
        at.plus(std::time::Duration::from_secs(seconds)).to_string()
    };
    let short = share(&world, &person, &json!({"expiresAt": later(60)}));
    let third = share(&world, &person, &json!({"expiresAt": null}));
    let listed = world.get("/api/chat/shares", &person).expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    assert!(!listed.to_string().contains(link["token"].as_str().unwrap()));
    let one = format!("/api/chat/shares/{}", link["id"].as_str().unwrap());
    world.call("DELETE", &one, &person, &json!({})).expect(204);
    world
        .call("DELETE", &one, &person, &json!({}))
        .expect_problem(404, "not_found");
    let ended = open(&world, &link);
    ended.expect_problem(404, "not_found");
    assert_eq!(
        ended.header("x-robots-tag"),
        Some("noindex, nofollow, noarchive")
    );
    open(&world, &short).expect(200);
    world.clock.advance(std::time::Duration::from_mins(1));
    open(&world, &short).expect_problem(404, "not_found");
    let again = format!("/api/chat/shares/{}", short["id"].as_str().unwrap());
    let past = world.call("PATCH", &again, &person, &json!({"expiresAt": later(0)}));
    assert_eq!(past.faulty(), ["/expiresAt"]);
    world
        .call("PATCH", &again, &person, &json!({"expiresAt": null}))
        .expect(200);
    open(&world, &short).expect(200);
    world
        .call("DELETE", &format!("{LIST}/trip"), &person, &json!({}))
        .expect(204);
    for link in [&short, &third] {
        open(&world, link).expect_problem(404, "not_found");
    }
    let listed = world.get("/api/chat/shares", &person).expect(200).json();
    assert_eq!(listed["items"], json!([]));
}

#[test]
fn links_are_their_owners_alone() {
    let (world, _, link) = shared_trip();
    let eve = world.person("eve");
    let none = "00000000-0000-7000-8000-000000000000";
    for (method, body) in [("PATCH", json!({"refresh": true})), ("DELETE", json!({}))] {
        let [theirs, unknown] = [link["id"].as_str().unwrap(), none]
            .map(|id| world.call(method, &format!("/api/chat/shares/{id}"), &eve, &body));
        theirs.expect_problem(404, "not_found");
        assert_eq!(theirs.without_request_id(), unknown.without_request_id());
    }
    let theirs = world.post(&format!("{LIST}/trip/shares"), &eve, &json!({}));
    theirs.expect_problem(404, "not_found");
    let listed = world.get("/api/chat/shares", &eve).expect(200).json();
    assert_eq!(listed["items"], json!([]));
    open(&world, &link).expect(200);
}

#[test]
fn what_cant_be_shown_yet_cant_be_shared() {
    let world = World::new();
    let person = world.person("ada");
    world
        .post(LIST, &person, &json!({"id": "trip"}))
        .expect(201);
    let path = format!("{LIST}/trip/shares");
    world
        .post(&path, &person, &json!({}))
        .expect_problem(409, "nothing_to_share");
    let body = json!({"expiresAt": "2001-01-01T00:00:00Z", "public": true});
    assert_eq!(world.post(&path, &person, &body).faulty(), ["/public"]);
    world
        .call("DELETE", &format!("{LIST}/trip"), &person, &json!({}))
        .expect(204);
    world
        .post(&path, &person, &json!({}))
        .expect_problem(410, "conversation_deleted");
}

#[test]
fn guessing_links_is_limited_and_tells_nothing() {
    let (world, _, link) = shared_trip();
    let token = link["token"].as_str().unwrap();
    let wrong = token.replace(|c: char| c.is_ascii_digit(), "a");
    for text in ["x", &wrong, &format!("{token}0"), &token[1..]] {
        world
            .send(Request::get(&format!("/api/shared/{text}")))
            .expect_problem(404, "not_found");
    }
    let refused = world.send(Request::get(&format!("/api/shared/{token}?cursor=-1")));
    assert_eq!(refused.faulty(), ["?cursor"]);
    world.limiter.set_max(LimitName::SharedReads, 2);
    open(&world, &link).expect(200);
    open(&world, &link).expect(200);
    let limited = open(&world, &link);
    limited.expect_problem(429, "rate_limited");
    assert_eq!(
        limited
            .header("retry-after")
            .map(|text| text.parse::<u32>().is_ok()),
        Some(true)
    );
}

#[test]
fn a_long_conversation_is_shared_in_pages() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    for at in 0..40 {
        send(
            &world,
            &person,
            &json!({"message": format!("{at}")}),
            "Yes.",
        );
    }
    let link = share(&world, &person, &json!({}));
    let first = open(&world, &link).expect(200);
    let mut seen = texts(&first);
    let mut next = first.json()["nextCursor"].clone();
    assert!(seen.len() < 80);
    while let Some(cursor) = next.as_str() {
        let token = link["token"].as_str().unwrap();
        let page = world
            .send(Request::get(&format!(
                "/api/shared/{token}?cursor={cursor}"
            )))
            .expect(200);
        seen.extend(texts(&page));
        next = page.json()["nextCursor"].clone();
    }
    let expected: Vec<String> = (0..40)
        .flat_map(|at| [format!("{at}"), "Yes.".to_owned()])
        .collect();
    assert_eq!(seen, expected);
}
