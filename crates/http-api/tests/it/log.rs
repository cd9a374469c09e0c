//! What the log has of a request, and what it hasn't.

use latchkey_test_support::{
    canaries::{self, Canaries},
    captured_log::CapturedLog,
};
use serde_json::json;

use crate::{client::Request, world::World};

#[test]
fn a_request_is_one_line_without_what_it_said() {
    let log = CapturedLog::of_the_process();
    let world = World::new();
    let (person, _) = world.person_with_key("ada");
    let me = world.get("/api/me", &person).expect(200).json();
    let listed = world.get("/api/chat/conversations?q=CANARY-in-a-query", &person);
    let id = listed
        .expect(200)
        .header("x-request-id")
        .unwrap()
        .to_owned();
    let lines = log.lines_with(&id);
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in [
        "method=\"GET\"",
        "route=\"/api/chat/conversations\"",
        "status=200",
        "duration_ms=",
        me["id"].as_str().unwrap(),
    ] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(!log.text().contains("CANARY-in-a-query"));

    let body = json!({"message": canaries::ANONYMOUS_TEXT, "apiKey": canaries::GIVEN_API_KEY});
    world.will_say("ok");
    world
        .send(Request::post("/api/chat/conversations/1/messages", &body))
        .expect(200);
    let mut secrets = Canaries::new();
    // What stands before the seal are ids, which the log may have.
    for token in [&person.access_token, &person.refresh_token] {
        let (_, seal) = token.rsplit_once('.').unwrap();
        secrets.watch("a token", seal);
    }
    log.assert_without(&secrets);
}

#[test]
fn a_fault_inside_is_told_to_the_log_alone_with_its_cause() {
    let log = CapturedLog::of_the_process();
    let world = World::new();
    let person = world.person("ada");
    world.store.faults().fail_always("list_api_keys");
    let answer = world.get("/api/api-keys", &person);
    answer.expect_problem(503, "store_unavailable");
    assert!(!answer.text().contains("the test wants it so"));
    let lines = log.lines_with(answer.header("x-request-id").unwrap());
    assert_eq!(lines.len(), 2, "the cause, and the request: {lines:?}");
    assert!(
        lines[0].contains("the store is unavailable: the test wants it so"),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains("status=503"), "{}", lines[1]);
}

#[test]
fn a_client_that_leaves_is_a_line_too() {
    let log = CapturedLog::of_the_process();
    let world = World::new();
    let mut pause = world.store.faults().pause("find_user_by_email");
    let body = json!({"email": "ada@example.org", "password": "whatever it is"});
    let before = log.lines_with("status=499").len();
    let connection = Request::post("/api/auth/login", &body).open(world.address);
    World::wait(pause.reached(1));
    drop(connection);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while log.lines_with("status=499").len() <= before {
        assert!(std::time::Instant::now() < deadline, "the line is written");
        std::thread::yield_now();
    }
    pause.end();
}
