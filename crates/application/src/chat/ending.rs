//! How a run ends, and what that makes of its message and its ledger rows.

use latchkey_domain::{
    Timestamp,
    conversation::{AttemptRecord, FinishAnswer, KeyReceipt, Message, MessageStatus, Payer},
    id::{InstanceId, UsageEventId, UserId},
    llm::{AssembledAnswer, LlmError, LlmErrorKind, ModelId},
    owner::Owner,
    usage::{Cost, NanoUsd, PRICE_VERSION, TokenUsage, UsageEvent, price_call},
};

use super::{AnswerFault, running::StopReason};

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// The provider said that it is complete.
    Complete,
    /// Somebody or something asked it to stop.
    Stopped(StopReason),
    /// The provider failed.
    Fault(LlmError),
    /// The process that wrote it died; another found the journal.
    Abandoned,
}

impl Ending {
    fn status(&self, answer: &AssembledAnswer) -> MessageStatus {
        match self {
            Self::Complete => MessageStatus::Complete,
            Self::Stopped(StopReason::User) => MessageStatus::Stopped,
            Self::Stopped(StopReason::ClientGone) => MessageStatus::ClientGone,
            Self::Stopped(
                StopReason::ServerStopping | StopReason::SessionEnded | StopReason::LeaseLost,
            )
            | Self::Abandoned => MessageStatus::Interrupted,
            Self::Fault(_) if answer.content.is_empty_array() => MessageStatus::Failed,
            Self::Fault(_) => MessageStatus::ProviderError,
        }
    }

    fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Complete | Self::Stopped(StopReason::User | StopReason::ClientGone) => None,
            Self::Stopped(StopReason::ServerStopping) => Some("server_stopping"),
            Self::Stopped(StopReason::SessionEnded) => Some("session_ended"),
            Self::Stopped(StopReason::LeaseLost) | Self::Abandoned => Some("server_restarted"),
            Self::Fault(error) => Some(error.kind.code()),
        }
    }

    /// What the reader is told went wrong.
    pub(super) fn fault(&self) -> Option<AnswerFault> {
        match self {
            Self::Complete | Self::Stopped(StopReason::User | StopReason::ClientGone) => None,
            Self::Stopped(StopReason::ServerStopping) => Some(AnswerFault::ServerStopping),
            Self::Stopped(StopReason::SessionEnded) => Some(AnswerFault::SessionEnded),
            Self::Stopped(StopReason::LeaseLost) | Self::Abandoned => Some(AnswerFault::AnswerGone),
            Self::Fault(error) => Some(AnswerFault::Provider(error.clone())),
        }
    }
}

/// What went wrong with an answer that ended, as far as its message says.
pub(super) fn stored_fault(message: &Message) -> Option<AnswerFault> {
    let detail = message.status_detail.as_deref().unwrap_or_default();
    match message.status {
        MessageStatus::Complete
        | MessageStatus::Streaming
        | MessageStatus::Stopped
        | MessageStatus::ClientGone => None,
        MessageStatus::Interrupted => Some(match detail {
            "server_stopping" => AnswerFault::ServerStopping,
            "session_ended" => AnswerFault::SessionEnded,
            _ => AnswerFault::AnswerGone,
        }),
        MessageStatus::ProviderError | MessageStatus::Failed => {
            let mut kinds = LlmErrorKind::ALL.into_iter();
            let kind = kinds.find(|kind| kind.code() == detail);
            let kind = kind.unwrap_or(LlmErrorKind::Interrupted);
            Some(AnswerFault::Provider(LlmError::new(kind)))
        }
    }
}

/// The attempts that a run made at the provider.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempts {
    /// Those that failed before an answer began, in order.
    pub(super) failures: Vec<LlmError>,
    /// Whether there was one after them: it answered, or was left while it hadn't yet.
    pub(super) answered: bool,
    /// The provider's id of that last one.
    pub(super) request_id: Option<String>,
}

/// The message of an answer that ended. `empty` is the answer as it was begun.
pub(super) fn ended_message(
    empty: &Message,
    answer: AssembledAnswer,
    ending: &Ending,
    attempts: &Attempts,
    at: Timestamp,
) -> Message {
    let status = ending.status(&answer);
    let status_detail = ending.detail().map(str::to_owned);
    let model = answer.model.or_else(|| empty.model.clone());
    let usage = answer.usage.map(|mut usage| {
        usage.is_final &= status == MessageStatus::Complete;
        usage
    });
    let cost = model
        .as_ref()
        .map_or_else(unknown_cost, |model| price_call(model, usage.as_ref()));
    let key = empty
        .key
        .clone()
        .map(|receipt| with_attempts(receipt, attempts, outcome(status, status_detail.as_deref())));
    Message {
        content: answer.content,
        next_turn: answer.next_turn,
        text: answer.text,
        status,
        status_detail,
        model,
        stop_reason: answer.stop_reason,
        completed_at: Some(at),
        cost: Some(cost),
        usage,
        key,
        ..empty.clone()
    }
}

fn unknown_cost() -> Cost {
    Cost {
        amount: None,
        saved: None,
        price_version: PRICE_VERSION,
    }
}

fn with_attempts(mut receipt: KeyReceipt, attempts: &Attempts, last: &str) -> KeyReceipt {
    let key = receipt.id;
    let failed = attempts.failures.iter().map(|failure| failure.kind.code());
    receipt.attempts = failed
        .chain(attempts.answered.then_some(last))
        .map(|outcome| AttemptRecord {
            key,
            outcome: outcome.to_owned(),
        })
        .collect();
    receipt
}

/// The word for how the last attempt ended: the fault's code where there is one.
fn outcome(status: MessageStatus, detail: Option<&str>) -> &str {
    match (status, detail) {
        (MessageStatus::ProviderError | MessageStatus::Failed, Some(code)) => code,
        (status, _) => status.as_str(),
    }
}

/// The answer of a run to which nothing came.
pub(super) fn nothing_came() -> AssembledAnswer {
    AssembledAnswer {
        content: latchkey_domain::RawJson::empty_array(),
        next_turn: None,
        text: String::new(),
        model: None,
        provider_message_id: None,
        stop_reason: None,
        usage: None,
        complete: false,
    }
}

/// Whose answer ended, for the ledger.
#[derive(Debug, Clone)]
pub(super) struct LedgerPlace {
    pub(super) owner: Owner,
    /// Who asked; without that nothing is written to the ledger.
    pub(super) user: Option<UserId>,
    pub(super) holder: InstanceId,
    /// The model that was asked for.
    pub(super) model: ModelId,
}

/// What the end of a saved answer writes: the message, and a ledger row for each attempt.
pub(super) fn finish(place: &LedgerPlace, answer: Message, attempts: &Attempts) -> FinishAnswer {
    let usage = match place.user {
        Some(user) => ledger_rows(user, &answer, attempts, &place.model),
        None => Vec::new(),
    };
    FinishAnswer {
        owner: place.owner,
        holder: place.holder,
        used_key: answer.key.as_ref().and_then(|receipt| receipt.id),
        answer,
        usage,
    }
}

/// The ledger's rows of the attempts for an answer that could not be begun: what the last one cost, nobody knows.
pub(super) fn unsaved_attempts(
    place: &LedgerPlace,
    empty: &Message,
    attempts: &Attempts,
    at: Timestamp,
) -> Vec<UsageEvent> {
    let left = ended_message(empty, nothing_came(), &Ending::Abandoned, attempts, at);
    finish(place, left, attempts).usage
}

/// One row for each attempt, the failed ones first.
fn ledger_rows(
    user: UserId,
    answer: &Message,
    attempts: &Attempts,
    asked_model: &ModelId,
) -> Vec<UsageEvent> {
    let answered = attempts
        .answered
        .then(|| answered_attempt(answer, attempts));
    let failed = attempts.failures.iter().map(failed_attempt);
    failed
        .chain(answered)
        .zip(0..)
        .map(|(attempt, number)| row(user, answer, attempt, number, asked_model))
        .collect()
}

/// What the ledger says of one attempt alone.
struct LedgerAttempt {
    outcome: String,
    tokens: Option<TokenUsage>,
    tokens_final: bool,
    cost: Option<NanoUsd>,
    saved: Option<NanoUsd>,
    request_id: Option<String>,
}

fn answered_attempt(answer: &Message, attempts: &Attempts) -> LedgerAttempt {
    LedgerAttempt {
        outcome: outcome(answer.status, answer.status_detail.as_deref()).to_owned(),
        tokens: answer.usage.as_ref().map(|usage| usage.tokens),
        tokens_final: answer.usage.as_ref().is_some_and(|usage| usage.is_final),
        cost: answer.cost.and_then(|cost| cost.amount),
        saved: answer.cost.and_then(|cost| cost.saved),
        request_id: attempts.request_id.clone(),
    }
}

/// An error that the provider answered with costs nothing; of a broken connection nobody knows.
fn failed_attempt(failure: &LlmError) -> LedgerAttempt {
    let refused = !matches!(
        failure.kind,
        LlmErrorKind::Unreachable | LlmErrorKind::Timeout | LlmErrorKind::Interrupted
    );
    LedgerAttempt {
        outcome: failure.kind.code().to_owned(),
        tokens: refused.then(TokenUsage::default),
        tokens_final: refused,
        cost: refused.then(NanoUsd::default),
        saved: refused.then(NanoUsd::default),
        request_id: failure.request_id.clone(),
    }
}

fn row(
    user: UserId,
    answer: &Message,
    attempt: LedgerAttempt,
    number: u8,
    asked_model: &ModelId,
) -> UsageEvent {
    let receipt = answer.key.as_ref();
    UsageEvent {
        id: UsageEventId::of_attempt(answer.id, number),
        at: answer.completed_at.unwrap_or(answer.created_at),
        user,
        payer: receipt.and_then(|receipt| match receipt.payer {
            Payer::Owner(owner) => Some(owner),
            Payer::GivenKey => None,
        }),
        key: receipt.and_then(|receipt| receipt.id),
        key_name: receipt.and_then(|receipt| receipt.name.clone()),
        conversation: Some(answer.conversation.clone()),
        message: Some(answer.id),
        model: answer.model.clone().unwrap_or_else(|| asked_model.clone()),
        outcome: attempt.outcome,
        tokens: attempt.tokens,
        tokens_final: attempt.tokens_final,
        cost: attempt.cost,
        saved: attempt.saved,
        price_version: PRICE_VERSION.to_owned(),
        provider_request_id: attempt.request_id,
    }
}
