//! The HTTP underneath: framing of requests, limits, connections.

use fake_anthropic::{Config, FakeAnthropic};

use crate::bodies::ask;
use crate::client::{Client, KEY, Request};

fn head(more: &str) -> String {
    format!(
        "POST /v1/messages HTTP/1.1\r\nhost: fake\r\nx-api-key: {KEY}\r\nanthropic-version: 2026-10-21\r\n\
         content-type: application/json\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn a_body_may_come_in_chunks_and_slowly() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let body = ask("in pieces").to_string();
    let mut bytes = head("transfer-encoding: chunked\r\n").into_bytes();
    for piece in body.as_bytes().chunks(7) {
        bytes.extend_from_slice(format!("{:x};ext=1\r\n", piece.len()).as_bytes());
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\ntrailer: x\r\n\r\n");
    let mut client = Client::connect(&fake).await;
    for piece in bytes.chunks(11) {
        client.send(piece).await;
    }
    assert_eq!(
        client.answer().await.json()["content"][0]["text"],
        "You said: in pieces"
    );
    assert_eq!(fake.last_request().unwrap().body, body);
    // The connection is still in step.
    assert_eq!(
        client.request(&Request::get("/v1/models")).await.status,
        200
    );
}

#[tokio::test]
async fn requests_may_be_sent_ahead() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut client = Client::connect(&fake).await;
    let mut bytes = Request::messages(&ask("[[slow 5ms]] one")).bytes();
    bytes.extend(Request::messages(&ask("two")).bytes());
    client.send(&bytes).await;
    for text in ["You said: one", "You said: two"] {
        assert_eq!(client.answer().await.json()["content"][0]["text"], text);
    }
}

#[tokio::test]
async fn a_large_body_waits_for_the_go_ahead() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let body = ask("politely").to_string();
    let mut client = Client::connect(&fake).await;
    client
        .send(
            head(&format!(
                "expect: 100-continue\r\ncontent-length: {}\r\n",
                body.len()
            ))
            .as_bytes(),
        )
        .await;
    client.read_until("HTTP/1.1 100 Continue\r\n\r\n").await;
    client.send(body.as_bytes()).await;
    client.read_until("You said: politely").await;
}

#[tokio::test]
async fn ambiguous_framing_is_refused_and_the_connection_closed() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for more in [
        "content-length: 2\r\ntransfer-encoding: chunked\r\n",
        "content-length: 2\r\ncontent-length: 3\r\n",
        "content-length: +2\r\n",
        "transfer-encoding: xchunked\r\n",
    ] {
        let mut client = Client::connect(&fake).await;
        client.send(format!("{}{{}}", head(more)).as_bytes()).await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.status, answer.header("connection")),
            (400, Some("close")),
            "{more}"
        );
        assert_eq!(client.read_to_end().await.unwrap(), b"");
    }
    let mut client = Client::connect(&fake).await;
    client.send(b"not http at all\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 400);
}

#[tokio::test]
async fn more_than_32_megabytes_are_too_much() {
    let api = FakeAnthropic::start(Config::default()).await.unwrap();
    let edge = FakeAnthropic::start(Config {
        edge_refuses_large_bodies: true,
        ..Config::default()
    })
    .await
    .unwrap();
    let too_much = head(&format!("content-length: {}\r\n", 32 * 1024 * 1024 + 1));
    let mut client = Client::connect(&api).await;
    client.send(too_much.as_bytes()).await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.status, answer.error_type().as_str()),
        (413, "request_too_large")
    );
    let mut client = Client::connect(&edge).await;
    client.send(too_much.as_bytes()).await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (413, Some("text/html"))
    );
    assert!(answer.body.starts_with(b"<html>"));
}

#[tokio::test]
async fn a_client_may_ask_to_close() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut client = Client::connect(&fake).await;
    let answer = client
        .request(&Request::get("/v1/models").header("connection", "close"))
        .await;
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(client.read_to_end().await.unwrap(), b"");
}
