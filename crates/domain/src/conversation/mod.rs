//! Conversations: trees of messages, and the answers that are running in them.

mod answer;
mod answer_repo;
mod conversation_repo;
mod id;
mod message;
mod once;

pub use answer::{LEASE, RunningAnswer};
pub use answer_repo::{
    AnswerRepo, BeginTurn, BeginTurnError, FinishAnswer, JournalEntry, JournalOutcome, StopRequest,
};
pub use conversation_repo::{
    Branch, BranchEnd, BranchLeaf, ConversationChange, ConversationCursor, ConversationLookup,
    ConversationQuery, ConversationRepo, InsertConversationError, PathMessage,
    UpdateConversationError,
};
pub use id::{ConversationId, InvalidConversationId};
pub use message::{AttemptRecord, KeyReceipt, Message, MessageStatus, Payer};
pub use once::{
    BegunBefore, MAX_ONCE_KEY_CHARS, NamedRequest, ONCE_KEPT, Once, OnceKeyMac, RequestMac,
    RequestMacs,
};

#[cfg(feature = "mocks")]
pub use {
    answer_repo::MockAnswerRepo, conversation_repo::MockConversationRepo, once::MockRequestMacs,
};

use std::time::Duration;

use crate::{
    id::{ApiKeyId, MessageId},
    llm::ModelId,
    owner::Owner,
    time::Timestamp,
};

/// Most characters of a title.
pub const MAX_TITLE_CHARS: usize = 200;

/// How long a temporary conversation is kept after its last activity, unless its owner deletes it before.
pub const TEMPORARY_FOR: Duration = Duration::from_hours(24);

/// A conversation. Its key is (owner, id).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Who owns it.
    pub owner: Owner,
    /// Its id, unique for its owner.
    pub id: ConversationId,
    /// Its title.
    pub title: Option<String>,
    /// The model of its next message, unless that says otherwise.
    pub model: Option<ModelId>,
    /// Its system prompt.
    pub system: Option<String>,
    /// The key that pays for it, if its owner pinned one.
    pub key: Option<ApiKeyId>,
    /// Whether its owner wants it at hand.
    pub pinned: bool,
    /// Whether it stands in no list, search or export, and goes by itself ([`TEMPORARY_FOR`]).
    pub temporary: bool,
    /// Last message of the branch that is shown; `None` while it is empty.
    pub shown_leaf: Option<MessageId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed or got a message.
    pub updated_at: Timestamp,
}

/// A title made of the first words of a message, without the marks of Markdown: one line, at most 60 characters, cut
/// between words.
pub fn title_from_text(text: &str) -> Option<String> {
    const MAX: usize = 60;
    let mut title = String::new();
    for word in text.split_whitespace().take(MAX) {
        let word: String = word.chars().filter(|c| !c.is_control()).collect();
        let word = without_marks(&word);
        if word.is_empty() {
            continue;
        }
        let length = title.chars().count();
        let room = MAX.saturating_sub(length);
        if word.chars().count() < room {
            if !title.is_empty() {
                title.push(' ');
            }
            title.push_str(word);
        } else if title.is_empty() {
            title.extend(word.chars().take(MAX - 1));
            title.push('…');
            break;
        } else {
            title.push('…');
            break;
        }
    }
    (!title.is_empty()).then_some(title)
}

/// A word without what makes it bold, code, a heading or a quotation. The end of `C#` stays.
fn without_marks(word: &str) -> &str {
    let inside = word.trim_start_matches(['#', '>', '|']);
    inside.trim_matches(['*', '`', '~', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_is_the_first_words() {
        assert_eq!(
            title_from_text("  Hello\n Claude! "),
            Some("Hello Claude!".into())
        );
        assert_eq!(title_from_text(" \n "), None);
        assert_eq!(
            title_from_text("## How\n> **bold** and `C#` *x* | y |\n***"),
            Some("How bold and C# x y".into())
        );
        let long = "word ".repeat(40);
        assert_eq!(
            title_from_text(&long).map(|title| title.ends_with('…')),
            Some(true)
        );
    }

    proptest! {
        #[test]
        fn a_title_is_one_short_line(text in "\\PC{0,300}") {
            if let Some(title) = title_from_text(&text) {
                prop_assert!(title.chars().count() <= 61);
                prop_assert!(!title.contains('\n'));
            }
        }
    }
}
