//! Answers that come as they should.

use fake_anthropic::{Event, Gate, Reply};
use latchkey_domain::{
    llm::{EventKind, LlmClient, LlmErrorKind, ModelId, Turn, TurnRole},
    user::CacheLifetime,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{KEY, LONG, assemble, client, key, open, provider, read_all, request};

#[tokio::test]
async fn an_answer_comes_whole_with_its_usage() {
    let provider = provider().await;
    provider.script(Reply::thinking("Let me see.", "Good ä😀 morning."));
    let mut stream = open(&client(&provider.base_url())).await.unwrap();
    let (events, end) = read_all(stream.as_mut()).await;
    assert_eq!(end, Ok(()));
    let answer = assemble(&events);
    assert!(answer.complete);
    assert_eq!(answer.text, "Good ä😀 morning.");
    assert_eq!(answer.stop_reason.as_deref(), Some("end_turn"));
    assert!(answer.usage.unwrap().is_final);
    assert_eq!(answer.next_turn, None);
    let exchange = provider.last_request().unwrap();
    assert_eq!(stream.request_id(), exchange.request_id());
    assert_eq!(exchange.ended(), Some(fake_anthropic::Ended::Complete));
}

#[tokio::test]
async fn events_are_passed_on_byte_for_byte() {
    let provider = provider().await;
    provider.script(Reply::web_search("rust", "It is.").insert_after(3, Event::unknown()));
    let mut stream = open(&client(&provider.base_url())).await.unwrap();
    let (events, _) = read_all(stream.as_mut()).await;
    assert!(events.iter().any(|event| event.kind == EventKind::Other));
    let mut passed_on = Vec::new();
    for event in &events {
        event.write_to(None, &mut passed_on);
    }
    let sent = provider.last_request().unwrap().sent_body();
    assert_eq!(String::from_utf8(passed_on), String::from_utf8(sent));
}

#[tokio::test]
async fn the_request_has_the_key_in_one_header_and_nothing_needless() {
    let provider = provider().await;
    let mut stream = open(&client(&provider.base_url())).await.unwrap();
    read_all(stream.as_mut()).await.1.unwrap();
    let exchange = provider.last_request().unwrap();
    let mut names: Vec<_> = exchange
        .headers
        .iter()
        .map(|(name, _)| name.to_lowercase())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "anthropic-version",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-api-key",
        ]
    );
    assert_eq!(exchange.header("x-api-key"), Some(KEY));
    assert_eq!(exchange.header("anthropic-version"), Some("2026-10-21"));
    assert_eq!(exchange.header("accept-encoding"), Some("identity"));
    let agent = exchange.header("user-agent").unwrap();
    assert!(agent.starts_with("latchkey/"), "{agent}");
    assert_eq!(
        exchange.json(),
        json!({
            "model": "claude-sonnet-5-5", "max_tokens": 16000, "stream": true,
            "cache_control": { "type": "ephemeral" },
            "messages": [{ "role": "user", "content": [{ "type": "text", "text": "Hello" }] }],
        })
    );
}

#[tokio::test]
async fn the_provider_takes_back_what_it_sent() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    for reply in [
        Reply::thinking("Let me see.", "Yes."),
        Reply::web_search("weather", "It rains."),
        Reply::text("Half").stop_reason("max_tokens"),
    ] {
        provider.script(reply);
        let mut conversation = request("Hello");
        let mut stream = client.open(&key(KEY), &conversation).await.unwrap();
        let (events, _) = read_all(stream.as_mut()).await;
        let answer = assemble(&events);
        conversation.turns.push(Turn {
            role: TurnRole::Assistant,
            content: answer.next_turn.unwrap_or(answer.content.clone()),
            model: answer.model,
        });
        conversation.turns.extend(request("And now?").turns);
        let mut stream = client.open(&key(KEY), &conversation).await.unwrap();
        assert!(read_all(stream.as_mut()).await.1.is_ok());
        let sent = provider.last_request().unwrap();
        let content = answer.content.as_str();
        assert!(String::from_utf8_lossy(&sent.body).contains(content));
    }
}

#[tokio::test]
async fn a_temperature_goes_where_it_is_taken() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let mut warm = request("Hello");
    warm.temperature = Some(0.5);
    let refused = client.open(&key(KEY), &warm).await.err().unwrap();
    assert_eq!(refused.kind, LlmErrorKind::RefusedRequest);
    assert_eq!(provider.counts().connections, 0);

    warm.model = ModelId::parse("claude-sonnet-4-6").unwrap();
    warm.prompt_cache = CacheLifetime::OneHour;
    let mut stream = client.open(&key(KEY), &warm).await.unwrap();
    assert!(read_all(stream.as_mut()).await.1.is_ok());
    let exchange = provider.last_request().unwrap();
    assert_eq!(exchange.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(exchange.json()["temperature"], json!(0.5));
    assert_eq!(
        exchange.json()["cache_control"],
        json!({ "type": "ephemeral", "ttl": "1h" })
    );
}

#[tokio::test]
async fn the_end_is_the_end_even_if_the_connection_stays() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    provider.script(Reply::text("Hi"));
    let (events, _) = read_all(open(&client).await.unwrap().as_mut()).await;

    let gate = Gate::new();
    provider.script(Reply::text("Hi").stall_after(events.len(), &gate));
    let mut stream = open(&client).await.unwrap();
    let (again, end) = timeout(LONG, read_all(stream.as_mut())).await.unwrap();
    assert_eq!((again.len(), end), (events.len(), Ok(())));
    assert!(assemble(&again).complete);
    // Whoever holds a connection open loses it.
    drop(stream);
    assert!(provider.wait_until_open_streams(0, LONG).await);
}

#[tokio::test]
async fn a_connection_serves_one_answer_after_the_other() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let until_one_is_used_again = async {
        while provider.counts().connections == provider.counts().message_requests {
            let mut stream = open(&client).await.unwrap();
            assert_eq!(read_all(stream.as_mut()).await.1, Ok(()));
            drop(stream);
            assert!(provider.wait_until_open_streams(0, LONG).await);
        }
    };
    // The first call makes one.
    read_all(open(&client).await.unwrap().as_mut())
        .await
        .1
        .unwrap();
    timeout(LONG, until_one_is_used_again).await.unwrap();
}

#[tokio::test]
async fn five_hundred_calls_at_once_each_carry_their_own_key() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let calls: Vec<_> = (0..500)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                let key = key(&format!("sk-ant-api03-somebody-{number:04}-AA"));
                let asked = request(&format!("I am {number:04}"));
                let mut stream = client.open(&key, &asked).await.unwrap();
                let (events, end) = read_all(stream.as_mut()).await;
                end.unwrap();
                (number, assemble(&events).text)
            })
        })
        .collect();
    for call in calls {
        let (number, text) = call.await.unwrap();
        assert_eq!(text, format!("You said: I am {number:04}"));
    }
    let exchanges = provider.message_requests();
    assert_eq!(exchanges.len(), 500);
    for exchange in exchanges {
        let body: Value = exchange.json();
        let prompt = body["messages"][0]["content"][0]["text"].as_str().unwrap();
        let number = prompt.strip_prefix("I am ").unwrap();
        assert_eq!(
            exchange.key.as_deref(),
            Some(format!("sk-ant-api03-somebody-{number}-AA").as_str())
        );
    }
}
