//! What the fake received and what it answered, and how much is open right now.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::Notify;

use crate::http::Head;

/// One request with its answer.
#[derive(Debug)]
pub struct Exchange {
    /// The first request of a fake is number 1.
    pub number: u64,
    /// Requests with the same number came over the same connection.
    pub connection: u64,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    /// In the order and the case in which they came.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    /// From `x-api-key`, else from `Authorization: Bearer`.
    pub key: Option<String>,
    pub received_at: Instant,
    answer: Mutex<Answer>,
}

#[derive(Debug, Default)]
struct Answer {
    status: Option<u16>,
    request_id: Option<String>,
    body: Vec<u8>,
    ended: Option<Ended>,
}

impl Exchange {
    fn new(number: u64, connection: u64, head: &Head, body: Bytes, key: Option<&str>) -> Self {
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        Self {
            number,
            connection,
            method: text(&head.method),
            path: head.path().to_owned(),
            query: head.query().map(str::to_owned),
            headers: head
                .headers()
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
            body,
            key: key.map(str::to_owned),
            received_at: Instant::now(),
            answer: Mutex::default(),
        }
    }

    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(present, _)| present.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` where it isn't.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The status that was answered, once it is decided.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.answer().status
    }

    /// The `request-id` of the answer.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        self.answer().request_id.clone()
    }

    /// The bytes of the answer's body that were written so far, without chunk framing.
    #[must_use]
    pub fn sent_body(&self) -> Vec<u8> {
        self.answer().body.clone()
    }

    /// How the answer ended; `None` while it runs.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        self.answer().ended
    }

    pub(crate) fn note_head(&self, status: u16, request_id: &str) {
        let mut answer = self.answer();
        answer.status = Some(status);
        answer.request_id = Some(request_id.to_owned());
    }

    pub(crate) fn note_sent(&self, bytes: &[u8]) {
        self.answer().body.extend_from_slice(bytes);
    }

    pub(crate) fn note_end(&self, ended: Ended) {
        self.answer().ended = Some(ended);
    }

    fn answer(&self) -> MutexGuard<'_, Answer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The answer was written to its end.
    Complete,
    /// The client left before the end.
    ClientLeft,
    /// The fake broke the connection with a RST, as told.
    Reset,
    /// The fake closed the connection before the end, as told.
    Closed,
}

/// How much of everything there was and is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests read to their end, valid or not.
    pub requests: u64,
    /// Requests to `/v1/messages`.
    pub message_requests: u64,
    /// Connections accepted.
    pub connections: u64,
    pub open_connections: u64,
    /// Answers on `/v1/messages` that run now, waiting ones included.
    pub open_streams: u64,
    /// Answers that the client left before their end.
    pub abandoned: u64,
}

#[derive(Debug)]
pub(crate) struct Records {
    keep: bool,
    exchanges: Mutex<Vec<Arc<Exchange>>>,
    requests: AtomicU64,
    message_requests: AtomicU64,
    connections: AtomicU64,
    open_connections: AtomicU64,
    open_streams: AtomicU64,
    abandoned: AtomicU64,
    changed: Notify,
}

impl Records {
    pub(crate) fn new(keep: bool) -> Self {
        Self {
            keep,
            exchanges: Mutex::default(),
            requests: AtomicU64::new(0),
            message_requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            open_connections: AtomicU64::new(0),
            open_streams: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            changed: Notify::new(),
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        let read = |number: &AtomicU64| number.load(Ordering::Acquire);
        Counts {
            requests: read(&self.requests),
            message_requests: read(&self.message_requests),
            connections: read(&self.connections),
            open_connections: read(&self.open_connections),
            open_streams: read(&self.open_streams),
            abandoned: read(&self.abandoned),
        }
    }

    pub(crate) fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.kept().clone()
    }

    pub(crate) fn last(&self) -> Option<Arc<Exchange>> {
        self.kept().last().cloned()
    }

    pub(crate) fn forget(&self) {
        self.kept().clear();
    }

    /// Counts a connection and holds it as open until the guard goes.
    pub(crate) fn connection_opened(&self) -> (u64, Open<'_>) {
        let number = self.connections.fetch_add(1, Ordering::AcqRel) + 1;
        (number, self.open(&self.open_connections))
    }

    pub(crate) fn stream_opened(&self) -> Open<'_> {
        self.open(&self.open_streams)
    }

    fn open<'a>(&'a self, gauge: &'a AtomicU64) -> Open<'a> {
        gauge.fetch_add(1, Ordering::AcqRel);
        self.changed.notify_waiters();
        Open {
            gauge,
            changed: &self.changed,
        }
    }

    pub(crate) fn received(
        &self,
        connection: u64,
        head: &Head,
        body: &Bytes,
        key: Option<&str>,
    ) -> Option<Arc<Exchange>> {
        let number = self.requests.fetch_add(1, Ordering::AcqRel) + 1;
        if head.path() == "/v1/messages" {
            self.message_requests.fetch_add(1, Ordering::AcqRel);
        }
        let exchange = self
            .keep
            .then(|| Arc::new(Exchange::new(number, connection, head, body.clone(), key)));
        if let Some(exchange) = &exchange {
            self.kept().push(Arc::clone(exchange));
        }
        self.changed.notify_waiters();
        exchange
    }

    pub(crate) fn answered(&self, exchange: Option<&Exchange>, ended: Ended) {
        if ended == Ended::ClientLeft {
            self.abandoned.fetch_add(1, Ordering::AcqRel);
        }
        if let Some(exchange) = exchange {
            exchange.note_end(ended);
        }
        self.changed.notify_waiters();
    }

    /// Comes back as soon as the condition holds, without polling.
    pub(crate) async fn wait_until(&self, condition: impl Fn(Counts) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if condition(self.counts()) {
                return;
            }
            changed.await;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Arc<Exchange>>> {
        self.exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts something as open until it is dropped.
#[derive(Debug)]
pub(crate) struct Open<'a> {
    gauge: &'a AtomicU64,
    changed: &'a Notify,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.gauge.fetch_sub(1, Ordering::AcqRel);
        self.changed.notify_waiters();
    }
}
