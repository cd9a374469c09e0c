//! What every [`ImportFormat`] promises.

use std::{collections::HashSet, sync::Arc};

use latchkey_domain::{
    archive::{ImportFormat, ImportedConversation, SkipReason},
    id::MessageId,
    owner::Owner,
};
use serde_json::Value;

use crate::builders::Samples;

/// What the suite is run against.
pub struct ImportFormatSetup {
    /// The reader.
    pub format: Arc<dyn ImportFormat>,
    /// Items of an export that are conversations, each with several messages.
    pub conversations: Vec<Vec<u8>>,
    /// One without messages, with the title `Nothing`.
    pub empty: Vec<u8>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! import_format_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { import_format, $factory;
            the_same_item_has_the_same_ids_for_its_owner,
            what_is_read_is_a_tree_with_content,
            what_is_no_conversation_has_a_reason,
        }
    };
}
pub use import_format_cases as cases;

fn two_owners() -> [Owner; 2] {
    let samples = Samples::new();
    [samples.user("ada"), samples.user("bob")].map(|user| Owner::User(user.id))
}

fn ids(conversation: &ImportedConversation) -> HashSet<MessageId> {
    let messages = conversation.messages.iter();
    messages.map(|message| message.id).collect()
}

/// "The same item gives the same ids for the same owner, and others for another."
pub fn the_same_item_has_the_same_ids_for_its_owner(setup: &ImportFormatSetup) {
    let [ada, bob] = two_owners();
    let mut seen: HashSet<MessageId> = HashSet::new();
    for item in &setup.conversations {
        let first = setup.format.read(ada, item).unwrap();
        assert_eq!(setup.format.read(ada, item).unwrap(), first);
        let other = setup.format.read(bob, item).unwrap();
        assert_eq!(other.id, first.id);
        for ids in [ids(&first), ids(&other)] {
            assert!(seen.is_disjoint(&ids));
            seen.extend(ids);
        }
    }
}

/// "Its messages: a parent before its children; at least one."
pub fn what_is_read_is_a_tree_with_content(setup: &ImportFormatSetup) {
    let [ada, _] = two_owners();
    for item in &setup.conversations {
        let read = setup.format.read(ada, item).unwrap();
        let mut above = HashSet::new();
        for message in &read.messages {
            assert!(message.parent.is_none_or(|parent| above.contains(&parent)));
            assert!(above.insert(message.id), "an id twice");
            for blocks in [Some(&message.content), message.next_turn.as_ref()] {
                let Some(blocks) = blocks else { continue };
                let blocks: Vec<Value> = serde_json::from_str(blocks.as_str()).unwrap();
                assert!(blocks.iter().all(|block| block["type"].is_string()));
                assert!(!blocks.is_empty());
            }
        }
        assert!(above.len() > 1);
        assert!(read.shown.is_none_or(|shown| above.contains(&shown)));
    }
}

/// "`NotImported` because of `SkipReason::Unreadable`, `SkipReason::UnknownForm` or `SkipReason::Empty`."
pub fn what_is_no_conversation_has_a_reason(setup: &ImportFormatSetup) {
    let [ada, _] = two_owners();
    for (item, title, reason) in [
        (&b"{"[..], None, SkipReason::Unreadable),
        (b"", None, SkipReason::Unreadable),
        (b"{\"a\":\"\xff\"}", None, SkipReason::Unreadable),
        (b"{\"a\":1}", None, SkipReason::UnknownForm),
        (b"7", None, SkipReason::UnknownForm),
        (&setup.empty, Some("Nothing"), SkipReason::Empty),
    ] {
        let not = setup.format.read(ada, item).unwrap_err();
        assert_eq!((not.title.as_deref(), not.reason), (title, reason));
    }
}
