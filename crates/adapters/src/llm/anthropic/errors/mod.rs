//! What the provider's refusals and failures mean.

mod classify;
mod retry_after;
mod scrub;

use std::borrow::Cow;

use latchkey_domain::{
    api_key::ApiKeySecret,
    llm::{LlmError, LlmErrorKind},
};
use reqwest::{StatusCode, header::HeaderMap};

use self::classify::{Fault, kind_of};
use super::wire;

/// Most bytes of an error's body that are read.
pub(super) const MAX_BODY: usize = 64 * 1024;
/// Most characters of the provider's words that are kept.
const MAX_MESSAGE: usize = 500;
/// Most characters of a request's id.
const MAX_REQUEST_ID: usize = 128;

/// The error that an answer with another status than 200 means.
pub(super) fn of_answer(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    key: &ApiKeySecret,
) -> LlmError {
    let parsed = parse(body);
    let mut error = of_body(Some(status.as_u16()), parsed.as_ref(), key);
    error.retry_after = retry_after::read(headers);
    error.should_retry = should_retry(headers).or(gave_up_itself(status));
    error.request_id = request_id(headers, key).or(error.request_id);
    error
}

/// The error that an `error` event in the stream means.
pub(super) fn of_event(data: &[u8], key: &ApiKeySecret) -> LlmError {
    of_body(None, parse(data).as_ref(), key)
}

/// The provider's id of the request, if it looks like one and holds nothing of the key.
pub(super) fn request_id(headers: &HeaderMap, key: &ApiKeySecret) -> Option<String> {
    let id = headers.get("request-id")?.to_str().ok()?;
    clean_request_id(id, key)
}

/// The error of a call that never got an answer. reqwest's own words are left out: they hold the address.
pub(super) fn of_transport(error: &reqwest::Error) -> LlmError {
    let (kind, message) = if error.is_dns() {
        (
            LlmErrorKind::Unreachable,
            "The provider's name could not be resolved.",
        )
    } else if error.is_connect() {
        (LlmErrorKind::Unreachable, connect_fault(error))
    } else if error.is_timeout() {
        (LlmErrorKind::Timeout, "The provider took too long.")
    } else {
        (
            LlmErrorKind::Unreachable,
            "The connection to the provider broke.",
        )
    };
    LlmError::new(kind).with_message(message)
}

fn connect_fault(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "The provider took no connection in time."
    } else if has_tls_cause(error) {
        "No trusted encrypted connection to the provider could be made."
    } else {
        "No connection to the provider could be made."
    }
}

fn has_tls_cause(error: &dyn std::error::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        // An I/O error names what it wraps only when it is asked for it.
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let wraps_tls = match wrapped {
            Some(inner) => inner.is::<rustls::Error>(),
            None => error.is::<rustls::Error>(),
        };
        if wraps_tls {
            return true;
        }
        cause = error.source();
    }
    false
}

fn parse(body: &[u8]) -> Option<wire::ErrorBody<'_>> {
    serde_json::from_slice(body).ok()
}

fn of_body(
    status: Option<u16>,
    body: Option<&wire::ErrorBody<'_>>,
    key: &ApiKeySecret,
) -> LlmError {
    let detail = body.and_then(|body| body.error.as_ref());
    let fault = Fault {
        status,
        error_type: detail
            .and_then(|detail| detail.kind.as_deref())
            .unwrap_or_default(),
        message: detail
            .and_then(|detail| detail.message.as_deref())
            .unwrap_or_default(),
        code: detail
            .and_then(|detail| detail.details.as_ref()?.error_code.as_deref())
            .unwrap_or_default(),
    };
    let mut error = LlmError::new(kind_of(&fault));
    error.message = clean_message(fault.message, key);
    error.request_id = body
        .and_then(|body| body.request_id.as_deref())
        .and_then(|id| clean_request_id(id, key));
    error
}

/// The provider's words without keys, ids of organisations and control characters.
pub(super) fn scrub<'a>(text: &'a str, key: &ApiKeySecret) -> Cow<'a, str> {
    scrub::clean(text, key)
}

fn clean_message(message: &str, key: &ApiKeySecret) -> Option<String> {
    let clean = scrub::clean(message, key);
    let clean = clean.trim();
    if clean.is_empty() {
        return None;
    }
    Some(match clean.char_indices().nth(MAX_MESSAGE) {
        None => clean.to_owned(),
        Some(_) => clean.chars().take(MAX_MESSAGE - 1).chain(['…']).collect(),
    })
}

fn clean_request_id(id: &str, key: &ApiKeySecret) -> Option<String> {
    let fits = (1..=MAX_REQUEST_ID).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        && matches!(scrub::clean(id, key), Cow::Borrowed(_));
    fits.then(|| id.to_owned())
}

fn should_retry(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// A time-out that the provider answers with is worth another try. Ours isn't: it has cost all patience.
fn gave_up_itself(status: StatusCode) -> Option<bool> {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT
    )
    .then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::secret::SecretText;
    use reqwest::header::HeaderValue;
    use std::time::Duration;

    const KEY: &str = "sk-ant-api03-CANARYabcdefghijklmnop4f2A";

    fn key() -> ApiKeySecret {
        ApiKeySecret::parse(&SecretText::new(KEY.into())).unwrap()
    }

    #[test]
    fn an_answer_gives_all_that_a_caller_can_act_on() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static("16"));
        headers.insert("x-should-retry", HeaderValue::from_static("true"));
        headers.insert("request-id", HeaderValue::from_static("req_header"));
        let body = br#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow\u0007 down"},"request_id":"req_body"}"#;
        let error = of_answer(StatusCode::TOO_MANY_REQUESTS, &headers, body, &key());
        assert_eq!(
            error,
            LlmError {
                kind: LlmErrorKind::RateLimited,
                message: Some("Slow down".into()),
                retry_after: Some(Duration::from_secs(16)),
                should_retry: Some(true),
                request_id: Some("req_header".into()),
            }
        );
        headers.clear();
        let error = of_answer(StatusCode::TOO_MANY_REQUESTS, &headers, body, &key());
        assert_eq!(error.request_id.as_deref(), Some("req_body"));
        assert_eq!(error.should_retry, None);
    }

    #[test]
    fn a_page_instead_of_json_says_nothing_but_its_status() {
        let error = of_answer(
            StatusCode::PAYLOAD_TOO_LARGE,
            &HeaderMap::new(),
            b"<html>sk-ant-api03-CANARY</html>",
            &key(),
        );
        assert_eq!(error, LlmError::new(LlmErrorKind::RequestTooLarge));
    }

    #[test]
    fn an_event_is_told_by_its_type() {
        let data = br#"{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#;
        let error = of_event(data, &key());
        assert_eq!(error.kind, LlmErrorKind::Overloaded);
        assert_eq!(error.message.as_deref(), Some("Overloaded"));
        assert_eq!(error.request_id.as_deref(), Some("req_1"));
        assert_eq!(of_event(b"broken", &key()).kind, LlmErrorKind::Failure);
    }

    #[test]
    fn words_are_cut_and_ids_that_hold_the_key_are_dropped() {
        let long = format!(
            r#"{{"error":{{"type":"api_error","message":"{}"}}}}"#,
            "ä".repeat(9_000)
        );
        let message = of_event(long.as_bytes(), &key()).message.unwrap();
        assert_eq!(message.chars().count(), 500);
        assert!(message.ends_with('…'));
        for id in [KEY, "CANARYabcdefghijklmnop", "x y", "", &"r".repeat(200)] {
            assert_eq!(clean_request_id(id, &key()), None, "{id}");
        }
    }
}
