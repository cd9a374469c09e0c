//! A small HTTP client that sends exactly what a test says.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// How long a test waits for bytes before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &str, body: &Value) -> Self {
        Self::new("POST", path).json(body)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn head(&self, address: SocketAddr) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path).into_bytes();
        let has = |name: &str| self.headers.iter().any(|(found, _)| found == name);
        let mut extra = vec![("connection", "close".to_owned())];
        if !has("host") {
            extra.push(("host", address.to_string()));
        }
        if !self.body.is_empty() && !has("content-length") && !has("transfer-encoding") {
            extra.push(("content-length", self.body.len().to_string()));
        }
        let extra = extra
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into_bytes()));
        for (name, value) in self.headers.iter().cloned().chain(extra) {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(&value);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }

    /// Sends the request and reads the whole answer.
    pub fn send(&self, address: SocketAddr) -> Answer {
        let mut connection = self.open(address);
        let mut bytes = Vec::new();
        // A server that refuses a body closes with bytes unread; what it said first is what counts.
        let _reset = connection.read_to_end(&mut bytes);
        Answer::parse(&bytes, self.method == "HEAD")
    }

    /// Sends the request and leaves the answer to the caller.
    pub fn open(&self, address: SocketAddr) -> TcpStream {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection.write_all(&self.head(address)).unwrap();
        // The server may have closed already when it refuses by the head alone.
        let _closed = connection.write_all(&self.body);
        connection
    }
}

impl Answer {
    fn parse(bytes: &[u8], is_head: bool) -> Self {
        let end = find(bytes, b"\r\n\r\n").unwrap_or_else(|| {
            panic!("no answer, but {:?}", String::from_utf8_lossy(bytes));
        });
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let mut answer = Self {
            status: status.parse().unwrap(),
            headers,
            body: Vec::new(),
        };
        let raw = &bytes[end + 4..];
        answer.body = if is_head {
            assert!(raw.is_empty(), "a HEAD has no body");
            Vec::new()
        } else if answer.header("transfer-encoding") == Some("chunked") {
            unchunk(raw)
        } else {
            raw.to_vec()
        };
        answer
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(
            values.next().is_none() || name == "set-cookie",
            "{name} is there twice"
        );
        value
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} is no JSON: {:?}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The answer, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Checks that this is a problem with this status and code, of the right form.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!(
            (self.status, body["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(body["status"], status);
        assert_eq!(body["detail"], body["error"]);
        assert_eq!(body["type"], format!("urn:latchkey:problem:{code}"));
        assert_eq!(body["requestId"].as_str(), self.header("x-request-id"));
        assert!(body["title"].is_string() && body["errors"].is_array());
        body
    }

    /// The pointers of the faulty fields, sorted.
    #[track_caller]
    pub fn faulty(&self) -> Vec<String> {
        let body = self.expect_problem(422, "validation_failed");
        let mut pointers: Vec<String> = body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault["pointer"].as_str().unwrap().to_owned())
            .collect();
        pointers.sort();
        pointers
    }

    /// The bytes that must be the same for what is somebody else's and what isn't there.
    pub fn without_request_id(&self) -> (u16, Vec<(String, String)>, String) {
        let id = self.header("x-request-id").unwrap().to_owned();
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .filter(|(name, _)| name != "x-request-id" && name != "date")
            .cloned()
            .collect();
        headers.sort();
        (self.status, headers, self.text().replace(&id, ""))
    }
}

pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The content of a chunked body, as far as it came.
pub fn unchunk(mut raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = find(raw, b"\r\n") {
        let size = std::str::from_utf8(&raw[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let rest = &raw[end + 2..];
        if size == 0 || rest.len() < size + 2 {
            break;
        }
        body.extend_from_slice(&rest[..size]);
        raw = &rest[size + 2..];
    }
    body
}
