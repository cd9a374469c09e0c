//! Exports: whole, lossless, without keys.

use latchkey_test_support::canaries;
use serde_json::{Value, json};

use crate::{
    client::Request,
    world::{Person, World},
};

const LIST: &str = "/api/chat/conversations";

fn send(world: &World, person: &Person, conversation: &str, body: &Value, answer: &str) -> Value {
    world.will_say(answer);
    let path = format!("{LIST}/{conversation}/messages");
    world.post(&path, person, body).expect(200).json()
}

/// A title that wants to be a path, a branch that is hidden, and one that is shown.
fn world_with_a_tree() -> (World, Person, Vec<Value>) {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let made =
        json!({"id": "trip", "title": "../Zürich: \"2026\"", "system": "Be brief.\nAnd kind."});
    world.post(LIST, &person, &made).expect(201);
    let hidden = json!({"message": "Where to?"});
    let hidden = send(&world, &person, "trip", &hidden, "To the lake.");
    world.will_say("# Hills\n\n*Many.*");
    let shown = r#"{"parentId": null, "content": [
        {"type": "text", "text": "And here?", "of_tomorrow": [1.50, {"a": null}]},
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    ]}"#;
    let shown = Request::new("POST", &format!("{LIST}/trip/messages"))
        .header("content-type", "application/json")
        .bearer(&person.access_token)
        .body(shown);
    let shown = world.send(shown).expect(200).json();
    (world, person, vec![hidden, shown])
}

#[test]
fn json_has_every_branch_as_it_came() {
    let (world, person, sent) = world_with_a_tree();
    let answer = world
        .get(&format!("{LIST}/trip/export"), &person)
        .expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"Z_rich 2026.json\"; filename*=UTF-8''Z%C3%BCrich%202026.json")
    );
    let file = answer.json();
    assert_eq!(file["format"], "latchkey.conversation");
    assert_eq!(file["conversation"]["system"], "Be brief.\nAnd kind.");
    let messages = file["messages"].as_array().unwrap();
    let expected: Vec<&Value> = sent
        .iter()
        .flat_map(|turn| [&turn["userMessage"], &turn["assistantMessage"]])
        .collect();
    assert_eq!(messages.len(), 4);
    for (message, expected) in messages.iter().zip(expected) {
        for member in [
            "id",
            "parentId",
            "role",
            "content",
            "text",
            "status",
            "usage",
            "createdAt",
        ] {
            assert_eq!(message[member], expected[member], "{member}");
        }
        assert_eq!(message.get("key"), None);
    }
    assert!(answer.text().contains("1.50"), "verbatim");
    assert!(!answer.text().contains(canaries::API_KEY));
}

#[test]
fn markdown_has_the_branch_that_is_shown() {
    let (world, person, _) = world_with_a_tree();
    let answer = world
        .get(&format!("{LIST}/trip/export?format=markdown"), &person)
        .expect(200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .contains(".md")
    );
    let text = answer.text();
    assert!(
        text.starts_with("# ../Zürich: \"2026\"\n\n*Exported "),
        "{text}"
    );
    assert!(text.contains("> Be brief.\n> And kind.\n"), "{text}");
    assert!(text.contains("And here?\n*[Image: link]*\n"), "{text}");
    assert!(text.contains("# Hills\n\n*Many.*\n"), "{text}");
    assert!(text.contains("## Claude (claude-sonnet-5-5) · "), "{text}");
    assert!(!text.contains("lake"), "another branch: {text}");
}

#[test]
fn exports_are_their_owners_alone() {
    let (world, person, _) = world_with_a_tree();
    let eve = world.person("eve");
    let [theirs, none] =
        ["trip", "nobodys"].map(|id| world.get(&format!("{LIST}/{id}/export"), &eve));
    theirs.expect_problem(404, "not_found");
    assert_eq!(theirs.without_request_id(), none.without_request_id());
    let refused = world.get(&format!("{LIST}/trip/export?format=pdf"), &person);
    assert_eq!(refused.faulty(), ["?format"]);
    world
        .call("DELETE", &format!("{LIST}/trip"), &person, &json!({}))
        .expect(204);
    world
        .get(&format!("{LIST}/trip/export"), &person)
        .expect_problem(410, "conversation_deleted");
}

#[test]
fn a_long_conversation_goes_out_in_parts() {
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let text = "word ".repeat(60_000);
    for _ in 0..10 {
        send(
            &world,
            &person,
            "long",
            &json!({"message": text}),
            "So long!",
        );
    }
    let file = world
        .get(&format!("{LIST}/long/export"), &person)
        .expect(200);
    assert_eq!(file.header("transfer-encoding"), Some("chunked"));
    let messages = file.json()["messages"].as_array().unwrap().len();
    assert_eq!(messages, 20);
}

#[test]
fn an_account_is_exported_whole_with_the_password_fresh() {
    let (world, person, _) = world_with_a_tree();
    for at in 0..60 {
        world
            .post(LIST, &person, &json!({"id": format!("c{at}")}))
            .expect(201);
    }
    let token = world.token_of(&person, &[latchkey_domain::personal_token::Scope::Chat]);
    let answer = world.get("/api/me/export", &person).expect(200);
    let file = answer.json();
    assert_eq!(file["account"]["email"], "ada@example.org");
    assert_eq!(file["apiKeys"][0]["name"], "My key");
    assert_eq!(file["personalTokens"][0]["name"], "a script");
    let conversations = file["conversations"].as_array().unwrap();
    assert_eq!(conversations.len(), 61);
    let trip = conversations
        .iter()
        .find(|one| one["conversation"]["id"] == "trip");
    assert_eq!(trip.unwrap()["messages"].as_array().unwrap().len(), 4);
    for secret in [canaries::API_KEY, canaries::PASSWORD, &token] {
        assert!(!answer.text().contains(secret));
    }
    world.clock.advance(std::time::Duration::from_secs(301));
    world
        .get("/api/me/export", &person)
        .expect_problem(403, "reauthentication_required");
}
