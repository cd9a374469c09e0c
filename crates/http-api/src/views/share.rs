//! Links, and what anybody can read under one.

use latchkey_application::shares::{CreatedShare, SharedPage};
use latchkey_domain::{RawJson, conversation::Message, llm::ModelId, share::Share};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::time;

/// A link, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShareView {
    /// The link's id.
    id: String,
    /// The conversation that it shows.
    conversation_id: String,
    /// The title that it shows.
    title: Option<String>,
    /// The last message that it shows.
    leaf_id: String,
    /// When it was made.
    created_at: String,
    /// When it was last made to show the conversation as it then was.
    updated_at: String,
    /// From when on it is void; `null` for never.
    expires_at: Option<String>,
}

impl ShareView {
    /// The view of `share`.
    pub fn of(share: &Share) -> Self {
        Self {
            id: share.id.to_string(),
            conversation_id: share.conversation.to_string(),
            title: share.title.clone(),
            leaf_id: share.leaf.to_string(),
            created_at: share.created_at.to_string(),
            updated_at: share.updated_at.to_string(),
            expires_at: time(share.expires_at),
        }
    }
}

/// A link that was just made. Its secret is given to its owner here, and nowhere else.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedShareView<'a> {
    /// The secret: `GET /api/shared/{token}` shows the conversation. It is shown this once.
    token: &'a str,
    /// What is known of it from now on.
    #[serde(flatten)]
    view: ShareView,
}

impl<'a> CreatedShareView<'a> {
    /// The view of a link that was just made.
    pub fn of(created: &'a CreatedShare) -> Self {
        Self {
            token: created.secret.expose(),
            view: ShareView::of(&created.share),
        }
    }
}

/// All links of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShareListView {
    /// The links, newest first.
    items: Vec<ShareView>,
    /// Always `null`: the list is complete.
    next_cursor: Option<String>,
}

impl ShareListView {
    /// The view of `shares`.
    pub fn of(shares: &[Share]) -> Self {
        Self {
            items: shares.iter().map(ShareView::of).collect(),
            next_cursor: None,
        }
    }
}

/// A page of a shared conversation. Nothing in it says whose it is, or what it cost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedView<'a> {
    /// Its title.
    title: Option<&'a str>,
    /// The state of which day it shows.
    shared_at: String,
    /// The messages, oldest first.
    items: Vec<SharedMessageView<'a>>,
    /// What to give as `cursor` for the next page; `null` on the last.
    next_cursor: Option<String>,
}

/// A message of a shared conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedMessageView<'a> {
    /// `user` or `assistant`.
    role: &'static str,
    /// Its text and images, as they came.
    #[schema(value_type = Vec<Object>)]
    content: Vec<&'a RawValue>,
    /// The kinds of blocks that are not shown: files, thinking, tools.
    left_out: Vec<String>,
    /// The text of all text blocks.
    text: &'a str,
    /// How it ended; see the list of messages.
    status: &'static str,
    /// The model that wrote it.
    model: Option<&'a str>,
    /// When it was made.
    created_at: String,
}

impl<'a> SharedView<'a> {
    /// The view of one page.
    pub fn of(page: &'a SharedPage) -> Self {
        Self {
            title: page.share.title.as_deref(),
            shared_at: page.share.updated_at.to_string(),
            items: page.messages.iter().map(SharedMessageView::of).collect(),
            next_cursor: page.next.map(|next| next.to_string()),
        }
    }
}

impl<'a> SharedMessageView<'a> {
    fn of(message: &'a Message) -> Self {
        let (content, left_out) = shown(&message.content);
        Self {
            role: message.role.as_str(),
            content,
            left_out,
            text: &message.text,
            status: message.status.as_str(),
            model: message.model.as_ref().map(ModelId::as_str),
            created_at: message.created_at.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: std::borrow::Cow<'a, str>,
}

/// What of a message's content its owner means to show to anybody: texts and images. Files hold more than was talked of, thinking is signed
/// for the account's own use, tools show what they were asked.
fn shown(content: &RawJson) -> (Vec<&RawValue>, Vec<String>) {
    let blocks: Vec<&RawValue> = serde_json::from_str(content.as_str()).unwrap_or_default();
    let mut left_out = Vec::new();
    let mut shown = Vec::new();
    for raw in blocks {
        let kind = serde_json::from_str::<Block<'_>>(raw.get());
        match kind.as_ref().map(|block| block.kind.as_ref()) {
            Ok("text" | "image") => shown.push(raw),
            Ok(other) if !left_out.iter().any(|kind| kind == other) => {
                left_out.push(other.to_owned());
            }
            Ok(_) | Err(_) => {}
        }
    }
    (shown, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_and_images_are_shown() {
        let content = RawJson::from_trusted(
            r#"[{"type":"thinking","signature":"s"},{"type":"text","text":"a","x":1.50},{"type":"document"},
               {"type":"image"},{"type":"document"},{"type":"of_tomorrow"},{"type":7},1]"#,
        );
        let (shown, left_out) = shown(&content);
        let shown: Vec<&str> = shown.into_iter().map(RawValue::get).collect();
        assert_eq!(
            shown,
            [
                r#"{"type":"text","text":"a","x":1.50}"#,
                r#"{"type":"image"}"#
            ]
        );
        assert_eq!(left_out, ["thinking", "document", "of_tomorrow"]);
    }
}
