//! Conversations: made, listed, changed, deleted; and nobody else's.

use serde_json::{Value, json};

use crate::world::World;

const LIST: &str = "/api/chat/conversations";

#[test]
fn a_conversation_is_made_changed_and_deleted() {
    let world = World::new();
    let (person, key) = world.person_with_key("ada");
    let body = json!({"id": "trip_2026", "title": "A trip", "model": "claude-sonnet-5-5", "system": "Be brief.", "keyId": key});
    let made = world.post(LIST, &person, &body).expect(201);
    assert_eq!(
        made.header("location"),
        Some("/api/chat/conversations/trip_2026")
    );
    let view = made.json();
    for name in ["id", "title", "model", "system", "keyId"] {
        assert_eq!(view[name], body[name], "{name}");
    }
    world
        .post(LIST, &person, &body)
        .expect_problem(409, "conversation_exists");
    let own_id = world.post(LIST, &person, &json!({})).expect(201).json();
    assert_eq!(own_id["id"].as_str().unwrap().len(), 36);
    let one = "/api/chat/conversations/trip_2026";
    let changed = world
        .call(
            "PATCH",
            one,
            &person,
            &json!({"title": "Renamed", "keyId": null}),
        )
        .expect(200)
        .json();
    assert_eq!(
        (&changed["title"], &changed["keyId"], &changed["system"]),
        (&json!("Renamed"), &Value::Null, &json!("Be brief."))
    );
    assert_eq!(world.get(one, &person).expect(200).json(), changed);
    world.call("DELETE", one, &person, &json!({})).expect(204);
    world
        .get(one, &person)
        .expect_problem(410, "conversation_deleted");
    world
        .post(
            &format!("{one}/messages"),
            &person,
            &json!({"message": "hi"}),
        )
        .expect_problem(410, "conversation_deleted");
    world
        .post(LIST, &person, &body)
        .expect_problem(410, "conversation_deleted");
}

#[test]
fn lists_come_in_pages_bound_to_their_reader() {
    let world = World::new();
    let person = world.person("ada");
    let eve = world.person("eve");
    for at in 0..5 {
        world
            .post(
                LIST,
                &person,
                &json!({"id": format!("c{at}"), "title": format!("Title {at}")}),
            )
            .expect(201);
        world.clock.advance(std::time::Duration::from_secs(1));
    }
    let first = world
        .get(&format!("{LIST}?limit=2"), &person)
        .expect(200)
        .json();
    let ids = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&first), ["c4", "c3"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = world
        .get(&format!("{LIST}?limit=2&cursor={cursor}"), &person)
        .expect(200)
        .json();
    assert_eq!(ids(&second), ["c2", "c1"]);
    let cursor = second["nextCursor"].as_str().unwrap();
    let last = world
        .get(&format!("{LIST}?limit=2&cursor={cursor}"), &person)
        .expect(200)
        .json();
    assert_eq!(
        (ids(&last), &last["nextCursor"]),
        (vec!["c0".to_owned()], &Value::Null)
    );
    assert_eq!(
        world.get(&format!("{LIST}?cursor={cursor}"), &eve).faulty(),
        ["?cursor"],
        "it is somebody else's"
    );
    for query in ["limit=0", "limit=-1", "limit=x", "limit=", "limit=1.5"] {
        assert_eq!(
            world.get(&format!("{LIST}?{query}"), &person).faulty(),
            ["?limit"],
            "{query}"
        );
    }
    for query in ["cursor=x", "cursor=%00", "cursor="] {
        assert_eq!(
            world.get(&format!("{LIST}?{query}"), &person).faulty(),
            ["?cursor"],
            "{query}"
        );
    }
    assert_eq!(
        world
            .get(&format!("{LIST}?limit=0&cursor=x&offset=1"), &person)
            .faulty(),
        ["?cursor", "?limit", "?offset"]
    );
    let all = world
        .get(&format!("{LIST}?limit=1000000000"), &person)
        .expect(200)
        .json();
    assert_eq!(ids(&all).len(), 5, "more than a page is a page");
    let found = world
        .get(&format!("{LIST}?q=TITLE%203"), &person)
        .expect(200)
        .json();
    assert_eq!(ids(&found), ["c3"]);
    assert_eq!(
        ids(&world
            .get(&format!("{LIST}?q=%25"), &person)
            .expect(200)
            .json()),
        [""; 0]
    );
}

#[test]
fn somebody_elses_conversation_is_no_conversation() {
    let world = World::new();
    let (ada, _) = world.person_with_key("ada");
    world.will_say("secret");
    let sent = world
        .post(
            &format!("{LIST}/mine/messages"),
            &ada,
            &json!({"message": "hi"}),
        )
        .expect(200)
        .json();
    let answer = sent["assistantMessage"]["id"].as_str().unwrap();
    let eve = world.person("eve");
    for (method, sub, body) in [
        ("GET", String::new(), Value::Null),
        ("PATCH", String::new(), json!({"title": "mine now"})),
        ("DELETE", String::new(), Value::Null),
        ("GET", "/messages".to_owned(), Value::Null),
        ("POST", format!("/messages/{answer}/stop"), Value::Null),
    ] {
        let [theirs, none] = ["mine", "nobodys"].map(|id| {
            let request = crate::client::Request::new(method, &format!("{LIST}/{id}{sub}"))
                .bearer(&eve.access_token);
            let request = if body.is_null() {
                request
            } else {
                request.json(&body)
            };
            world.send(request)
        });
        theirs.expect_problem(404, "not_found");
        assert_eq!(
            theirs.without_request_id(),
            none.without_request_id(),
            "{method} {sub}"
        );
    }
    // The same id is a conversation of her own.
    let made = world
        .post(LIST, &eve, &json!({"id": "mine"}))
        .expect(201)
        .json();
    assert_eq!(made["title"], Value::Null);
    let stop = format!("{LIST}/mine/messages/{answer}/stop");
    world
        .call("POST", &stop, &eve, &json!({}))
        .expect_problem(404, "not_found");
}
