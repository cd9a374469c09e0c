//! What leaves the server as a file, in JSON. No key is in it, and nothing about which paid.

use latchkey_domain::{
    conversation::{Conversation, Message},
    llm::ModelId,
};
use serde::Serialize;

use super::{CostView, Verbatim, time};

/// A conversation in an export.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedConversationView<'a> {
    id: &'a str,
    title: Option<&'a str>,
    model: Option<&'a str>,
    system: Option<&'a str>,
    pinned: bool,
    shown_leaf: Option<String>,
    created_at: String,
    updated_at: String,
}

impl<'a> ExportedConversationView<'a> {
    /// The view of `conversation`.
    pub fn of(conversation: &'a Conversation) -> Self {
        Self {
            id: conversation.id.as_str(),
            title: conversation.title.as_deref(),
            model: conversation.model.as_ref().map(ModelId::as_str),
            system: conversation.system.as_deref(),
            pinned: conversation.pinned,
            shown_leaf: conversation.shown_leaf.map(|leaf| leaf.to_string()),
            created_at: conversation.created_at.to_string(),
            updated_at: conversation.updated_at.to_string(),
        }
    }
}

/// A message in an export: the provider's blocks as they came.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedMessageView<'a> {
    id: String,
    parent_id: Option<String>,
    role: &'static str,
    content: Verbatim<'a>,
    next_turn: Option<Verbatim<'a>>,
    text: &'a str,
    status: &'static str,
    status_detail: Option<&'a str>,
    model: Option<&'a str>,
    stop_reason: Option<&'a str>,
    created_at: String,
    completed_at: Option<String>,
    usage: Option<Verbatim<'a>>,
    usage_final: Option<bool>,
    cost: Option<CostView>,
}

impl<'a> ExportedMessageView<'a> {
    /// The view of `message`.
    pub fn of(message: &'a Message) -> Self {
        Self {
            id: message.id.to_string(),
            parent_id: message.parent.map(|parent| parent.to_string()),
            role: message.role.as_str(),
            content: Verbatim(&message.content),
            next_turn: message.next_turn.as_ref().map(Verbatim),
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
        }
    }
}
