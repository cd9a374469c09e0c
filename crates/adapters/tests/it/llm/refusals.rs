//! Errors that the provider documents.

use std::time::Duration;

use fake_anthropic::{ApiError, Event, Gate, Reply};
use latchkey_domain::llm::{EventKind, LlmClient, LlmErrorKind, ModelId};

use tokio::time::timeout;

use super::{KEY, LONG, client, failure, key, open, provider, read_all, request};

#[tokio::test]
async fn every_status_has_its_kind() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    for (reply, kind) in [
        (Reply::status(400), LlmErrorKind::RefusedRequest),
        (Reply::status(401), LlmErrorKind::InvalidKey),
        (Reply::status(402), LlmErrorKind::CreditExhausted),
        (Reply::status(403), LlmErrorKind::PermissionDenied),
        (Reply::status(404), LlmErrorKind::RefusedRequest),
        (Reply::status(408), LlmErrorKind::Timeout),
        (Reply::status(409), LlmErrorKind::RefusedRequest),
        (Reply::status(413), LlmErrorKind::RequestTooLarge),
        (Reply::status(422), LlmErrorKind::RefusedRequest),
        (Reply::status(429), LlmErrorKind::RateLimited),
        (Reply::status(500), LlmErrorKind::Failure),
        (Reply::status(502), LlmErrorKind::Failure),
        (Reply::status(503), LlmErrorKind::Failure),
        (Reply::status(504), LlmErrorKind::Timeout),
        (Reply::status(529), LlmErrorKind::Overloaded),
        (ApiError::no_credit().into(), LlmErrorKind::CreditExhausted),
        (
            ApiError::spend_cap().into(),
            LlmErrorKind::SpendLimitReached,
        ),
        (
            ApiError::not_found("model: claude-does-not-exist").into(),
            LlmErrorKind::ModelNotFound,
        ),
        (
            ApiError::invalid_request("prompt is too long: 3333404 tokens > 200000 maximum").into(),
            LlmErrorKind::PromptTooLong,
        ),
        (
            ApiError::too_large_from_the_edge().into(),
            LlmErrorKind::RequestTooLarge,
        ),
    ] {
        let described = format!("{reply:?}");
        provider.script(reply.unchecked());
        let error = failure(&client).await;
        assert_eq!(error.kind, kind, "{described}");
        let exchange = provider.last_request().unwrap();
        assert_eq!(error.request_id, exchange.request_id(), "{described}");
    }
    assert_eq!(
        provider.counts().message_requests,
        20,
        "nothing is tried twice"
    );
}

#[tokio::test]
async fn an_unknown_model_is_told_apart() {
    let provider = provider().await;
    let mut asked = request("Hello");
    asked.model = ModelId::parse("claude-does-not-exist").unwrap();
    let client = client(&provider.base_url());
    let error = client.open(&key(KEY), &asked).await.err().unwrap();
    assert_eq!(error.kind, LlmErrorKind::ModelNotFound);
}

#[tokio::test]
async fn the_provider_says_when_to_come_again() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(ApiError::rate_limited(16));
    let error = failure(&client).await;
    assert_eq!(error.retry_after, Some(Duration::from_secs(16)));
    assert_eq!(error.should_retry, Some(true));

    provider.script(ApiError::overloaded().header("retry-after-ms", "250"));
    let error = failure(&client).await;
    assert_eq!(error.retry_after, Some(Duration::from_millis(250)));

    provider.script(ApiError::spend_cap().header("x-should-retry", "false"));
    let error = failure(&client).await;
    assert_eq!((error.retry_after, error.should_retry), (None, Some(false)));
}

#[tokio::test]
async fn a_huge_error_page_is_read_in_part_only() {
    let provider = provider().await;
    provider.script(Reply::body(500, "text/html", vec![b'x'; 8 * 1024 * 1024]));
    let error = failure(&client(&provider.base_url())).await;
    assert_eq!((error.kind, error.message), (LlmErrorKind::Failure, None));
}

#[tokio::test]
async fn an_error_event_before_any_content_is_an_error_of_the_call() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    // Also after the frame of the answer: message_start, the start of a text, a ping.
    for events in 0..=3 {
        let reply = Reply::text("never seen").error_after(events, ApiError::overloaded());
        provider.script(reply.separate_writes());
        let error = failure(&client).await;
        assert_eq!(error.kind, LlmErrorKind::Overloaded);
        assert_eq!(error.message.as_deref(), Some("Overloaded"));
        assert_eq!(
            error.request_id,
            provider.last_request().unwrap().request_id()
        );
    }
}

#[tokio::test]
async fn the_start_of_anything_but_an_empty_text_is_content() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(Reply::thinking("Hm.", "Yes.").error_after(2, ApiError::overloaded()));
    let mut stream = open(&client).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(events.len(), 2);
    assert_eq!(end.unwrap_err().kind, LlmErrorKind::Overloaded);
}

#[tokio::test]
async fn what_is_held_back_is_bounded() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let gate = Gate::new();
    let reply = (0..2_000).fold(Reply::text("late"), |reply, _| {
        reply.insert_after(1, Event::ping())
    });
    provider.script(reply.stall_after(2, &gate));
    // Although nothing can be read yet, there are too many events to keep.
    let mut stream = timeout(LONG, open(&client)).await.unwrap().unwrap();
    let first = stream.next_events().await.unwrap();
    assert_eq!(first[0].kind, EventKind::MessageStart);
    gate.release();
    assert_eq!(read_all(stream.as_mut()).await.1, Ok(()));
}

#[tokio::test]
async fn the_providers_own_time_out_may_be_tried_again_and_ours_not() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let silent = |status| ApiError::of_status(status).without_header("x-should-retry");
    for (reply, should_retry) in [
        (silent(504), Some(true)),
        (silent(408), Some(true)),
        (silent(504).header("x-should-retry", "false"), Some(false)),
    ] {
        provider.script(reply);
        let error = failure(&client).await;
        assert_eq!(
            (error.kind, error.should_retry),
            (LlmErrorKind::Timeout, should_retry)
        );
    }
}

#[tokio::test]
async fn an_error_event_within_an_answer_comes_after_what_came_before() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(Reply::many(50).error_after(20, ApiError::overloaded()));
    let mut stream = open(&client).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(events.len(), 20);
    assert!(
        events
            .iter()
            .all(|event| event.kind != EventKind::MessageStop)
    );
    assert_eq!(end.unwrap_err().kind, LlmErrorKind::Overloaded);
    assert_eq!(
        stream.next_events().await,
        Ok(Vec::new()),
        "after an error, the stream is over"
    );
}
