//! Keys: where they come from, which work, and what magic words do.

use fake_anthropic::{ApiError, Config, FakeAnthropic, KeyFate};

use crate::bodies::ask;
use crate::client::{KEY, Request};

#[tokio::test]
async fn a_key_comes_in_either_header() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let request = Request::messages(&ask("hi"));
    let bare = request.clone().without("x-api-key");
    assert_eq!(request.to(&fake).await.status, 200);
    assert_eq!(
        bare.clone()
            .header("authorization", &format!("Bearer {KEY}"))
            .to(&fake)
            .await
            .status,
        200
    );
    assert_eq!(fake.last_request().unwrap().key.as_deref(), Some(KEY));

    let refused = bare.to(&fake).await;
    assert_eq!(
        (refused.status, refused.error_type().as_str()),
        (401, "authentication_error")
    );
    assert_eq!(refused.error_message(), "x-api-key header is required");
    assert_eq!(
        bare.header("authorization", "Bearer nonsense")
            .to(&fake)
            .await
            .error_message(),
        "Invalid bearer token"
    );
    // With both headers, x-api-key decides.
    let both = request
        .key("sk-ant-api03-INVALID-key-AA")
        .header("authorization", &format!("Bearer {KEY}"));
    assert_eq!(both.to(&fake).await.error_message(), "invalid x-api-key");
}

#[tokio::test]
async fn only_console_keys_work_unless_any_key_may() {
    let strict = FakeAnthropic::start(Config::default()).await.unwrap();
    let lenient = FakeAnthropic::start(Config::lenient()).await.unwrap();
    for (key, strictly, leniently) in [
        (KEY, 200, 200),
        ("sk-ant-api04-testtesttest", 200, 200),
        ("sk-ant-your-api-key-here", 401, 200),
        ("sk-ant-admin01-testtesttest", 401, 401),
        ("sk-ant-oat01-testtesttest", 401, 401),
        ("sk-ant-api01-testtesttest", 401, 401),
        ("sk-ant-api03-spaces in it", 401, 401),
        ("sk-proj-testtesttest", 401, 401),
    ] {
        let request = Request::get("/v1/models").key(key);
        assert_eq!(request.to(&strict).await.status, strictly, "{key}");
        assert_eq!(request.to(&lenient).await.status, leniently, "{key}");
    }
}

#[tokio::test]
async fn magic_words_decide_a_keys_fate() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for (word, on_models, on_messages, kind) in [
        ("INVALID", 401, 401, "authentication_error"),
        ("REJECTED", 401, 401, "authentication_error"),
        ("FORBIDDEN", 403, 403, "permission_error"),
        ("RATELIMITED", 429, 429, "rate_limit_error"),
        ("OVERLOADED", 529, 529, "overloaded_error"),
        ("NOCREDIT", 200, 400, "invalid_request_error"),
        ("SPENDCAP", 200, 429, "rate_limit_error"),
    ] {
        let key = format!("sk-ant-api03-{word}-0123456789-AA");
        assert_eq!(
            Request::get("/v1/models").key(&key).to(&fake).await.status,
            on_models,
            "{word}"
        );
        let answer = Request::messages(&ask("hi")).key(&key).to(&fake).await;
        assert_eq!(
            (answer.status, answer.error_type().as_str()),
            (on_messages, kind),
            "{word}"
        );
        let waits = answer.header("retry-after").is_some();
        assert_eq!(waits, word == "RATELIMITED", "{word}");
        if word == "SPENDCAP" {
            assert_eq!(
                answer.json()["error"]["details"]["error_code"],
                "enforced_spend_limit_reached"
            );
        }
        if word == "NOCREDIT" {
            assert!(
                answer
                    .error_message()
                    .starts_with("Your credit balance is too low to access the Anthropic API.")
            );
        }
    }
}

#[tokio::test]
async fn a_test_decides_a_keys_fate_at_any_time() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let request = Request::messages(&ask("hi"));
    assert_eq!(request.to(&fake).await.status, 200);
    fake.key_fate(KEY, KeyFate::Invalid);
    assert_eq!(request.to(&fake).await.status, 401);
    fake.key_fate(KEY, KeyFate::Fails(ApiError::billing()));
    assert_eq!(request.to(&fake).await.error_type(), "billing_error");
    fake.clear_script();
    assert_eq!(request.to(&fake).await.status, 200);
}
