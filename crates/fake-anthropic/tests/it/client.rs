//! A tiny HTTP client that sees every byte.

use std::time::Duration;

use fake_anthropic::FakeAnthropic;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub const KEY: &str = "sk-ant-api03-testtesttesttesttest-AA";
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer that arrived whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How many chunks it came in; 0 where it wasn't chunked.
    pub chunks: usize,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(present, _)| present.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// `error.type`, after a check that the envelope is Anthropic's.
    pub fn error_type(&self) -> String {
        let json = self.json();
        assert_eq!(json["type"], "error");
        assert_eq!(json["request_id"].as_str(), self.header("request-id"));
        json["error"]["type"].as_str().unwrap().to_owned()
    }

    pub fn error_message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap().to_owned()
    }

    /// The stream's events as (name, data), after a check of their form.
    pub fn events(&self) -> Vec<(String, Value)> {
        let text = std::str::from_utf8(&self.body).unwrap();
        assert!(text.ends_with("\n\n"), "the stream ends within an event");
        text.split_terminator("\n\n").map(event).collect()
    }

    /// All text deltas joined.
    pub fn text(&self) -> String {
        let deltas = self
            .events()
            .into_iter()
            .filter(|(name, _)| name == "content_block_delta");
        deltas
            .filter_map(|(_, data)| data["delta"]["text"].as_str().map(str::to_owned))
            .collect()
    }
}

fn event(event: &str) -> (String, Value) {
    let (name, data) = event.split_once('\n').unwrap();
    let name = name.strip_prefix("event: ").unwrap().to_owned();
    let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(data["type"], name, "the name is the data's type");
    (name, data)
}

/// A connection to the fake.
pub struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Client {
    pub async fn connect(fake: &FakeAnthropic) -> Self {
        Self {
            stream: TcpStream::connect(fake.address()).await.unwrap(),
            received: Vec::new(),
        }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// What else arrives until the connection ends; `Err` where it ends with a RST.
    pub async fn read_to_end(&mut self) -> Result<Vec<u8>, Vec<u8>> {
        loop {
            match timeout(PATIENCE, self.stream.read_buf(&mut self.received))
                .await
                .unwrap()
            {
                Ok(0) => return Ok(std::mem::take(&mut self.received)),
                Ok(_) => {}
                Err(_) => return Err(std::mem::take(&mut self.received)),
            }
        }
    }

    /// Waits until what has arrived contains this; gives all that has arrived.
    pub async fn read_until(&mut self, end: &str) -> String {
        loop {
            let text = String::from_utf8_lossy(&self.received).into_owned();
            if text.contains(end) {
                return text;
            }
            self.receive().await;
        }
    }

    /// Whether nothing arrives for a moment.
    pub async fn is_silent(&mut self) -> bool {
        timeout(
            Duration::from_millis(80),
            self.stream.read_buf(&mut self.received),
        )
        .await
        .is_err()
    }

    async fn receive(&mut self) {
        let more = timeout(PATIENCE, self.stream.read_buf(&mut self.received))
            .await
            .unwrap()
            .unwrap();
        assert!(more > 0, "the connection ended within an answer");
    }

    async fn take(&mut self, length: usize) -> Vec<u8> {
        while self.received.len() < length {
            self.receive().await;
        }
        self.received.drain(..length).collect()
    }

    async fn take_line(&mut self) -> String {
        loop {
            if let Some(end) = self.received.windows(2).position(|two| two == b"\r\n") {
                let line = self.take(end + 2).await;
                return String::from_utf8(line[..end].to_vec()).unwrap();
            }
            self.receive().await;
        }
    }

    pub async fn answer(&mut self) -> Answer {
        let status_line = self.take_line().await;
        let status = status_line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.take_line().await;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
            chunks: 0,
        };
        if let Some(length) = answer.header("content-length") {
            answer.body = self.take(length.parse().unwrap()).await;
            return answer;
        }
        assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
        loop {
            let size = usize::from_str_radix(&self.take_line().await, 16).unwrap();
            answer.body.extend(self.take(size).await);
            assert_eq!(self.take_line().await, "");
            if size == 0 {
                return answer;
            }
            answer.chunks += 1;
        }
    }

    pub async fn request(&mut self, request: &Request) -> Answer {
        self.send(&request.bytes()).await;
        self.answer().await
    }
}

/// A request that can be bent.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: &'static str,
    pub target: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A valid `POST /v1/messages` with version 2026-10-21.
    pub fn messages(body: &Value) -> Self {
        Self::post("/v1/messages", body)
    }

    pub fn post(target: &str, body: &Value) -> Self {
        Self {
            method: "POST",
            target: target.to_owned(),
            headers: vec![
                ("host", "fake".to_owned()),
                ("x-api-key", KEY.to_owned()),
                ("anthropic-version", "2026-10-21".to_owned()),
                ("content-type", "application/json".to_owned()),
            ],
            body: body.to_string().into_bytes(),
        }
    }

    pub fn get(target: &str) -> Self {
        Self {
            method: "GET",
            body: Vec::new(),
            ..Self::post(target, &Value::Null)
        }
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(present, _)| *present != name);
        self
    }

    pub fn key(self, key: &str) -> Self {
        self.header("x-api-key", key)
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", self.body.len()).as_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Sends it over a connection of its own.
    pub async fn to(&self, fake: &FakeAnthropic) -> Answer {
        Client::connect(fake).await.request(self).await
    }
}
