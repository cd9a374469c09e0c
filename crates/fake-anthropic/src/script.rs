//! Which request gets which scripted reply.

use std::collections::{HashMap, VecDeque};

use crate::keys::KeyFate;
use crate::reply::Reply;

/// Which requests a reply is for. All conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct When {
    path: Option<String>,
    key: Option<String>,
    prompt: Option<String>,
    model: Option<String>,
}

impl When {
    /// `POST /v1/messages`
    #[must_use]
    pub fn messages() -> Self {
        Self::path("/v1/messages")
    }

    /// `GET /v1/models`
    #[must_use]
    pub fn models() -> Self {
        Self::path("/v1/models")
    }

    /// Requests to exactly this path.
    #[must_use]
    pub fn path(path: &str) -> Self {
        Self {
            path: Some(path.to_owned()),
            ..Self::default()
        }
    }

    /// Requests to any path.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Only with this key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// Only where the last user turn contains this text.
    #[must_use]
    pub fn prompt_contains(mut self, text: &str) -> Self {
        self.prompt = Some(text.to_owned());
        self
    }

    /// Only for this model, as it was asked for.
    #[must_use]
    pub fn model(mut self, model: &str) -> Self {
        self.model = Some(model.to_owned());
        self
    }

    fn holds(&self, request: &Asked<'_>) -> bool {
        self.path.as_deref().is_none_or(|path| path == request.path)
            && self
                .key
                .as_deref()
                .is_none_or(|key| request.key == Some(key))
            && self
                .prompt
                .as_deref()
                .is_none_or(|text| request.prompt.is_some_and(|prompt| prompt.contains(text)))
            && self
                .model
                .as_deref()
                .is_none_or(|model| request.model == Some(model))
    }
}

/// What is known of a request when its reply is looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) path: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) prompt: Option<&'a str>,
    pub(crate) model: Option<&'a str>,
}

#[derive(Debug, Default)]
pub(crate) struct Script {
    queue: VecDeque<Reply>,
    rules: Vec<Rule>,
    fates: HashMap<String, KeyFate>,
}

#[derive(Debug)]
struct Rule {
    when: When,
    reply: Reply,
    once: bool,
}

impl Script {
    pub(crate) fn push(&mut self, reply: Reply) {
        self.queue.push_back(reply);
    }

    pub(crate) fn add_rule(&mut self, when: When, reply: Reply, once: bool) {
        self.rules.push(Rule { when, reply, once });
    }

    pub(crate) fn set_fate(&mut self, key: &str, fate: KeyFate) {
        self.fates.insert(key.to_owned(), fate);
    }

    pub(crate) fn fate(&self, key: &str) -> Option<KeyFate> {
        self.fates.get(key).cloned()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Whether some reply must be found before a request is checked.
    pub(crate) fn has_unchecked(&self) -> bool {
        self.queue
            .iter()
            .chain(self.rules.iter().map(|rule| &rule.reply))
            .any(|reply| reply.manner.unchecked)
    }

    /// Takes the reply for a request: rules in their order, then the queue (for `/v1/messages` only).
    pub(crate) fn take(&mut self, request: &Asked<'_>, unchecked: bool) -> Option<Reply> {
        let found = self
            .rules
            .iter()
            .position(|rule| rule.reply.manner.unchecked == unchecked && rule.when.holds(request));
        if let Some(position) = found {
            return if self.rules.get(position).is_some_and(|rule| rule.once) {
                Some(self.rules.remove(position).reply)
            } else {
                self.rules.get(position).map(|rule| rule.reply.clone())
            };
        }
        let next_is_due = request.path == "/v1/messages"
            && self
                .queue
                .front()
                .is_some_and(|reply| reply.manner.unchecked == unchecked);
        if next_is_due {
            self.queue.pop_front()
        } else {
            None
        }
    }
}
