//! What answers hold. A member without a value is `null`, never left out; the one exception is `refreshToken`, which
//! is there only when it was asked for in the body. No view has a secret's type in it.

mod account;
mod api_key;
mod chat;
mod conversation;
mod estimate;
mod export;
mod import;
pub mod markdown;
mod model;
mod personal_token;
mod share;
mod system;
mod usage;

pub use account::{SessionListView, SignedInView, UserView};
pub use api_key::{ApiKeyListView, ApiKeyView, KeyTestView};
pub use chat::{
    AnswerErrorView, AnswerView, CostView, MessageListView, MessageView, ReceiptView, StartView,
};
pub use conversation::{ConversationListView, ConversationView};
pub use estimate::EstimateView;
pub use export::{ExportedConversationView, ExportedMessageView};
pub use import::ImportView;
pub use model::{ModelListView, ModelView};
pub use personal_token::{CreatedPersonalTokenView, PersonalTokenListView, PersonalTokenView};
pub use share::{CreatedShareView, ShareListView, ShareView, SharedView};
pub use system::{CheckView, HealthView, ReadyView, ServerView};
pub use usage::UsageSummaryView;

use latchkey_domain::{RawJson, Timestamp};
use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

/// The provider's JSON, as it came.
#[derive(Debug, Clone, Copy)]
pub struct Verbatim<'a>(pub &'a RawJson);

impl Serialize for Verbatim<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(self.0.as_str())
            .map_err(|_| S::Error::custom("stored JSON is damaged"))?
            .serialize(serializer)
    }
}

/// An instant's text.
fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}
