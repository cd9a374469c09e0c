//! Conversations as a whole, with every branch: for taking them out of a server and bringing them in.

mod import;
mod list_splitter;
mod repo;

pub use import::{
    ImportFormat, ImportedConversation, ImportedMessage, LeftOut, NotImported, SkipReason,
    leaf_after_import,
};
pub use list_splitter::{ListItem, ListSplitter, NotAList};
pub use repo::{ArchiveRepo, MessageOutline, StoreImportedError, Stored};

#[cfg(feature = "mocks")]
pub use {import::MockImportFormat, repo::MockArchiveRepo};

use crate::id::MessageId;

/// The ids from the root to `leaf`, in an outline; empty if it isn't there.
pub fn branch_of(outline: &[MessageOutline], leaf: MessageId) -> Vec<MessageId> {
    // A parent stands before its children, so one walk upwards is enough.
    let mut wanted = Some(leaf);
    let mut branch = Vec::new();
    for message in outline.iter().rev() {
        if wanted == Some(message.id) {
            branch.push(message.id);
            wanted = message.parent;
        }
    }
    branch.reverse();
    branch
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> MessageId {
        MessageId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_branch_leads_from_the_root_to_its_leaf() {
        let tree = [
            (1, None),
            (2, Some(1)),
            (3, Some(1)),
            (4, Some(3)),
            (5, None),
        ];
        let outline = tree.map(|(number, parent)| MessageOutline {
            id: id(number),
            parent: parent.map(id),
            bytes: 1,
        });
        assert_eq!(branch_of(&outline, id(4)), [1, 3, 4].map(id));
        assert_eq!(branch_of(&outline, id(2)), [1, 2].map(id));
        assert_eq!(branch_of(&outline, id(5)), [id(5)]);
        assert_eq!(branch_of(&outline, id(9)), []);
    }
}
