//! The scripted provider does what its script says.

use latchkey_domain::{
    llm::{LlmClient, LlmError, LlmErrorKind, LlmRequest},
    user::CacheLifetime,
};
use latchkey_test_support::{
    builders::{Samples, chat::model, events::text_answer},
    memory::{Gate, Reply, ScriptedLlm},
};

fn request() -> LlmRequest {
    LlmRequest {
        model: model(),
        max_tokens: 100,
        system: None,
        turns: Vec::new(),
        temperature: None,
        thinking: None,
        options: Vec::new(),
        prompt_cache: CacheLifetime::Off,
    }
}

#[tokio::test]
async fn replies_come_in_order_and_calls_are_recorded() {
    let (llm, key) = (ScriptedLlm::new(), Samples::new().api_key_secret());
    llm.reply(Reply::text("first"));
    llm.reply(Reply::refused(LlmError::new(LlmErrorKind::Overloaded)));
    let mut stream = llm.open(&key, &request()).await.unwrap();
    assert_eq!(stream.next_events().await.unwrap(), text_answer("first"));
    assert_eq!(stream.next_events().await.unwrap(), []);
    assert_eq!(stream.request_id().as_deref(), Some("req_1"));
    let refused = llm.open(&key, &request()).await.err().unwrap();
    assert_eq!(refused.kind, LlmErrorKind::Overloaded);
    assert_eq!(refused.request_id.as_deref(), Some("req_2"));
    let unscripted = llm.open(&key, &request()).await.err().unwrap();
    assert_eq!(unscripted.kind, LlmErrorKind::Failure);
    let calls = llm.calls();
    assert_eq!(calls.len(), 3);
    assert!(
        calls
            .iter()
            .all(|call| call.key == key && call.request == request())
    );
}

#[tokio::test]
async fn a_stream_breaks_after_the_events_that_came() {
    let (llm, key) = (ScriptedLlm::new(), Samples::new().api_key_secret());
    let events = text_answer("half an answer");
    let error = LlmError::new(LlmErrorKind::Interrupted);
    let some = events.iter().take(4).cloned();
    llm.reply(Reply::new().dripping(some).then_fails(error));
    let mut stream = llm.open(&key, &request()).await.unwrap();
    for event in events.into_iter().take(4) {
        assert_eq!(stream.next_events().await.unwrap(), [event]);
    }
    let broken = stream.next_events().await.unwrap_err();
    assert_eq!(broken.kind, LlmErrorKind::Interrupted);
    assert_eq!(stream.next_events().await.unwrap(), [], "it is over");
}

#[tokio::test]
async fn what_breaks_before_any_content_is_a_call_that_failed() {
    let (llm, key) = (ScriptedLlm::new(), Samples::new().api_key_secret());
    let frame: Vec<_> = text_answer("Hello").into_iter().take(2).collect();
    let overloaded = LlmError::new(LlmErrorKind::Overloaded);
    llm.reply(Reply::new().dripping(frame.clone()).then_fails(overloaded));
    llm.reply(Reply::new().events(frame));
    for kind in [LlmErrorKind::Overloaded, LlmErrorKind::Unreachable] {
        let error = llm.open(&key, &request()).await.err().unwrap();
        assert_eq!(error.kind, kind);
    }
    assert_eq!(llm.open_streams(), 0);
}

#[tokio::test]
async fn a_silent_stream_goes_on_when_its_gate_opens_and_loses_nothing() {
    let (llm, key, gate) = (
        ScriptedLlm::new(),
        Samples::new().api_key_secret(),
        Gate::new(),
    );
    let events = text_answer("Hello");
    // Up to the first text: what begins an answer without a word is held back.
    let (first, rest) = events.split_at(4);
    let reply = Reply::new().events(first.to_vec()).then_waits(&gate);
    llm.reply(reply.events(rest.to_vec()));
    let mut stream = llm.open(&key, &request()).await.unwrap();
    assert_eq!(stream.next_events().await.unwrap(), first);
    tokio::select! {
        biased;
        events = stream.next_events() => panic!("the gate is closed: {events:?}"),
        () = tokio::task::yield_now() => {}
    }
    gate.open();
    assert_eq!(stream.next_events().await.unwrap(), rest);
}

#[tokio::test]
async fn leaving_the_provider_is_seen() {
    let (llm, key, gate) = (
        ScriptedLlm::new(),
        Samples::new().api_key_secret(),
        Gate::new(),
    );
    llm.reply(Reply::new().events(text_answer("x")).then_waits(&gate));
    let stream = llm.open(&key, &request()).await.unwrap();
    llm.called(1).await;
    assert_eq!(llm.open_streams(), 1);
    drop(stream);
    llm.left().await;
    assert_eq!(llm.open_streams(), 0);
}

#[tokio::test]
async fn the_provider_judges_keys_as_it_was_told() {
    let (llm, samples) = (ScriptedLlm::new(), Samples::new());
    let (good, bad) = (samples.api_key_secret(), samples.api_key_secret());
    llm.judge_key(&bad, Err(LlmError::new(LlmErrorKind::InvalidKey)));
    assert_eq!(llm.check_key(&good).await.unwrap().len(), 1);
    let rejected = llm.check_key(&bad).await.unwrap_err();
    assert_eq!(rejected.kind, LlmErrorKind::InvalidKey);
    assert_eq!(llm.checked_keys(), [good, bad]);
}
