//! Calls the provider with somebody's key.

use async_trait::async_trait;
use bytes::Bytes;
use latchkey_domain::{
    api_key::ApiKeySecret,
    llm::{LlmClient, LlmError, LlmErrorKind, LlmRequest, LlmStream, ModelInfo},
};
use reqwest::{
    Method, Request, Response, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue},
    redirect,
};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;
use zeroize::Zeroizing;

use super::{
    AnthropicSettings,
    body::{read_at_most, read_error, refuse_encoding, refuse_other_than_events},
    errors, models,
    settings::ProviderTimeouts,
    stream::{AnswerStream, Patience},
    translate,
};

const USER_AGENT: &str = concat!("latchkey/", env!("CARGO_PKG_VERSION"));
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const VERSION: HeaderName = HeaderName::from_static("anthropic-version");
const BETA: HeaderName = HeaderName::from_static("anthropic-beta");
/// The version for everything but messages, which choose theirs.
const LIST_VERSION: &str = "2026-10-21";
/// Longest wait for a list of models: a person waits for it.
const LIST_TIMEOUT: Duration = Duration::from_secs(30);
/// Most bytes of a count.
const MAX_COUNT: usize = 64 * 1024;
/// How long a connection waits for the next call. Its buffers may hold the last key, so not for long.
const POOL_IDLE: Duration = Duration::from_secs(30);
/// The slowest way up that we wait for, in bytes a second.
const SLOWEST_UPLOAD: usize = 128 * 1024;

/// The provider, over HTTP. Cheap to share; one for the whole server, whoever's keys it carries.
#[derive(Debug, Clone)]
pub struct AnthropicClient {
    http: reqwest::Client,
    messages: Url,
    count_tokens: Url,
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
            count_tokens: settings.url.resource("/v1/messages/count_tokens"),
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
            models::read_page(&body, key)
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
        let mut http_request = json_request(self.messages.clone(), key, translated)?;
        http_request.headers_mut().insert(
            ACCEPT,
            HeaderValue::from_static("text/event-stream, application/json"),
        );
        let wait = (self.timeouts.idle + upload).min(self.timeouts.total);
        let response = self.send(http_request, wait, key).await?;
        refuse_other_than_events(&response)?;
        let mut stream = AnswerStream::new(response, patience, key.clone());
        stream.wait_for_content().await?;
        Ok(Box::new(stream))
    }

    async fn count_tokens(
        &self,
        key: &ApiKeySecret,
        request: &LlmRequest,
    ) -> Result<u64, LlmError> {
        let translated = translate::count_request(request)?;
        let wait = self.timeouts.idle.min(LIST_TIMEOUT) + upload_time(translated.body.len());
        let request = json_request(self.count_tokens.clone(), key, translated)?;
        let asked = async {
            let response = self.send(request, wait, key).await?;
            let body = read_at_most(response, MAX_COUNT).await?;
            models::read_count(&body)
        };
        timeout(wait, asked)
            .await
            .unwrap_or_else(|_| Err(LlmError::new(LlmErrorKind::Timeout)))
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

/// A request with a JSON body.
fn json_request(
    url: Url,
    key: &ApiKeySecret,
    translated: translate::MessagesRequest,
) -> Result<Request, LlmError> {
    let mut request = keyed_request(Method::POST, url, key, translated.version)?;
    *request.body_mut() = Some(translated.body.into());
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(beta) = translated.beta {
        headers.insert(BETA, HeaderValue::from_static(beta));
    }
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
}
