//! Faults: every one happens where it was told to, and a client that leaves is noticed.

use std::time::Duration;

use fake_anthropic::{ApiError, Config, Ended, Event, FakeAnthropic, Gate, Reply};
use serde_json::{Value, json};

use crate::bodies::{ask, streamed};
use crate::client::{Client, KEY, Request};

const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_reset_comes_at_its_byte_and_is_a_reset() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for byte in [0, 1, 17, 400, 1_500, 2_000] {
        fake.script(Reply::text("some words that nobody will see to their end").reset_at(byte));
        let mut client = Client::connect(&fake).await;
        client
            .send(&Request::messages(&streamed("hi")).bytes())
            .await;
        let received = client.read_to_end().await.unwrap_err();
        assert_eq!(received.len(), byte);
    }
}

#[tokio::test]
async fn a_close_comes_at_its_byte_of_the_body() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for byte in [0, 1, 100, 700] {
        fake.script(
            Reply::text("some words that nobody will see to their end").close_in_body_at(byte),
        );
        let mut client = Client::connect(&fake).await;
        client
            .send(&Request::messages(&streamed("hi")).bytes())
            .await;
        let received = String::from_utf8(client.read_to_end().await.unwrap()).unwrap();
        let (_, body) = received.split_once("\r\n\r\n").unwrap();
        let last = fake.last_request().unwrap();
        assert_eq!(last.sent_body().len(), byte);
        assert_eq!(last.ended(), Some(Ended::Closed));
        assert!(!body.contains("message_stop"));
        assert!(
            !body.ends_with("0\r\n\r\n"),
            "the end of the chunked body must be missing"
        );
    }
}

#[tokio::test]
async fn a_json_answer_can_be_cut_too() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::text("some words").close_in_body_at(40));
    let mut client = Client::connect(&fake).await;
    client.send(&Request::messages(&ask("hi")).bytes()).await;
    let received = client.read_to_end().await.unwrap();
    let head = received
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    assert_eq!(received.len() - head, 40);
}

#[tokio::test]
async fn a_stall_lasts_until_the_gate_opens() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let gate = Gate::new();
    fake.script(Reply::many(5).stall_after(4, &gate));
    let mut client = Client::connect(&fake).await;
    client
        .send(&Request::messages(&streamed("hi")).bytes())
        .await;
    let so_far = client.read_until("word0").await;
    assert!(!so_far.contains("word1"));
    assert!(client.is_silent().await);
    assert_eq!(fake.open_streams(), 1);
    gate.release();
    assert_eq!(
        client.answer().await.text(),
        "word0 word1 word2 word3 word4 "
    );
    assert!(fake.wait_until_open_streams(0, SOON).await);
}

#[tokio::test]
async fn a_hang_sends_not_even_headers() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let gate = Gate::new();
    fake.script(Reply::text("late").hang(&gate));
    let mut client = Client::connect(&fake).await;
    client.send(&Request::messages(&ask("hi")).bytes()).await;
    assert!(client.is_silent().await);
    assert_eq!(fake.open_streams(), 1);
    gate.release();
    assert_eq!(client.answer().await.json()["content"][0]["text"], "late");
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed_wherever_the_answer_waits() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let waits: [(&str, Reply); 5] = [
        ("before the headers", Reply::text("x").hang(&Gate::new())),
        (
            "after the headers",
            Reply::text("x").stall_after(0, &Gate::new()),
        ),
        (
            "within the stream",
            Reply::many(9).stall_after(5, &Gate::new()),
        ),
        (
            "between slow deltas",
            Reply::many(9).pace(Duration::from_mins(1)),
        ),
        (
            "between single bytes",
            Reply::many(9).drip(Duration::from_mins(1)),
        ),
    ];
    for (number, (place, reply)) in (1..).zip(waits) {
        fake.script(reply);
        let mut client = Client::connect(&fake).await;
        client
            .send(&Request::messages(&streamed("hi")).bytes())
            .await;
        fake.wait_for_message_requests(number).await;
        assert_eq!(fake.open_streams(), 1);
        drop(client);
        assert!(fake.wait_until_open_streams(0, SOON).await, "{place}");
        assert!(fake.wait_until_open_connections(0, SOON).await, "{place}");
        assert_eq!(
            fake.last_request().unwrap().ended(),
            Some(Ended::ClientLeft),
            "{place}"
        );
        assert_eq!(fake.counts().abandoned, number);
    }
}

#[tokio::test]
async fn a_client_that_leaves_with_its_buffers_full_is_noticed() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::text("x").insert_after(4, Event::endless_line(100_000_000)));
    let mut client = Client::connect(&fake).await;
    client
        .send(&Request::messages(&streamed("hi")).bytes())
        .await;
    client.read_until("xxxx").await;
    drop(client);
    assert!(fake.wait_until_open_streams(0, SOON).await);
}

#[tokio::test]
async fn many_silent_streams_close_with_their_clients() {
    let fake = FakeAnthropic::start(Config::without_records())
        .await
        .unwrap();
    let request = Request::messages(&streamed("[[stall after 4]]")).bytes();
    let mut clients = Vec::new();
    for _ in 0..200 {
        let mut client = Client::connect(&fake).await;
        client.send(&request).await;
        clients.push(client);
    }
    assert!(fake.wait_until_open_streams(200, SOON).await);
    drop(clients);
    assert!(fake.wait_until_open_streams(0, SOON).await);
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_drip_arrives_whole() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::pieces(["a"]).drip(Duration::from_micros(1)));
    assert_eq!(
        Request::messages(&ask("hi")).to(&fake).await.json()["content"][0]["text"],
        "a"
    );
}

#[tokio::test]
async fn an_error_event_ends_the_stream() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::many(9).error_after(5, ApiError::overloaded()));
    let answer = Request::messages(&streamed("hi")).to(&fake).await;
    assert_eq!(answer.status, 200);
    let events = answer.events();
    assert_eq!(events.len(), 6);
    let (name, data) = &events[5];
    assert_eq!(name, "error");
    assert_eq!(
        data["error"],
        json!({ "details": null, "type": "overloaded_error", "message": "Overloaded" })
    );
    assert_eq!(data["request_id"].as_str(), answer.header("request-id"));
}

#[tokio::test]
async fn a_malformed_event_is_followed_by_good_ones() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::text("a b").insert_after(3, Event::malformed()));
    let body = String::from_utf8(Request::messages(&streamed("hi")).to(&fake).await.body).unwrap();
    let datas = body.lines().filter_map(|line| line.strip_prefix("data: "));
    assert_eq!(
        datas
            .filter(|data| serde_json::from_str::<Value>(data).is_err())
            .count(),
        1
    );
    assert!(body.contains("message_stop"));
}

#[tokio::test]
async fn huge_events_have_their_size() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(Reply::pieces(["a"]).insert_after(4, Event::huge_delta(300_000)));
    assert_eq!(
        Request::messages(&streamed("hi"))
            .to(&fake)
            .await
            .text()
            .len(),
        300_001
    );
    fake.script(Reply::events(vec![Event::endless_line(300_000)]));
    let body = Request::messages(&streamed("hi")).to(&fake).await.body;
    let body = String::from_utf8(body).unwrap();
    assert_eq!(body.matches('x').count(), 300_000);
    assert_eq!(body.matches('\n').count(), 1);
}

#[tokio::test]
async fn every_documented_error_has_its_envelope() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for (status, kind, retry) in [
        (400, "invalid_request_error", "false"),
        (401, "authentication_error", "false"),
        (402, "billing_error", "false"),
        (403, "permission_error", "false"),
        (404, "not_found_error", "false"),
        (408, "timeout_error", "true"),
        (409, "conflict_error", "true"),
        (413, "request_too_large", "false"),
        (429, "rate_limit_error", "true"),
        (500, "api_error", "true"),
        (503, "api_error", "true"),
        (504, "timeout_error", "true"),
        (529, "overloaded_error", "true"),
    ] {
        fake.script(Reply::status(status));
        let answer = Request::messages(&ask("hi")).to(&fake).await;
        assert_eq!(
            (answer.status, answer.error_type().as_str()),
            (status, kind)
        );
        assert_eq!(answer.header("x-should-retry"), Some(retry));
    }
    fake.script(ApiError::rate_limited(3).header("x-should-retry", "false"));
    let answer = Request::messages(&ask("hi")).to(&fake).await;
    assert_eq!(
        (
            answer.header("retry-after"),
            answer.header("x-should-retry")
        ),
        (Some("3"), Some("false"))
    );
}

#[tokio::test]
async fn an_error_may_echo_the_key() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    fake.script(ApiError::echoing_the_key());
    assert!(
        Request::messages(&ask("hi"))
            .to(&fake)
            .await
            .error_message()
            .contains(KEY)
    );
    let error = ApiError::new(529, "overloaded_error", "busy with {key}");
    fake.script(Reply::many(3).error_after(4, error));
    let body = String::from_utf8(Request::messages(&streamed("hi")).to(&fake).await.body).unwrap();
    assert!(body.contains(KEY));
}

#[tokio::test]
async fn other_bodies_redirects_gzip_and_raw_answers() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let request = Request::messages(&ask("hi"));
    fake.script(Reply::body(502, "text/html", "<html>Bad gateway</html>"));
    let answer = request.to(&fake).await;
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (502, b"<html>Bad gateway</html>".as_slice())
    );
    for status in [301, 302, 303, 307, 308] {
        fake.script(Reply::redirect(status, "http://elsewhere.invalid/"));
        let answer = request.to(&fake).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (status, Some("http://elsewhere.invalid/"))
        );
    }
    fake.script(Reply::text("zipped").gzip().header("x-extra", "1"));
    let answer = request.to(&fake).await;
    assert_eq!(
        (answer.header("content-encoding"), answer.header("x-extra")),
        (Some("gzip"), Some("1"))
    );
    assert_eq!(answer.body[..2], [0x1F, 0x8B]);
    fake.script(Reply::raw("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"));
    let mut client = Client::connect(&fake).await;
    client.send(&request.bytes()).await;
    assert_eq!(
        client.read_to_end().await.unwrap(),
        b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"
    );
}
