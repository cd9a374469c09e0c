//! Whom the client talks to, and what nobody gets to see.

use std::process::Command;

use fake_anthropic::{ApiError, Config, FakeAnthropic, Reply};
use latchkey_adapters::llm::{AnthropicClient, OutboundProxy};
use latchkey_domain::{
    llm::{LlmClient, LlmErrorKind},
    secret::SecretText,
};

use super::{
    KEY, client, failure, key, open, provider, raw_provider::RawProvider, read_all, request,
    settings,
};

fn leaks_key(text: &str) -> bool {
    KEY.as_bytes()
        .windows(12)
        .any(|part| text.as_bytes().windows(12).any(|window| window == part))
}

#[tokio::test]
async fn a_key_that_comes_back_is_masked() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    let organisation = "0dccdde6-f924-4f1b-bb3b-92ef846e0a5b";
    for error in [
        ApiError::echoing_the_key(),
        ApiError::invalid_request(&format!("{{key}} of organisation ({organisation})")),
        ApiError::overloaded().header("request-id", KEY),
    ] {
        provider.script(error);
        let seen = format!("{:?}", failure(&client).await);
        assert!(!leaks_key(&seen), "{seen}");
        assert!(!seen.contains(organisation), "{seen}");
    }
    let echo = ApiError::new(529, "overloaded_error", "too much for {key}");
    provider.script(Reply::many(9).error_after(5, echo));
    let mut stream = open(&client).await.unwrap();
    let error = read_all(stream.as_mut()).await.1.unwrap_err();
    assert_eq!(error.message.as_deref(), Some("too much for [key]"));
}

#[tokio::test]
async fn nothing_of_the_client_prints_a_key() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    open(&client).await.unwrap();
    assert!(!leaks_key(&format!("{client:?}")));
}

#[tokio::test]
async fn the_proxy_that_is_set_is_used() {
    let proxy =
        RawProvider::answering("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
            .await;
    let mut settings = settings("http://localhost:1");
    settings.outbound_proxy =
        Some(OutboundProxy::parse(&SecretText::new(proxy.base_url())).unwrap());
    let client = AnthropicClient::new(&settings).unwrap();
    assert_eq!(failure(&client).await.kind, LlmErrorKind::Failure);
    let received = proxy.received().await;
    assert!(
        received.starts_with("POST http://localhost:1/v1/messages HTTP/1.1\r\n"),
        "{received}"
    );
}

/// Runs by itself, and again in a process whose environment names proxies that aren't there.
#[test]
fn calls_go_straight() {
    let provider = FakeAnthropic::start_on_thread(Config::default()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = client(&provider.base_url());
    let called = runtime.block_on(client.open(&key(KEY), &request("Hello")));
    assert!(called.is_ok());
}

#[test]
fn proxies_of_the_environment_are_ignored() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "llm::privacy::calls_go_straight"]);
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        again.env(name, "http://127.0.0.1:1");
    }
    again.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = again.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}
