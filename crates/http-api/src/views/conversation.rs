//! Conversations, and what a search found in them.

use latchkey_domain::{conversation::Conversation, search::FoundConversation};
use serde::Serialize;
use utoipa::ToSchema;

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationView {
    /// Its id.
    id: String,
    /// Its title.
    title: Option<String>,
    /// The model of its next message.
    model: Option<String>,
    /// Its system prompt.
    system: Option<String>,
    /// The stored key that pays for it.
    key_id: Option<String>,
    /// The last message of the branch that is shown.
    shown_leaf: Option<String>,
    /// Whether it is pinned.
    pinned: bool,
    /// Whether it is temporary: in no list, search or export, and deleted a day after its last message at the latest.
    temporary: bool,
    /// When it was made.
    created_at: String,
    /// When it last changed or got a message.
    updated_at: String,
    /// What a search found in it; `null` elsewhere.
    found: Option<FoundView>,
}

/// What a search found in a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundView {
    /// The message, of several the last; `null` when it is the title.
    message_id: Option<String>,
    /// Some words around the hit: one line, in parts.
    snippet: Vec<SnippetPartView>,
}

/// A part of a snippet.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnippetPartView {
    /// The text.
    text: String,
    /// Whether it is what was searched for.
    hit: bool,
}

impl FoundView {
    fn of(found: FoundConversation) -> Self {
        let parts = found.snippet.parts.into_iter();
        Self {
            message_id: found.message.map(|message| message.to_string()),
            snippet: parts
                .map(|part| SnippetPartView {
                    text: part.text,
                    hit: part.is_hit,
                })
                .collect(),
        }
    }
}

impl ConversationView {
    /// The view of `conversation`.
    pub fn of(conversation: &Conversation) -> Self {
        Self {
            id: conversation.id.to_string(),
            title: conversation.title.clone(),
            model: conversation.model.as_ref().map(ToString::to_string),
            system: conversation.system.clone(),
            key_id: conversation.key.map(|key| key.to_string()),
            shown_leaf: conversation.shown_leaf.map(|leaf| leaf.to_string()),
            pinned: conversation.pinned,
            temporary: conversation.temporary,
            created_at: conversation.created_at.to_string(),
            updated_at: conversation.updated_at.to_string(),
            found: None,
        }
    }

    /// The view of a conversation that a search found.
    fn of_found(found: FoundConversation) -> Self {
        let mut view = Self::of(&found.conversation);
        view.found = Some(FoundView::of(found));
        view
    }
}

/// A page of conversations.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationListView {
    /// The conversations, last changed first.
    items: Vec<ConversationView>,
    /// What to give as `cursor` for the next page; `null` on the last.
    next_cursor: Option<String>,
}

impl ConversationListView {
    /// The view of one page.
    pub fn of(conversations: &[Conversation], next_cursor: Option<String>) -> Self {
        Self {
            items: conversations.iter().map(ConversationView::of).collect(),
            next_cursor,
        }
    }

    /// The view of one page of a search.
    pub fn of_found(found: Vec<FoundConversation>, next_cursor: Option<String>) -> Self {
        Self {
            items: found.into_iter().map(ConversationView::of_found).collect(),
            next_cursor,
        }
    }
}
