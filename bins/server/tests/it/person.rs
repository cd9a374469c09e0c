//! Somebody with a web client.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::{server::Server, stream::Stream};

/// A password that is good enough.
pub const PASSWORD: &str = "CANARY correct horse battery";
/// A key that the fake provider takes.
pub const KEY: &str = "sk-ant-api03-CANARY-key-of-somebody-AA";

/// Somebody who talks to the server, signed in or not.
#[derive(Clone)]
pub struct Person {
    http: Client,
    url: String,
    access_token: Option<String>,
    refresh_token: Option<String>,
    /// Every byte that the server answered.
    heard: Arc<Mutex<Vec<u8>>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Person {
    /// Somebody without an account.
    pub fn visiting(server: &Server) -> Self {
        Self {
            http: Client::builder().no_proxy().build().unwrap(),
            url: server.url(),
            access_token: None,
            refresh_token: None,
            heard: Arc::default(),
        }
    }

    /// A script with a personal access token.
    pub fn with_token(server: &Server, token: &str) -> Self {
        Self {
            access_token: Some(token.to_owned()),
            ..Self::visiting(server)
        }
    }

    /// Makes an account and stays signed in.
    pub async fn register(server: &Server, email: &str) -> Self {
        let mut person = Self::visiting(server);
        let answer = person
            .post(
                "/api/auth/register",
                &json!({"email": email, "password": PASSWORD, "tokenDelivery": "body"}),
            )
            .await;
        person.keep_tokens(&answer.expect(StatusCode::CREATED));
        person
    }

    /// Signs in.
    pub async fn login(server: &Server, email: &str, password: &str) -> Self {
        let mut person = Self::visiting(server);
        let answer = person
            .post(
                "/api/auth/login",
                &json!({"email": email, "password": password, "tokenDelivery": "body"}),
            )
            .await;
        person.keep_tokens(&answer.expect(StatusCode::OK));
        person
    }

    /// Makes an account and stores a key.
    pub async fn with_key(server: &Server, email: &str) -> Self {
        let person = Self::register(server, email).await;
        person.add_key(KEY).await.expect(StatusCode::CREATED);
        person
    }

    /// The same person at another server, such as one that was started again.
    pub fn at(&self, server: &Server) -> Self {
        self.by_way_of(server.url())
    }

    /// The same person, whose requests go to this address, such as a proxy's.
    pub fn by_way_of(&self, url: String) -> Self {
        Self {
            url,
            ..self.clone()
        }
    }

    fn keep_tokens(&mut self, body: &Value) {
        self.access_token = Some(body["accessToken"].as_str().unwrap().to_owned());
        self.refresh_token = Some(body["refreshToken"].as_str().unwrap().to_owned());
    }

    pub fn access_token(&self) -> &str {
        self.access_token.as_deref().unwrap()
    }

    pub fn refresh_token(&self) -> &str {
        self.refresh_token.as_deref().unwrap()
    }

    /// Everything that the server answered, as it came.
    pub fn heard(&self) -> Vec<u8> {
        self.heard.lock().unwrap().clone()
    }

    pub async fn add_key(&self, key: &str) -> Answer {
        self.post(
            "/api/api-keys",
            &json!({"apiKey": key, "name": "My Development Key"}),
        )
        .await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request_with(Method::POST, path, body)).await
    }

    /// Sends a message and waits for the whole answer.
    pub async fn chat(&self, conversation: &str, body: Value) -> Answer {
        self.post(&messages_of(conversation), &body).await
    }

    /// Sends a message and follows the answer.
    pub async fn stream(&self, conversation: &str, mut body: Value) -> Stream {
        body["stream"] = json!(true);
        let request = self.request_with(Method::POST, &messages_of(conversation), &body);
        let response = request.send().await.unwrap();
        match response.status() {
            StatusCode::OK => Stream::of(response, Arc::clone(&self.heard)),
            status => panic!("{status}: {}", response.text().await.unwrap()),
        }
    }

    /// Re-attaches to an answer, after the event with this number.
    pub async fn listen(&self, conversation: &str, message: &str, after: Option<u64>) -> Stream {
        let path = format!("{}/{message}/stream", messages_of(conversation));
        let mut request = self.request(Method::GET, &path);
        if let Some(after) = after {
            request = request.header("last-event-id", after.to_string());
        }
        let response = request.send().await.unwrap();
        match response.status() {
            StatusCode::OK => Stream::of(response, Arc::clone(&self.heard)),
            status => panic!("{status}: {}", response.text().await.unwrap()),
        }
    }

    /// The messages that are shown, from the first.
    pub async fn messages(&self, conversation: &str) -> Vec<Value> {
        let mut body = self
            .get(&messages_of(conversation))
            .await
            .expect(StatusCode::OK);
        match body["items"].take() {
            Value::Array(messages) => messages,
            other => panic!("no list of messages: {other}"),
        }
    }

    /// Waits until the last message of the conversation has this status.
    pub async fn wait_for_status(
        &self,
        conversation: &str,
        status: &str,
        limit: Duration,
    ) -> Value {
        let deadline = Instant::now() + limit;
        loop {
            // It may not be there yet.
            let mut shown = self.get(&messages_of(conversation)).await.body;
            let messages = shown["items"].as_array_mut();
            let last = messages.and_then(Vec::pop).unwrap_or_default();
            if last["status"] == status {
                return last;
            }
            assert!(
                Instant::now() < deadline,
                "not {status} in {limit:?}: {last}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.access_token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    fn request_with(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        self.request(method, path)
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        self.heard.lock().unwrap().extend_from_slice(&bytes);
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer {
            status,
            headers,
            body,
        }
    }
}

fn messages_of(conversation: &str) -> String {
    format!("/api/chat/conversations/{conversation}/messages")
}

impl Answer {
    /// The body of an answer with this status.
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Asserts a problem with this status, code and text.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str, text: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.body["code"], code, "{}", self.body);
        assert_eq!(self.body["detail"], text);
        assert_eq!(self.body["error"], text);
    }
}
