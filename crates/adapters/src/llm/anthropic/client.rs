//! Calls the provider with somebody's key.

use async_trait::async_trait;
use bytes::Bytes;
use latchkey_domain::{
    api_key::ApiKeySecret,
    llm::{LlmClient, LlmError, LlmErrorKind, LlmRequest, LlmStream, ModelInfo},
};
use reqwest::{
    Method, Request, Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    },
    redirect,
};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;
use zeroize::Zeroizing;

use super::{
    AnthropicSettings, errors, models,
    settings::ProviderTimeouts,
    stream::{AnswerStream, Patience},
    translate,
};

const USER_AGENT: &str = concat!("latchkey/", env!("CARGO_PKG_VERSION"));
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const VERSION: HeaderName = HeaderName::from_static("anthropic-version");
/// The version for everything but messages, which choose theirs.
const LIST_VERSION: &str = "2026-10-21";
/// Longest wait for a list of models: a person waits for it.
const LIST_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait for the body of an error, whose status says most already.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection waits for the next call. Its buffers may hold the last key, so not for long.
const POOL_IDLE: Duration = Duration::from_secs(30);
/// The slowest way up that we wait for, in bytes a second.
const SLOWEST_UPLOAD: usize = 128 * 1024;

/// The provider, over HTTP. Cheap to share; one for the whole server, whoever's keys it carries.
#[derive(Debug, Clone)]
pub struct AnthropicClient {
    http: reqwest::Client,
    messages: Url,
    models: Url,
    timeouts: ProviderTimeouts,
}

impl AnthropicClient {
    /// Makes the client; connections are made when they are needed.
    ///
    /// # Errors
    /// [`ClientSetupError`] when TLS or the proxy can't be set up.
    pub fn new(settings: &AnthropicSettings) -> Result<Self, ClientSetupError> {
        let mut builder = reqwest::Client::builder()
            // A redirect would carry `x-api-key` to wherever it points.
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(settings.timeouts.connect)
            .pool_idle_timeout(POOL_IDLE)
            .tcp_nodelay(true)
            .http1_only()
            .user_agent(USER_AGENT);
        builder = if settings.url.is_https() {
            builder.https_only(true)
        } else {
            // Plain http to this machine: no certificates need to be there.
            builder.tls_certs_only([])
        };
        if let Some(proxy) = &settings.outbound_proxy {
            builder = builder.proxy(proxy.to_reqwest().map_err(|_| ClientSetupError::Proxy)?);
        }
        Ok(Self {
            http: builder.build().map_err(|_| ClientSetupError::Tls)?,
            messages: settings.url.resource("/v1/messages"),
            models: settings.url.resource("/v1/models"),
            timeouts: settings.timeouts,
        })
    }

    /// Sends `request` and waits for an answer with status 200 that is no riddle.
    async fn send(
        &self,
        request: Request,
        patience: Duration,
        key: &ApiKeySecret,
    ) -> Result<Response, LlmError> {
        let response = timeout(patience, self.http.execute(request))
            .await
            .map_err(|_| LlmError::new(LlmErrorKind::Timeout))?
            .map_err(|error| errors::of_transport(&error))?;
        if response.status() == StatusCode::OK {
            refuse_encoding(&response)?;
            Ok(response)
        } else {
            Err(read_error(response, key).await)
        }
    }

    async fn page(
        &self,
        key: &ApiKeySecret,
        limit: u32,
        after: Option<&str>,
    ) -> Result<models::Page, LlmError> {
        let url = models::page_url(&self.models, limit, after);
        let request = keyed_request(Method::GET, url, key, LIST_VERSION)?;
        let asked = async {
            let response = self.send(request, self.timeouts.idle, key).await?;
            let body = read_at_most(response, models::MAX_PAGE).await?;
            models::read_page(&body)
        };
        timeout(self.timeouts.idle.min(LIST_TIMEOUT), asked)
            .await
            .unwrap_or_else(|_| Err(LlmError::new(LlmErrorKind::Timeout)))
    }
}

#[async_trait]
impl LlmClient for AnthropicClient {
    async fn open(
        &self,
        key: &ApiKeySecret,
        request: &LlmRequest,
    ) -> Result<Box<dyn LlmStream>, LlmError> {
        let patience = Patience::starting_now(self.timeouts.idle, self.timeouts.total);
        let translated = translate::messages_request(request)?;
        let upload = upload_time(translated.body.len());
        let mut http_request =
            keyed_request(Method::POST, self.messages.clone(), key, translated.version)?;
        *http_request.body_mut() = Some(translated.body.into());
        let headers = http_request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("text/event-stream, application/json"),
        );
        let wait = (self.timeouts.idle + upload).min(self.timeouts.total);
        let response = self.send(http_request, wait, key).await?;
        refuse_other_than_events(&response)?;
        let mut stream = AnswerStream::new(response, patience, key.clone());
        stream.wait_for_first_event().await?;
        Ok(Box::new(stream))
    }

    async fn check_key(&self, key: &ApiKeySecret) -> Result<Vec<ModelInfo>, LlmError> {
        Ok(self.page(key, 1, None).await?.models)
    }

    async fn list_models(&self, key: &ApiKeySecret) -> Result<Vec<ModelInfo>, LlmError> {
        let mut all = Vec::new();
        let mut after = None;
        for _ in 0..models::MAX_PAGES {
            let page = self
                .page(key, models::PAGE_LENGTH, after.as_deref())
                .await?;
            all.extend(page.models);
            if page.next_after.is_none() || page.next_after == after {
                break;
            }
            after = page.next_after;
        }
        models::newest_first(&mut all);
        Ok(all)
    }
}

/// A request with `key`, in `x-api-key`: both versions of the API take it there, while it isn't documented that the
/// older one takes every key as a bearer token.
fn keyed_request(
    method: Method,
    url: Url,
    key: &ApiKeySecret,
    version: &'static str,
) -> Result<Request, LlmError> {
    let mut request = Request::new(method, url);
    let headers = request.headers_mut();
    headers.insert(API_KEY, key_header(key)?);
    headers.insert(VERSION, HeaderValue::from_static(version));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // What is compressed may be a bomb, and tells its length.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Ok(request)
}

/// How long the body may take to go up, beside the wait for the answer.
fn upload_time(length: usize) -> Duration {
    Duration::from_secs(u64::try_from(length / SLOWEST_UPLOAD).unwrap_or(u64::MAX))
}

/// The key as a header that no debug output shows, in memory that is wiped with the request.
fn key_header(key: &ApiKeySecret) -> Result<HeaderValue, LlmError> {
    let wiped = Bytes::from_owner(Zeroizing::new(key.expose().as_bytes().to_vec()));
    let mut value = HeaderValue::from_maybe_shared(wiped)
        .map_err(|_| LlmError::new(LlmErrorKind::InvalidKey))?;
    value.set_sensitive(true);
    Ok(value)
}

/// We never ask for compression, and undo none.
fn refuse_encoding(response: &Response) -> Result<(), LlmError> {
    match response.headers().get(CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(malformed("The provider sent a compressed answer."))
        }
        _ => Ok(()),
    }
}

fn refuse_other_than_events(response: &Response) -> Result<(), LlmError> {
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
async fn read_error(mut response: Response, key: &ApiKeySecret) -> LlmError {
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
async fn read_at_most(mut response: Response, most: usize) -> Result<Vec<u8>, LlmError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| errors::of_transport(&error))?
    {
        if body.len() + chunk.len() > most {
            return Err(malformed("The provider's list of models is too long."));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why there is no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientSetupError {
    /// No trusted certificates, most likely.
    #[error(
        "TLS can't be set up: are this machine's trusted certificates installed (on Debian: ca-certificates)?"
    )]
    Tls,
    /// The proxy can't be used.
    #[error("the outbound proxy can't be used")]
    Proxy,
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::secret::SecretText;

    #[test]
    fn a_request_prints_nothing_of_its_key() {
        let key = SecretText::new("sk-ant-api03-CANARYabcdefghijklmnop".into());
        let key = ApiKeySecret::parse(&key).unwrap();
        let url = Url::parse("https://h.example/v1/messages").unwrap();
        let request = keyed_request(Method::POST, url, &key, "2026-10-21").unwrap();
        assert!(!format!("{request:?}").contains("CANARY"));
        assert_eq!(
            request.headers()[API_KEY].as_bytes(),
            key.expose().as_bytes()
        );
    }

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
