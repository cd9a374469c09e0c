//! Providers that break, lie or flood.

use fake_anthropic::{Event, Reply};
use latchkey_domain::llm::{EventKind, LlmErrorKind};

use super::{assemble, client, failure, open, provider, raw_provider::RawProvider, read_all};

/// The answer that is cut, and its text.
fn answer() -> (Reply, String) {
    (Reply::many(60), super::words(60))
}

#[tokio::test]
async fn a_connection_that_breaks_anywhere_leaves_an_exact_prefix() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let (reply, text) = answer();
    provider.script(reply.clone());
    read_all(open(&client).await.unwrap().as_mut())
        .await
        .1
        .unwrap();
    let length = provider.last_request().unwrap().sent_body().len();
    for part in 0..50 {
        let at = part * length / 50;
        for cut in [
            reply.clone().reset_in_body_at(at),
            reply.clone().close_in_body_at(at),
        ] {
            provider.script(cut.separate_writes());
            let mut stream = match open(&client).await {
                Ok(stream) => stream,
                Err(error) => {
                    assert_eq!(error.kind, LlmErrorKind::Unreachable, "at {at}");
                    continue;
                }
            };
            let (events, end) = read_all(stream.as_mut()).await;
            assert_eq!(end.unwrap_err().kind, LlmErrorKind::Interrupted, "at {at}");
            assert!(
                events
                    .iter()
                    .all(|event| event.kind != EventKind::MessageStop)
            );
            let partial = assemble(&events);
            assert!(!partial.complete);
            assert!(text.starts_with(&partial.text), "at {at}: {}", partial.text);
        }
    }
}

#[tokio::test]
async fn a_break_within_the_head_is_unreachable() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    for at in [0, 1, 12, 40] {
        provider.script(answer().0.reset_at(at));
        assert_eq!(
            failure(&client).await.kind,
            LlmErrorKind::Unreachable,
            "at {at}"
        );
    }
}

#[tokio::test]
async fn an_end_without_the_last_event_is_no_end() {
    let provider = RawProvider::answering(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
         event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\n\
         event: message_stop\ndata: {\"type\":\"message_stop\"}\n",
    )
    .await;
    let mut stream = open(&client(&provider.base_url())).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(events.len(), 1);
    assert_eq!(end.unwrap_err().kind, LlmErrorKind::Interrupted);
}

#[tokio::test]
async fn a_stream_without_events_is_no_answer() {
    for body in ["", ": only a comment\n\n", "\n\n\n"] {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length";
        let provider =
            RawProvider::answering(&format!("{head}: {}\r\n\r\n{body}", body.len())).await;
        let error = failure(&client(&provider.base_url())).await;
        assert_eq!(error.kind, LlmErrorKind::Unreachable);
    }
}

#[tokio::test]
async fn what_is_no_event_stream_is_malformed() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    for reply in [
        Reply::text("zipped").gzip(),
        Reply::body(200, "application/json", "{}"),
        Reply::body(
            200,
            "text/html",
            "<html>Please sign in to this network</html>",
        ),
    ] {
        provider.script(reply);
        assert_eq!(failure(&client).await.kind, LlmErrorKind::Malformed);
    }
}

#[tokio::test]
async fn what_is_no_http_is_unreachable() {
    let provider = RawProvider::answering("220 smtp.example ESMTP\r\n").await;
    let error = failure(&client(&provider.base_url())).await;
    assert_eq!(error.kind, LlmErrorKind::Unreachable);
}

#[tokio::test]
async fn an_endless_event_is_cut() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(Reply::events(vec![Event::endless_line(64 * 1024 * 1024)]));
    assert_eq!(failure(&client).await.kind, LlmErrorKind::Malformed);

    provider.script(Reply::many(5).insert_after(6, Event::huge_delta(17 * 1024 * 1024)));
    let mut stream = open(&client).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(end.unwrap_err().kind, LlmErrorKind::Malformed);
    assert_eq!(events.len(), 6);
    assert!(provider.wait_until_open_streams(0, super::LONG).await);
}

#[tokio::test]
async fn a_large_event_is_taken() {
    let provider = provider().await;
    let size = 12 * 1024 * 1024;
    provider.script(Reply::text("").insert_after(2, Event::huge_delta(size)));
    let mut stream = open(&client(&provider.base_url())).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(end, Ok(()));
    assert!(assemble(&events).text.len() >= size);
}

#[tokio::test]
async fn every_redirect_is_an_error_and_leads_nowhere() {
    let (provider, elsewhere) = (provider().await, provider().await);
    let client = client(&provider.base_url());
    let location = format!("{}/v1/messages", elsewhere.base_url());
    for status in [301, 302, 303, 307, 308] {
        provider.script(Reply::redirect(status, &location));
        assert_eq!(
            failure(&client).await.kind,
            LlmErrorKind::Redirected,
            "{status}"
        );
    }
    assert_eq!(elsewhere.counts().connections, 0);
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let provider = provider().await;
    let base_url = provider.base_url();
    provider.stop().await;
    let error = failure(&client(&base_url)).await;
    assert_eq!(error.kind, LlmErrorKind::Unreachable);
    assert!(!format!("{error:?}").contains("127.0.0.1"));
}
