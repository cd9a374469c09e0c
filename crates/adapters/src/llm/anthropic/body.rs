//! Bodies of answers: which are taken, and how much of them.

use std::time::Duration;

use latchkey_domain::{
    api_key::ApiKeySecret,
    llm::{LlmError, LlmErrorKind},
};
use reqwest::{
    Response,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap},
};
use tokio::time::timeout;

use super::errors;

/// Longest wait for the body of an error, whose status says most already.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// We never ask for compression, and undo none.
pub(super) fn refuse_encoding(response: &Response) -> Result<(), LlmError> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(malformed("The provider sent a compressed answer."))
        }
        _ => Ok(()),
    }
}

pub(super) fn refuse_other_than_events(response: &Response) -> Result<(), LlmError> {
    if is_event_stream(response.headers()) {
        Ok(())
    } else {
        Err(malformed(
            "The provider sent something else than a stream of events.",
        ))
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("text/event-stream")
}

fn malformed(message: &str) -> LlmError {
    LlmError::new(LlmErrorKind::Malformed).with_message(message)
}

/// The error that an answer means; its status counts even if its body doesn't come.
pub(super) async fn read_error(mut response: Response, key: &ApiKeySecret) -> LlmError {
    let mut body = Vec::new();
    if refuse_encoding(&response).is_ok() {
        let read = read_up_to(&mut response, &mut body, errors::MAX_BODY);
        // Whatever came in time is what there is.
        let _in_time = timeout(ERROR_BODY_TIMEOUT, read).await;
    }
    errors::of_answer(response.status(), response.headers(), &body, key)
}

async fn read_up_to(response: &mut Response, body: &mut Vec<u8>, most: usize) {
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = most.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if chunk.len() > room {
            return;
        }
    }
}

/// The whole body, if it isn't longer than `most`.
pub(super) async fn read_at_most(mut response: Response, most: usize) -> Result<Vec<u8>, LlmError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| errors::of_transport(&error))?
    {
        if body.len() + chunk.len() > most {
            return Err(malformed("The provider's answer is too long."));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn only_event_streams_are_taken_for_such() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(text));
            is_event_stream(&headers)
        };
        assert!(of("text/event-stream; charset=utf-8"));
        assert!(of("Text/Event-Stream"));
        assert!(!of("application/json"));
        assert!(!of("text/event-stream-not"));
        assert!(!is_event_stream(&HeaderMap::new()));
    }
}
