//! A provider that follows a script: what it answers, when it waits, how it fails. It records what it was asked.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use latchkey_domain::{
    api_key::ApiKeySecret,
    llm::{
        EventKind, LlmClient, LlmError, LlmErrorKind, LlmEvent, LlmRequest, LlmStream, ModelInfo,
    },
};
use tokio::sync::watch;

use crate::builders::{chat::model, events::text_answer};

/// What the provider does with one call.
#[derive(Debug, Default)]
pub struct Reply {
    refusal: Option<LlmError>,
    steps: VecDeque<Step>,
}

#[derive(Debug)]
enum Step {
    Send(Vec<LlmEvent>),
    Fail(LlmError),
    Wait(watch::Receiver<bool>),
}

impl Reply {
    /// A good answer of one text block.
    pub fn text(text: &str) -> Self {
        Self::new().events(text_answer(text))
    }

    /// An answer without events: the call fails as unreachable.
    pub fn new() -> Self {
        Self::default()
    }

    /// The call is refused.
    pub fn refused(error: LlmError) -> Self {
        Self {
            refusal: Some(error),
            ..Self::default()
        }
    }

    /// Sends these events together, as one read of the connection gives them.
    #[must_use]
    pub fn events(mut self, events: impl IntoIterator<Item = LlmEvent>) -> Self {
        let events: Vec<LlmEvent> = events.into_iter().collect();
        // An empty list would say that the provider has ended the stream.
        if !events.is_empty() {
            self.steps.push_back(Step::Send(events));
        }
        self
    }

    /// Sends these events one by one.
    #[must_use]
    pub fn dripping(mut self, events: impl IntoIterator<Item = LlmEvent>) -> Self {
        let single = |event| Step::Send(vec![event]);
        self.steps.extend(events.into_iter().map(single));
        self
    }

    /// Breaks off with this error; nothing follows. Without any content before it, the call fails with it.
    #[must_use]
    pub fn then_fails(mut self, error: LlmError) -> Self {
        self.steps.push_back(Step::Fail(error));
        self
    }

    /// Falls silent until the gate opens: for ever, if nobody opens it.
    #[must_use]
    pub fn then_waits(mut self, gate: &Gate) -> Self {
        self.steps.push_back(Step::Wait(gate.opened.subscribe()));
        self
    }
}

/// Holds replies back until it is opened. Also opens when it is dropped.
#[derive(Debug, Default)]
pub struct Gate {
    opened: watch::Sender<bool>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets all replies that wait here go on.
    pub fn open(&self) {
        self.opened.send_replace(true);
    }
}

/// One call that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedCall {
    /// The key that paid.
    pub key: ApiKeySecret,
    /// What was asked.
    pub request: LlmRequest,
}

/// A provider that follows a script. Without one it refuses every call, so that no test rests on an answer by chance.
pub struct ScriptedLlm {
    script: Mutex<Script>,
    counts: watch::Sender<Counts>,
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    calls: Vec<RecordedCall>,
    key_checks: HashMap<String, Result<Vec<ModelInfo>, LlmError>>,
    checked: Vec<ApiKeySecret>,
    counted: Vec<RecordedCall>,
    counts: VecDeque<Result<u64, LlmError>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    calls: usize,
    open: usize,
}

impl ScriptedLlm {
    /// A provider without a script, to which every key is good.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::default(),
            counts: watch::Sender::default(),
        })
    }

    /// Adds the reply to the next call that has none yet.
    pub fn reply(&self, reply: Reply) {
        self.script().replies.push_back(reply);
    }

    /// What the provider says of `key` from now on.
    pub fn judge_key(&self, key: &ApiKeySecret, verdict: Result<Vec<ModelInfo>, LlmError>) {
        self.script()
            .key_checks
            .insert(key.expose().to_owned(), verdict);
    }

    /// All calls for an answer, in order.
    pub fn calls(&self) -> Vec<RecordedCall> {
        self.script().calls.clone()
    }

    /// All keys that were checked or asked for their models, in order.
    pub fn checked_keys(&self) -> Vec<ApiKeySecret> {
        self.script().checked.clone()
    }

    /// Adds the answer to the next count of tokens that has none yet.
    pub fn will_count(&self, answer: Result<u64, LlmError>) {
        self.script().counts.push_back(answer);
    }

    /// All calls for a count of tokens, in order.
    pub fn counted(&self) -> Vec<RecordedCall> {
        self.script().counted.clone()
    }

    /// How many answers are open: asked for and not dropped yet.
    pub fn open_streams(&self) -> usize {
        self.counts.borrow().open
    }

    /// Waits until `count` calls have been made.
    pub async fn called(&self, count: usize) {
        self.until(|counts| counts.calls >= count).await;
    }

    /// Waits until no answer is open: the product has left the provider.
    pub async fn left(&self) {
        self.until(|counts| counts.open == 0).await;
    }

    async fn until(&self, reached: impl FnMut(&Counts) -> bool) {
        let reached = self.counts.subscribe().wait_for(reached).await.is_ok();
        assert!(reached, "the provider holds the sender");
    }

    fn verdict(&self, key: &ApiKeySecret) -> Result<Vec<ModelInfo>, LlmError> {
        let mut script = self.script();
        script.checked.push(key.clone());
        let verdict = script.key_checks.get(key.expose()).cloned();
        verdict.unwrap_or_else(|| Ok(vec![model_info()]))
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl LlmClient for ScriptedLlm {
    async fn open(
        &self,
        key: &ApiKeySecret,
        request: &LlmRequest,
    ) -> Result<Box<dyn LlmStream>, LlmError> {
        let (reply, number) = {
            let mut script = self.script();
            script.calls.push(RecordedCall {
                key: key.clone(),
                request: request.clone(),
            });
            (script.replies.pop_front(), script.calls.len())
        };
        let request_id = format!("req_{number}");
        self.counts.send_modify(|counts| {
            counts.calls += 1;
            counts.open += 1;
        });
        let mut stream = ScriptedStream {
            steps: VecDeque::new(),
            ended: false,
            request_id: request_id.clone(),
            counts: self.counts.clone(),
        };
        let reply = reply.unwrap_or_else(|| Reply::refused(no_script()));
        if let Some(mut error) = reply.refusal {
            error.request_id = error.request_id.or(Some(request_id));
            return Err(error);
        }
        stream.steps = reply.steps;
        stream.wait_for_content().await?;
        Ok(Box::new(stream))
    }

    async fn count_tokens(
        &self,
        key: &ApiKeySecret,
        request: &LlmRequest,
    ) -> Result<u64, LlmError> {
        let mut script = self.script();
        script.counted.push(RecordedCall {
            key: key.clone(),
            request: request.clone(),
        });
        let answer = script.counts.pop_front();
        answer.unwrap_or_else(|| Err(no_script()))
    }

    async fn check_key(&self, key: &ApiKeySecret) -> Result<Vec<ModelInfo>, LlmError> {
        self.verdict(key)
    }

    async fn list_models(&self, key: &ApiKeySecret) -> Result<Vec<ModelInfo>, LlmError> {
        self.verdict(key)
    }
}

struct ScriptedStream {
    steps: VecDeque<Step>,
    ended: bool,
    request_id: String,
    counts: watch::Sender<Counts>,
}

impl ScriptedStream {
    /// The port promises to come back when there is something to read, and to fail if that never comes.
    async fn wait_for_content(&mut self) -> Result<(), LlmError> {
        let mut held = 0;
        loop {
            match self.steps.get_mut(held) {
                Some(Step::Send(events)) if events.iter().any(has_content) => return Ok(()),
                Some(Step::Send(_)) => held += 1,
                Some(Step::Wait(gate)) => {
                    // A gate that was dropped is open.
                    let _opened = gate.wait_for(|open| *open).await.is_ok();
                    self.steps.remove(held);
                }
                Some(Step::Fail(error)) => {
                    error.request_id = error.request_id.take().or(Some(self.request_id.clone()));
                    return Err(error.clone());
                }
                None => return Err(LlmError::new(LlmErrorKind::Unreachable)),
            }
        }
    }

    async fn wait_until_something_comes(&mut self) {
        while let Some(Step::Wait(gate)) = self.steps.front_mut() {
            // A gate that was dropped is open.
            let _opened = gate.wait_for(|open| *open).await.is_ok();
            self.steps.pop_front();
        }
    }
}

#[async_trait]
impl LlmStream for ScriptedStream {
    async fn next_events(&mut self) -> Result<Vec<LlmEvent>, LlmError> {
        if self.ended {
            return Ok(Vec::new());
        }
        self.wait_until_something_comes().await;
        match self.steps.pop_front() {
            Some(Step::Send(events)) => Ok(events),
            Some(Step::Fail(mut error)) => {
                self.ended = true;
                error.request_id = error.request_id.or_else(|| self.request_id());
                Err(error)
            }
            Some(Step::Wait(_)) | None => {
                self.ended = true;
                Ok(Vec::new())
            }
        }
    }

    fn request_id(&self) -> Option<String> {
        Some(self.request_id.clone())
    }
}

impl Drop for ScriptedStream {
    fn drop(&mut self) {
        self.counts.send_modify(|counts| counts.open -= 1);
    }
}

/// Whether a reader gets anything from the event.
fn has_content(event: &LlmEvent) -> bool {
    let starts_empty_text = || {
        let data: serde_json::Value = serde_json::from_slice(&event.data).unwrap_or_default();
        data.pointer("/content_block/text")
            .is_some_and(|text| text == "")
    };
    match event.kind {
        EventKind::MessageStart | EventKind::Ping => false,
        EventKind::BlockStart => !starts_empty_text(),
        _ => true,
    }
}

/// A model as the provider describes it.
pub fn model_info() -> ModelInfo {
    ModelInfo {
        id: model(),
        display_name: Some("Claude Sonnet 5.5".to_owned()),
        created_at: None,
        max_input_tokens: Some(1_000_000),
        max_output_tokens: Some(128_000),
        lifecycle: None,
    }
}

fn no_script() -> LlmError {
    LlmError::new(LlmErrorKind::Failure).with_message("the test gave no reply to this call")
}
