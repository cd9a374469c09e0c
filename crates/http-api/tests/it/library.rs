//! Pins and the search.

use serde_json::{Value, json};

use crate::world::{Person, World};

const LIST: &str = "/api/chat/conversations";

fn listed(world: &World, person: &Person, query: &str) -> Vec<Value> {
    let page = world.get(&format!("{LIST}?{query}"), person).expect(200);
    page.json()["items"].as_array().unwrap().clone()
}

fn ids(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

fn send(world: &World, person: &Person, conversation: &str, text: &str, answer: &str) -> Value {
    world.will_say(answer);
    let path = format!("{LIST}/{conversation}/messages");
    let sent = world.post(&path, person, &json!({"message": text}));
    sent.expect(200).json()
}

#[test]
fn pinned_conversations_are_a_list_of_their_own() {
    let world = World::new();
    let person = world.person("ada");
    for id in ["a", "b", "c"] {
        world.clock.advance(std::time::Duration::from_secs(1));
        let made = world.post(LIST, &person, &json!({"id": id})).expect(201);
        assert_eq!(made.json()["pinned"], false);
    }
    let before = world.get(&format!("{LIST}/a"), &person).expect(200).json();
    world.clock.advance(std::time::Duration::from_secs(1));
    let pinned = world
        .call(
            "PATCH",
            &format!("{LIST}/a"),
            &person,
            &json!({"pinned": true}),
        )
        .expect(200)
        .json();
    assert_eq!(pinned["pinned"], true);
    assert_eq!(pinned["updatedAt"], before["updatedAt"], "it moves nowhere");
    assert_eq!(ids(&listed(&world, &person, "pinned=true")), ["a"]);
    assert_eq!(ids(&listed(&world, &person, "pinned=false")), ["c", "b"]);
    assert_eq!(ids(&listed(&world, &person, "")), ["c", "b", "a"]);
    for body in [json!({"pinned": null}), json!({"pinned": "yes"})] {
        let refused = world.call("PATCH", &format!("{LIST}/a"), &person, &body);
        assert_eq!(refused.faulty(), ["/pinned"]);
    }
    let refused = world.get(&format!("{LIST}?pinned=1&q=x"), &person);
    assert_eq!(refused.faulty(), ["?pinned"]);
}

#[test]
fn a_search_says_where_and_shows_what() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let sent = send(
        &world,
        &person,
        "trip",
        "Where to in Zürich?",
        "To the\nGrossmünster.",
    );
    world.clock.advance(std::time::Duration::from_secs(1));
    send(&world, &person, "other", "Hello", "Good day");
    let found = listed(&world, &person, "q=GROSSMUNSTER");
    assert_eq!(ids(&found), ["trip"]);
    let hit = &found[0]["found"];
    assert_eq!(hit["messageId"], sent["assistantMessage"]["id"]);
    let expected = json!([
        {"text": "To the ", "hit": false}, {"text": "Grossmünster", "hit": true}, {"text": ".", "hit": false}
    ]);
    assert_eq!(hit["snippet"], expected);
    assert_eq!(ids(&listed(&world, &person, "q=zur")), ["trip"]);
    assert_eq!(
        ids(&listed(&world, &person, "q=%20")).len(),
        2,
        "nothing is asked for"
    );
    assert_eq!(listed(&world, &person, "")[0]["found"], Value::Null);
    let eve = world.person("eve");
    assert_eq!(ids(&listed(&world, &eve, "q=zurich")), [""; 0]);
    world
        .call("DELETE", &format!("{LIST}/trip"), &person, &json!({}))
        .expect(204);
    assert_eq!(ids(&listed(&world, &person, "q=zurich")), [""; 0]);
}

#[test]
fn a_search_has_pages_and_limits() {
    let world = World::new();
    let person = world.person("ada");
    for at in 0..5 {
        let body = json!({"id": format!("c{at}"), "title": format!("note {at}")});
        world.post(LIST, &person, &body).expect(201);
        world.clock.advance(std::time::Duration::from_secs(1));
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{LIST}?q=note&limit=2{cursor}");
        let page = world.get(&path, &person).expect(200).json();
        seen.extend(
            ids(page["items"].as_array().unwrap())
                .into_iter()
                .map(str::to_owned),
        );
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["c4", "c3", "c2", "c1", "c0"]);
    let long = "x".repeat(201);
    for query in [format!("q={long}"), "q=%00".to_owned()] {
        assert_eq!(
            world.get(&format!("{LIST}?{query}"), &person).faulty(),
            ["?q"]
        );
    }
}

#[test]
fn a_temporary_conversation_stands_in_no_list_until_it_is_kept() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let address = format!("{LIST}/secret");
    world.will_say("Under the oak.");
    let body = json!({"message": "Where is the treasure?", "temporary": true});
    world
        .post(&format!("{address}/messages"), &person, &body)
        .expect(200);
    let read = world.get(&address, &person).expect(200).json();
    assert_eq!(read["temporary"], true);
    let seen = || {
        let export = world.get("/api/me/export", &person).expect(200);
        [
            listed(&world, &person, "limit=10").len(),
            listed(&world, &person, "q=treasure").len(),
            usize::from(export.text().contains("treasure")),
        ]
    };
    assert_eq!(seen(), [0, 0, 0]);
    world
        .post(&format!("{address}/shares"), &person, &json!({}))
        .expect_problem(409, "conversation_temporary");

    let patch = |body: Value| world.call("PATCH", &address, &person, &body);
    let refused = patch(json!({"temporary": true})).expect_problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["pointer"], "/temporary");
    let kept = patch(json!({"temporary": false})).expect(200).json();
    assert_eq!(kept["temporary"], false);
    assert_eq!(seen(), [1, 1, 1]);

    let made = world.post(LIST, &person, &json!({"id": "other", "temporary": true}));
    assert_eq!(made.expect(201).json()["temporary"], true);
    assert_eq!(listed(&world, &person, "limit=10").len(), 1);
}
