//! Providers that break, lie or flood.

use fake_anthropic::{ApiError, Event, Reply, When};
use latchkey_domain::llm::{LlmClient, LlmErrorKind};

use super::{
    KEY, assemble, client, failure, key, open, provider, raw_provider::RawProvider, read_all,
};

#[tokio::test]
async fn a_break_within_the_head_is_unreachable() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    for at in [0, 1, 12, 40] {
        provider.script(Reply::many(60).reset_at(at));
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
         event: message_delta\ndata: {\"type\":\"message_delta\"}\n\n\
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
        // Anybody's bomb: what it would become never matters.
        Reply::body(200, "text/event-stream", vec![b' '; 4 * 1024 * 1024]).gzip(),
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
async fn compressed_errors_and_lists_are_not_unpacked() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(Reply::error(ApiError::overloaded()).gzip());
    let error = failure(&client).await;
    assert_eq!(
        (error.kind, error.message),
        (LlmErrorKind::Overloaded, None)
    );
    let page = Reply::body(200, "application/json", vec![b' '; 4 * 1024 * 1024]).gzip();
    provider.once(When::models(), page);
    let error = client.check_key(&key(KEY)).await.unwrap_err();
    assert_eq!(error.kind, LlmErrorKind::Malformed);
}

#[tokio::test]
async fn a_line_that_never_ends_is_cut_at_sixteen_mebibytes() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(Reply::many(5).insert_after(6, Event::endless_line(100 * 1024 * 1024)));
    let mut stream = open(&client).await.unwrap();
    let (_, end) = read_all(stream.as_mut()).await;
    assert_eq!(end.unwrap_err().kind, LlmErrorKind::Malformed);
    let sent = provider.last_request().unwrap().sent_body().len();
    assert!(sent < 40 * 1024 * 1024, "{sent} bytes were taken");
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
