//! How long is waited for what, and who is let go of when.

use std::time::Duration;

use fake_anthropic::{Gate, Reply};
use latchkey_adapters::llm::{AnthropicClient, ProviderTimeouts};
use latchkey_domain::llm::{EventKind, LlmErrorKind, LlmEvent};
use tokio::time::{Instant, timeout};

use super::{LONG, assemble, client, failure, open, provider, read_all, settings};

fn impatient(base_url: &str, timeouts: ProviderTimeouts) -> AnthropicClient {
    let mut settings = settings(base_url);
    settings.timeouts = timeouts;
    AnthropicClient::new(&settings).unwrap()
}

fn idle(milliseconds: u64) -> ProviderTimeouts {
    ProviderTimeouts {
        idle: Duration::from_millis(milliseconds),
        ..ProviderTimeouts::default()
    }
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_given_up() {
    let provider = provider().await;
    let client = impatient(&provider.base_url(), idle(300));
    let gate = Gate::new();
    provider.script(Reply::text("too late").hang(&gate));
    assert_eq!(failure(&client).await.kind, LlmErrorKind::Timeout);
    provider.script(Reply::text("too late").stall_after(0, &gate));
    assert_eq!(failure(&client).await.kind, LlmErrorKind::Timeout);
    assert!(provider.wait_until_open_streams(0, LONG).await);
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_given_up_with_what_it_said() {
    let provider = provider().await;
    let client = impatient(&provider.base_url(), idle(300));
    let gate = Gate::new();
    provider.script(Reply::many(50).stall_after(10, &gate));
    let mut stream = open(&client).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(
        (events.len(), end.unwrap_err().kind),
        (10, LlmErrorKind::Timeout)
    );
    assert!(
        provider.wait_until_open_streams(0, LONG).await,
        "its connection is closed"
    );
}

#[tokio::test]
async fn waiting_in_parts_is_waiting_too() {
    let provider = provider().await;
    let client = impatient(&provider.base_url(), idle(300));
    let gate = Gate::new();
    provider.script(Reply::many(50).stall_after(10, &gate));
    let mut stream = open(&client).await.unwrap();
    let started = Instant::now();
    let error = loop {
        match timeout(Duration::from_millis(50), stream.next_events()).await {
            Ok(Err(error)) => break error,
            Ok(Ok(_)) | Err(_) => assert!(started.elapsed() < LONG),
        }
    };
    assert_eq!(error.kind, LlmErrorKind::Timeout);
}

#[tokio::test]
async fn a_stream_that_goes_on_for_ever_is_given_up() {
    let provider = provider().await;
    let timeouts = ProviderTimeouts {
        total: Duration::from_secs(2),
        ..ProviderTimeouts::default()
    };
    let client = impatient(&provider.base_url(), timeouts);
    provider.script(Reply::many(10_000).pace(Duration::from_millis(5)));
    let mut stream = open(&client).await.unwrap();
    let (events, end) = timeout(LONG, read_all(stream.as_mut())).await.unwrap();
    assert_eq!(end.unwrap_err().kind, LlmErrorKind::Timeout);
    assert!(!assemble(&events).complete);
}

#[tokio::test]
async fn signs_of_life_keep_a_slow_stream_alive() {
    let provider = provider().await;
    let client = impatient(&provider.base_url(), idle(3_000));
    // Longer in all than may pass between two events.
    provider.script(Reply::many(60).pace(Duration::from_millis(60)));
    let mut stream = open(&client).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(end, Ok(()));
    assert!(assemble(&events).complete);
}

#[tokio::test]
async fn giving_up_a_wait_loses_no_event() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(
        Reply::many(200)
            .pace(Duration::from_millis(2))
            .separate_writes(),
    );
    let mut stream = open(&client).await.unwrap();
    let mut events = Vec::new();
    let mut given_up = 0;
    while events
        .last()
        .is_none_or(|last: &LlmEvent| last.kind != EventKind::MessageStop)
    {
        match timeout(Duration::from_micros(300), stream.next_events()).await {
            Ok(more) => events.extend(more.unwrap()),
            Err(_) => given_up += 1,
        }
    }
    assert!(given_up > 0);
    assert_eq!(assemble(&events).text, super::words(200));
}

#[tokio::test]
async fn events_come_as_they_are_sent() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let gate = Gate::new();
    provider.script(Reply::many(50).stall_after(5, &gate));
    let mut stream = open(&client).await.unwrap();
    let mut events = Vec::new();
    while events.len() < 5 {
        events.extend(timeout(LONG, stream.next_events()).await.unwrap().unwrap());
    }
    assert_eq!(gate.waiting(), 1, "the provider is still at it");
    gate.release();
    assert_eq!(read_all(stream.as_mut()).await.1, Ok(()));
}

#[tokio::test]
async fn letting_go_of_a_stream_closes_it_at_the_provider() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let gate = Gate::new();
    provider.script(Reply::many(50).stall_after(10, &gate));
    let stream = open(&client).await.unwrap();
    assert_eq!(provider.open_streams(), 1);
    drop(stream);
    assert!(
        provider
            .wait_until_open_streams(0, Duration::from_secs(2))
            .await
    );
    assert_eq!(provider.counts().abandoned, 1);
}

#[tokio::test]
async fn letting_go_of_a_call_closes_it_at_the_provider() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let gate = Gate::new();
    provider.script(Reply::many(50).hang(&gate));
    {
        let call = open(&client);
        tokio::select! {
            _ = call => panic!("the provider hangs"),
            () = provider.wait_for_message_requests(1) => {}
        }
    }
    assert!(
        provider
            .wait_until_open_streams(0, Duration::from_secs(2))
            .await
    );
}
