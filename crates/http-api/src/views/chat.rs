//! Messages and answers.

use latchkey_application::chat::EndedAnswer;
use latchkey_domain::{
    Owner,
    conversation::{KeyReceipt, Message, PathMessage, Payer},
    llm::ModelId,
    usage::Cost,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Verbatim, time};
use crate::problem::{Code, Problem};

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageView<'a> {
    /// Its id.
    id: String,
    /// The conversation that it belongs to.
    conversation_id: &'a str,
    /// The message before it.
    parent_id: Option<String>,
    /// `user` or `assistant`.
    role: &'static str,
    /// The provider's content blocks, as they came.
    #[schema(value_type = Vec<Object>)]
    content: Verbatim<'a>,
    /// The text of all text blocks.
    text: &'a str,
    /// `complete`, `streaming`, `stopped`, `client_gone`, `interrupted`, `provider_error` or `failed`.
    status: &'static str,
    /// The code of what ended it early.
    status_detail: Option<&'a str>,
    /// The model that wrote it.
    model: Option<&'a str>,
    /// Why the model stopped, in the provider's word.
    stop_reason: Option<&'a str>,
    /// When it was made.
    created_at: String,
    /// When it ended.
    completed_at: Option<String>,
    /// The provider's own `usage` object.
    #[schema(value_type = Option<Object>)]
    usage: Option<Verbatim<'a>>,
    /// Whether `usage` is final; not so when the answer was cut off.
    usage_final: Option<bool>,
    /// What it cost.
    cost: Option<CostView>,
    /// Which key paid.
    key: Option<ReceiptView<'a>>,
    /// Its place among the messages with the same parent; `null` where an answer has just ended.
    siblings: Option<SiblingsView>,
}

/// A message's place among those with the same parent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SiblingsView {
    /// The place, from 0.
    index: u32,
    /// How many there are.
    count: u32,
    /// The one before it.
    previous_id: Option<String>,
    /// The one after it.
    next_id: Option<String>,
}

impl<'a> MessageView<'a> {
    /// The view of `message`.
    pub fn of(message: &'a Message) -> Self {
        Self {
            id: message.id.to_string(),
            conversation_id: message.conversation.as_str(),
            parent_id: message.parent.map(|parent| parent.to_string()),
            role: message.role.as_str(),
            content: Verbatim(&message.content),
            text: &message.text,
            status: message.status.as_str(),
            status_detail: message.status_detail.as_deref(),
            model: message.model.as_ref().map(ModelId::as_str),
            stop_reason: message.stop_reason.as_deref(),
            created_at: message.created_at.to_string(),
            completed_at: time(message.completed_at),
            usage: message.usage.as_ref().map(|usage| Verbatim(&usage.raw)),
            usage_final: message.usage.as_ref().map(|usage| usage.is_final),
            cost: message.cost.as_ref().map(CostView::of),
            key: message.key.as_ref().map(ReceiptView::of),
            siblings: None,
        }
    }

    /// The view of a message with its place among its siblings.
    pub fn of_path(found: &'a PathMessage) -> Self {
        Self {
            siblings: Some(SiblingsView {
                index: found.sibling_index,
                count: found.sibling_count,
                previous_id: found.previous_sibling.map(|id| id.to_string()),
                next_id: found.next_sibling.map(|id| id.to_string()),
            }),
            ..Self::of(&found.message)
        }
    }
}

/// A page of the branch that is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageListView<'a> {
    /// The messages, oldest first.
    items: Vec<MessageView<'a>>,
    /// What to give as `cursor` for the page before these messages; `null` when they begin the conversation.
    next_cursor: Option<String>,
}

impl<'a> MessageListView<'a> {
    /// The view of a page of the path.
    pub fn of(path: &'a [PathMessage], next_cursor: Option<String>) -> Self {
        Self {
            items: path.iter().map(MessageView::of_path).collect(),
            next_cursor,
        }
    }
}

/// What an answer cost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostView {
    /// Billionths of a US dollar; `null` when it isn't known.
    amount_nano_usd: Option<i64>,
    /// What the prompt cache saved: the cost of the same call without it, less the amount. Negative when writing to the
    /// cache cost more than reading from it brought; `null` when it isn't known.
    saved_nano_usd: Option<i64>,
    /// Version of the price table.
    price_version: &'static str,
    /// Whether the amount is known.
    known: bool,
}

impl CostView {
    /// The view of `cost`.
    pub fn of(cost: &Cost) -> Self {
        Self {
            amount_nano_usd: cost.amount.map(|amount| amount.0),
            saved_nano_usd: cost.saved.map(|saved| saved.0),
            price_version: cost.price_version,
            known: cost.amount.is_some(),
        }
    }
}

/// Which key paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView<'a> {
    /// The stored key; `null` when one was given with the request.
    id: Option<String>,
    /// What it was called.
    name: Option<&'a str>,
    /// Its last characters.
    hint: Option<&'a str>,
    /// Whose it is: `user`, `team`, or `given_key` when it came with the request.
    payer: &'static str,
    /// Each attempt at the provider, in order.
    attempts: Vec<AttemptView<'a>>,
}

/// One attempt at the provider.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptView<'a> {
    /// The stored key.
    key_id: Option<String>,
    /// `complete`, or the status or error code with which it ended.
    outcome: &'a str,
}

impl<'a> ReceiptView<'a> {
    /// The view of `receipt`.
    pub fn of(receipt: &'a KeyReceipt) -> Self {
        Self {
            id: receipt.id.map(|id| id.to_string()),
            name: receipt.name.as_deref(),
            hint: receipt.hint.as_deref(),
            payer: match receipt.payer {
                Payer::Owner(Owner::User(_)) => "user",
                Payer::Owner(Owner::Team(_)) => "team",
                Payer::GivenKey => "given_key",
            },
            attempts: receipt
                .attempts
                .iter()
                .map(|attempt| AttemptView {
                    key_id: attempt.key.map(|key| key.to_string()),
                    outcome: &attempt.outcome,
                })
                .collect(),
        }
    }
}

/// A complete turn: the JSON answer to a send, and the event `latchkey.done`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerView<'a> {
    /// The conversation.
    conversation_id: &'a str,
    /// The user's message as saved; `null` without an account.
    user_message: Option<MessageView<'a>>,
    /// The answer as saved.
    assistant_message: MessageView<'a>,
    /// The provider's own `usage` object.
    #[schema(value_type = Option<Object>)]
    usage: Option<Verbatim<'a>>,
    /// What it cost.
    cost: Option<CostView>,
    /// Which key paid.
    key: Option<ReceiptView<'a>>,
}

impl<'a> AnswerView<'a> {
    /// The view of an answer that ended, with the message that asked.
    pub fn of(end: &'a EndedAnswer, asked: Option<&'a Message>) -> Self {
        let answer = &end.message;
        Self {
            conversation_id: answer.conversation.as_str(),
            user_message: asked.map(MessageView::of),
            assistant_message: MessageView::of(answer),
            usage: answer.usage.as_ref().map(|usage| Verbatim(&usage.raw)),
            cost: answer.cost.as_ref().map(CostView::of),
            key: answer.key.as_ref().map(ReceiptView::of),
        }
    }
}

/// The event `latchkey.start`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartView<'a> {
    /// The conversation.
    pub conversation_id: &'a str,
    /// The user's message; `null` without an account.
    pub user_message_id: Option<String>,
    /// The answer.
    pub assistant_message_id: String,
    /// Which key pays; `null` for an answer that no call here made.
    pub key: Option<ReceiptView<'a>>,
}

/// The event `latchkey.error`: a problem, with what is saved of the answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerErrorView<'a> {
    /// The stable code.
    pub code: &'static str,
    /// The status that a problem of this code has.
    pub status: u16,
    /// A few words.
    pub title: &'static str,
    /// What happened, for people.
    pub detail: &'a str,
    /// The same text as `detail`.
    pub error: &'a str,
    /// Whether asking again may succeed.
    pub retryable: bool,
    /// The request's id.
    pub request_id: &'a str,
    /// The answer as saved; `null` when nothing is known of it.
    pub assistant_message: Option<MessageView<'a>>,
}

impl<'a> AnswerErrorView<'a> {
    /// The view of `problem`.
    pub fn of(problem: &'a Problem, request_id: &'a str, answer: Option<&'a Message>) -> Self {
        let code: Code = problem.code();
        let info = code.info();
        Self {
            code: info.code,
            status: info.status,
            title: info.title,
            detail: problem.detail(),
            error: problem.detail(),
            retryable: info.retryable,
            request_id,
            assistant_message: answer.map(MessageView::of),
        }
    }
}
