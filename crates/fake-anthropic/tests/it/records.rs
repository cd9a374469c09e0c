//! What is recorded, and how a fake starts and stops.

use std::time::Duration;

use fake_anthropic::{Config, Ended, FakeAnthropic, Reply};
use tokio::net::TcpStream;

use crate::bodies::{ask, streamed};
use crate::client::{Client, KEY, Request};

const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_request_is_recorded_as_it_came() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let body = ask("hi");
    let request = Request::post("/v1/messages?beta=true", &body).header("X-Odd", "Ünusual");
    let answer = request.to(&fake).await;
    let recorded = fake.last_request().unwrap();
    assert_eq!((recorded.number, recorded.connection), (1, 1));
    assert_eq!(
        (recorded.method.as_str(), recorded.path.as_str()),
        ("POST", "/v1/messages")
    );
    assert_eq!(recorded.query.as_deref(), Some("beta=true"));
    assert_eq!(recorded.key.as_deref(), Some(KEY));
    assert_eq!(recorded.header("x-odd"), Some("Ünusual"));
    assert!(
        recorded
            .headers
            .contains(&("X-Odd".to_owned(), "Ünusual".to_owned()))
    );
    assert_eq!(recorded.body, body.to_string());
    assert_eq!(recorded.json(), body);
    assert_eq!(recorded.status(), Some(200));
    assert_eq!(
        recorded.request_id().as_deref(),
        answer.header("request-id")
    );
    assert_eq!(recorded.sent_body(), answer.body);
    assert!(
        fake.wait_until(SOON, |counts| counts.open_streams == 0)
            .await
    );
    assert_eq!(recorded.ended(), Some(Ended::Complete));
}

#[tokio::test]
async fn what_was_sent_is_recorded_without_its_framing() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let answer = Request::messages(&streamed("hi")).to(&fake).await;
    assert_eq!(fake.last_request().unwrap().sent_body(), answer.body);
}

#[tokio::test]
async fn refused_requests_are_recorded_and_routes_told_apart() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    Request::get("/v1/models")
        .key("sk-ant-api03-INVALID-x")
        .to(&fake)
        .await;
    Request::messages(&ask("hi")).to(&fake).await;
    assert_eq!(fake.requests().len(), 2);
    assert_eq!(fake.message_requests().len(), 1);
    assert_eq!(fake.requests()[0].status(), Some(401));
    fake.forget_requests();
    assert!(fake.requests().is_empty());
    assert_eq!(fake.counts().requests, 2);
}

#[tokio::test]
async fn waiting_ends_with_the_request() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let request = Request::messages(&ask("hi"));
    let ((), answer) = tokio::join!(fake.wait_for_requests(1), request.to(&fake));
    assert_eq!(answer.status, 200);
    assert!(
        !fake
            .wait_until_open_streams(7, Duration::from_millis(20))
            .await
    );
}

#[tokio::test]
async fn nothing_is_kept_where_nothing_shall_be() {
    let fake = FakeAnthropic::start(Config::without_records())
        .await
        .unwrap();
    Request::messages(&ask("hi")).to(&fake).await;
    assert!(fake.last_request().is_none());
    assert_eq!(fake.counts().message_requests, 1);
}

#[tokio::test]
async fn a_stopped_fake_cuts_its_connections_and_frees_its_port() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let address = fake.address();
    let mut client = Client::connect(&fake).await;
    client
        .send(&Request::messages(&streamed("[[stall after 4]]")).bytes())
        .await;
    client.read_until("content_block_delta").await;
    fake.stop().await;
    let received = client
        .read_to_end()
        .await
        .unwrap_or_else(|received| received);
    assert!(!received.ends_with(b"0\r\n\r\n"));
    assert!(TcpStream::connect(address).await.is_err());
    let again = FakeAnthropic::start(Config {
        listen: address,
        ..Config::default()
    })
    .await
    .unwrap();
    assert_eq!(Request::messages(&ask("hi")).to(&again).await.status, 200);
}

#[tokio::test]
async fn a_dropped_fake_stops_too() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut client = Client::connect(&fake).await;
    assert!(fake.wait_until_open_connections(1, SOON).await);
    drop(fake);
    assert_eq!(client.read_to_end().await.unwrap(), b"");
}

#[tokio::test]
async fn a_fake_on_its_own_thread_serves_other_runtimes() {
    let fake = std::thread::spawn(|| FakeAnthropic::start_on_thread(Config::default()).unwrap())
        .join()
        .unwrap();
    fake.script(Reply::text("from another thread"));
    let answer = Request::messages(&ask("hi")).to(&fake).await;
    assert_eq!(answer.json()["content"][0]["text"], "from another thread");
    fake.wait_for_requests(1).await;
    fake.stop().await;
}
