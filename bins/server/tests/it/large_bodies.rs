//! A body made to fill the memory is refused without filling it.

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::{Method, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::{database::Database, installation::Installation, person::Person};

const PATH: &str = "/api/chat/conversations/1/messages";
/// Twice what the largest route takes, and a little.
const TOO_LARGE: usize = 65 * 1024 * 1024;
/// So much more memory, in KiB, may be held at once.
const RISE: u64 = 100 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_are_too_large_cost_little_memory() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation =
        Installation::new(Database::Sqlite, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let before = server.highest_memory();

    // Declared, many at once: nothing is set aside for them. Then one that doesn't say how large it is.
    let mut senders = JoinSet::new();
    for _ in 0..16 {
        let length = format!("content-length: {TOO_LARGE}");
        senders.spawn(send_until_refused(server.url(), length));
    }
    let mut answers = senders.join_all().await;
    let chunked = "transfer-encoding: chunked".to_owned();
    answers.push(send_until_refused(server.url(), chunked).await);
    for answer in answers {
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
    // Small on the line and huge in memory.
    let million = format!("{{\"content\":[{}1]}}", "1,".repeat(1_000_000));
    let deep = "[".repeat(1_000_000);
    for (body, status) in [
        (million, StatusCode::UNPROCESSABLE_ENTITY),
        (deep, StatusCode::BAD_REQUEST),
    ] {
        let request = ada.request(Method::POST, PATH).body(body);
        let answer = request
            .header("content-type", "application/json")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status);
    }
    let packed = ada
        .request(Method::POST, PATH)
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(vec![0x1f, 0x8b, 8, 0])
        .send()
        .await
        .unwrap();
    assert_eq!(packed.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);

    let rise = server.highest_memory() - before;
    assert!(rise < RISE, "{rise} KiB");
    server.stop().await;
}

/// Sends a body until the server doesn't take more of it; returns what it said.
async fn send_until_refused(url: String, length: String) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let connection = TcpStream::connect(address).await.unwrap();
    let (mut from, mut to) = connection.into_split();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n{length}\r\n\r\n"
    );
    let sending = tokio::spawn(async move {
        let size = 1024 * 1024;
        let chunk = format!("{size:x}\r\n{}\r\n", " ".repeat(size));
        // The server may close before all of it is sent.
        let _ = to.write_all(head.as_bytes()).await;
        for _ in 0..TOO_LARGE / size {
            if to.write_all(chunk.as_bytes()).await.is_err() {
                break;
            }
        }
    });
    let mut answer = Vec::new();
    let _reset = from.read_to_end(&mut answer).await;
    sending.abort();
    String::from_utf8_lossy(&answer).into_owned()
}
