//! Checking keys and listing models.

use fake_anthropic::{Reply, When, model_ids};
use latchkey_domain::llm::{LlmClient, LlmErrorKind};
use serde_json::json;

use super::{KEY, client, key, provider};

#[tokio::test]
async fn a_good_key_is_checked_for_nothing() {
    let provider = provider().await;
    let models = client(&provider.base_url())
        .check_key(&key(KEY))
        .await
        .unwrap();
    assert_eq!(models.len(), 1);
    let exchange = provider.last_request().unwrap();
    assert_eq!(
        (
            exchange.method.as_str(),
            exchange.path.as_str(),
            exchange.query.as_deref()
        ),
        ("GET", "/v1/models", Some("limit=1"))
    );
    assert_eq!(exchange.header("x-api-key"), Some(KEY));
    assert_eq!(provider.counts().message_requests, 0);
}

#[tokio::test]
async fn a_bad_key_is_told_from_a_bad_day() {
    let provider = provider().await;
    let client = client(&provider.base_url());
    for (word, kind) in [
        ("INVALID", LlmErrorKind::InvalidKey),
        ("FORBIDDEN", LlmErrorKind::PermissionDenied),
        ("RATELIMITED", LlmErrorKind::RateLimited),
        ("OVERLOADED", LlmErrorKind::Overloaded),
    ] {
        let key = key(&format!("sk-ant-api03-{word}-abcdefgh"));
        assert_eq!(client.check_key(&key).await.unwrap_err().kind, kind);
    }
    provider.once(When::models(), Reply::redirect(302, "http://localhost:1/"));
    let error = client.check_key(&key(KEY)).await.unwrap_err();
    assert_eq!(error.kind, LlmErrorKind::Redirected);
    provider.once(When::models(), Reply::body(200, "application/json", "[]"));
    let error = client.check_key(&key(KEY)).await.unwrap_err();
    assert_eq!(error.kind, LlmErrorKind::Malformed);
}

#[tokio::test]
async fn all_models_are_listed() {
    let provider = provider().await;
    let models = client(&provider.base_url())
        .list_models(&key(KEY))
        .await
        .unwrap();
    let sonnet = models
        .iter()
        .find(|model| model.id.as_str() == "claude-sonnet-5-5")
        .unwrap();
    assert!(sonnet.display_name.is_some() && sonnet.max_input_tokens.is_some());
    assert!(
        models
            .iter()
            .all(|model| model_ids().contains(&model.id.as_str()))
    );
    assert!(models.is_sorted_by_key(|model| std::cmp::Reverse(model.created_at)));
}

#[tokio::test]
async fn all_pages_are_read() {
    let provider = provider().await;
    let page = |id: &str, has_more: bool| {
        let page = json!({
            "data": [{ "type": "model", "id": id, "display_name": id }],
            "has_more": has_more, "first_id": id, "last_id": id,
        });
        Reply::body(200, "application/json", page.to_string()).unchecked()
    };
    for (id, has_more) in [("claude-a", true), ("claude-b", true), ("claude-c", false)] {
        provider.once(When::models(), page(id, has_more));
    }
    let models = client(&provider.base_url())
        .list_models(&key(KEY))
        .await
        .unwrap();
    let ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["claude-a", "claude-b", "claude-c"]);
    let queries: Vec<_> = provider
        .requests()
        .iter()
        .map(|exchange| exchange.query.clone().unwrap())
        .collect();
    assert_eq!(
        queries,
        [
            "limit=1000",
            "limit=1000&after_id=claude-a",
            "limit=1000&after_id=claude-b"
        ]
    );
}

#[tokio::test]
async fn a_list_that_never_ends_does() {
    let provider = provider().await;
    let page = json!({ "data": [], "has_more": true, "last_id": "claude-a" });
    let reply = Reply::body(200, "application/json", page.to_string());
    provider.always(When::models(), reply.unchecked());
    let models = client(&provider.base_url()).list_models(&key(KEY)).await;
    assert_eq!(models, Ok(Vec::new()));
    assert_eq!(provider.counts().requests, 2);
}
