//! A running answer: reads what the provider sends, as soon as it is there, and no longer than is meant to be.

use std::{pin::Pin, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream::BoxStream};
use latchkey_domain::{
    api_key::ApiKeySecret,
    llm::{EventKind, LlmError, LlmErrorKind, LlmEvent, LlmStream},
};
use reqwest::Response;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::{
    errors,
    event::{Received, has_content},
    sse::{SseEvent, SseParser},
};

/// Most pieces that are read at once, so that a fast provider can't keep others waiting.
const MAX_PIECES_AT_ONCE: usize = 64;
/// Most that is held back while there is nothing to read yet, in bytes. Who sends more gets it passed on.
const MOST_HELD: usize = 64 * 1024;
/// How long the end of a complete answer is waited for, so that its connection can serve the next call.
const LAST_BYTES: Duration = Duration::from_secs(2);

/// The body of a response, without its headers: with them, the buffer into which the first bytes were read would stay.
type Body = BoxStream<'static, reqwest::Result<Bytes>>;

/// One running answer. Dropping it closes its connection, unless the answer is complete.
pub(super) struct AnswerStream {
    /// What comes, while more may.
    body: Option<Body>,
    parser: SseParser,
    parsed: Vec<SseEvent>,
    /// Events that nobody has taken yet.
    ready: Vec<LlmEvent>,
    /// How the stream ended, if not well; said once the events before it are taken.
    failure: Option<LlmError>,
    patience: Patience,
    /// Whether a reader may have got something that a second try couldn't take back.
    any_content: bool,
    request_id: Option<String>,
    /// To find it in the provider's words, should they repeat it.
    key: ApiKeySecret,
}

impl AnswerStream {
    pub(super) fn new(response: Response, patience: Patience, key: ApiKeySecret) -> Self {
        Self {
            request_id: errors::request_id(response.headers(), &key),
            body: Some(response.bytes_stream().boxed()),
            parser: SseParser::default(),
            parsed: Vec::new(),
            ready: Vec::new(),
            failure: None,
            patience,
            any_content: false,
            key,
        }
    }

    /// Waits until there is something to read, and holds back what comes before it. An error that comes first is one
    /// of the call, not of the answer.
    pub(super) async fn wait_for_content(&mut self) -> Result<(), LlmError> {
        while !self.any_content && self.held() < MOST_HELD && self.body.is_some() {
            self.read_more().await;
        }
        match self.failure.take() {
            Some(failure) if !self.any_content => Err(failure),
            failure => {
                self.failure = failure;
                Ok(())
            }
        }
    }

    /// About how much memory the events take that wait.
    fn held(&self) -> usize {
        let size = |event: &LlmEvent| size_of::<LlmEvent>() + event.data.len();
        self.ready.iter().map(size).sum()
    }

    /// Reads until there is an event, a failure, or the end.
    async fn fill(&mut self) {
        while self.ready.is_empty() && self.body.is_some() {
            self.read_more().await;
        }
    }

    /// Waits for the next piece, and takes with it what has come, too.
    async fn read_more(&mut self) {
        if let Some(body) = &mut self.body {
            match self.patience.wait_for(body.next()).await {
                Ok(piece) => self.take(piece),
                Err(failure) => self.end_with(failure),
            }
            self.take_what_is_there();
        }
    }

    /// Takes further pieces that have come, without waiting.
    fn take_what_is_there(&mut self) {
        for _ in 0..MAX_PIECES_AT_ONCE {
            let next = self
                .body
                .as_mut()
                .and_then(|body| body.next().now_or_never());
            match next {
                Some(piece) => self.take(piece),
                None => return,
            }
        }
    }

    fn take(&mut self, piece: Option<reqwest::Result<Bytes>>) {
        if let Some(Ok(piece)) = piece {
            self.read(&piece);
        } else {
            // Before any content, nothing came of it, and it may be tried again.
            let kind = if self.any_content {
                LlmErrorKind::Interrupted
            } else {
                LlmErrorKind::Unreachable
            };
            self.end_with(
                LlmError::new(kind).with_message("The connection to the provider broke."),
            );
        }
    }

    fn read(&mut self, piece: &Bytes) {
        let mut parsed = std::mem::take(&mut self.parsed);
        let bounded = self.parser.push(piece, &mut parsed);
        for event in parsed.drain(..) {
            if self.body.is_none() {
                // Nothing counts after the end.
                break;
            }
            self.receive(event);
        }
        self.parsed = parsed;
        if bounded.is_err() && self.body.is_some() {
            self.end_with(
                LlmError::new(LlmErrorKind::Malformed)
                    .with_message("The provider sent an event of more than 16 MiB."),
            );
        }
    }

    fn receive(&mut self, event: SseEvent) {
        match Received::read(event) {
            Received::Event(event) => {
                let is_last = event.kind == EventKind::MessageStop;
                self.any_content |= has_content(&event);
                self.ready.push(event);
                if is_last && let Some(body) = self.body.take() {
                    hand_back(body);
                }
            }
            Received::Error(data) => {
                let failure = errors::of_event(&data, &self.key);
                self.end_with(failure);
            }
        }
    }

    fn end_with(&mut self, mut failure: LlmError) {
        failure.request_id = failure.request_id.or_else(|| self.request_id.clone());
        self.body = None;
        self.failure = Some(failure);
    }
}

#[async_trait]
impl LlmStream for AnswerStream {
    async fn next_events(&mut self) -> Result<Vec<LlmEvent>, LlmError> {
        self.fill().await;
        if self.ready.is_empty()
            && let Some(failure) = self.failure.take()
        {
            return Err(failure);
        }
        Ok(std::mem::take(&mut self.ready))
    }

    fn request_id(&self) -> Option<String> {
        self.request_id.clone()
    }
}

/// Reads a complete answer's body to its end, beside everything else: only then can the connection be used again.
/// A provider that holds it open loses it.
fn hand_back(mut body: Body) {
    match body.next().now_or_never() {
        Some(Some(Ok(_))) | None => {}
        Some(None | Some(Err(_))) => return,
    }
    tokio::spawn(async move {
        let rest = async { while let Some(Ok(_)) = body.next().await {} };
        let _in_time = timeout(LAST_BYTES, rest).await;
    });
}

/// How long we wait for the provider: for anything at all, and for everything.
pub(super) struct Patience {
    idle: Duration,
    end: Instant,
    /// Since when we wait for the next sign, also if the wait was given up and begun again.
    waiting_since: Option<Instant>,
    /// One timer for the whole answer. It is set anew only when it rings too early, not for each event.
    alarm: Pin<Box<Sleep>>,
}

impl Patience {
    pub(super) fn starting_now(idle: Duration, total: Duration) -> Self {
        let now = Instant::now();
        let end = now + total;
        Self {
            idle,
            end,
            waiting_since: None,
            alarm: Box::pin(sleep_until(end.min(now + idle))),
        }
    }

    /// Waits for `sign`, but not too long.
    async fn wait_for<T>(&mut self, sign: impl Future<Output = T>) -> Result<T, LlmError> {
        let now = Instant::now();
        let due = self
            .end
            .min(*self.waiting_since.get_or_insert(now) + self.idle);
        let mut sign = std::pin::pin!(sign);
        // Also for a provider that never lets us wait.
        while Instant::now() < self.end {
            tokio::select! {
                biased;
                sign = &mut sign => {
                    self.waiting_since = None;
                    return Ok(sign);
                }
                () = self.alarm.as_mut() => {
                    if Instant::now() >= due {
                        break;
                    }
                    self.alarm.as_mut().reset(due);
                }
            }
        }
        Err(LlmError::new(LlmErrorKind::Timeout))
    }
}
