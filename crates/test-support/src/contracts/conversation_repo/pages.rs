//! The shown branch, page by page.

use latchkey_domain::{
    conversation::{Conversation, PathMessage},
    id::MessageId,
    owner::Owner,
    page::{Page, PageRequest},
};

use super::{insert, one_owner, path};
use crate::{builders::Samples, contracts::Stores};

async fn page(
    stores: &Stores,
    conversation: &Conversation,
    limit: u32,
    after: Option<MessageId>,
) -> Page<PathMessage, MessageId> {
    let request = PageRequest::first(limit).after(after);
    let repo = &stores.conversations;
    let page = repo.list_shown_page(conversation.owner, &conversation.id, &request);
    page.await.unwrap()
}

/// A conversation of five turns, and another branch beside the third.
async fn five_turns(stores: &Stores, samples: &Samples, owner: Owner) -> Conversation {
    let conversation = samples.conversation(owner);
    let mut parent = None;
    for text in ["one", "two", "three", "four", "five"] {
        if text == "three" {
            stores
                .add_turn(samples, &conversation, parent, "not this")
                .await;
        }
        let turn = stores.add_turn(samples, &conversation, parent, text).await;
        parent = Some(turn.answer.id);
    }
    conversation
}

/// "The same branch in pages, each oldest first: the first page ends in the shown leaf, the next one where that began."
pub async fn pages_of_the_path_lead_from_the_leaf_to_the_root(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = five_turns(stores, &samples, owner).await;
    let whole = path(stores, owner, &conversation.id).await;
    assert_eq!(whole.len(), 10);
    for limit in [1, 3, 5, 9, 10, 100] {
        let mut read = Vec::new();
        let mut after = None;
        loop {
            let mut page = page(stores, &conversation, limit, after).await;
            assert!(page.items.len() <= usize::try_from(limit).unwrap());
            let oldest = page.items.first().map(|item| item.message.id);
            page.items.append(&mut read);
            read = page.items;
            let Some(next) = page.next else { break };
            assert_eq!(
                Some(next),
                oldest,
                "the cursor is the page's oldest message"
            );
            after = Some(next);
        }
        assert_eq!(read, whole, "in pages of {limit}");
    }
}

/// "… the next one where that began, whatever is shown by then."
pub async fn a_page_follows_its_branch_whatever_is_shown_meanwhile(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = five_turns(stores, &samples, owner).await;
    let whole = path(stores, owner, &conversation.id).await;
    let first = page(stores, &conversation, 4, None).await;
    stores.add_turn(&samples, &conversation, None, "anew").await;
    let second = page(stores, &conversation, 100, first.next).await;
    let ids = |items: &[PathMessage]| -> Vec<MessageId> {
        items.iter().map(|item| item.message.id).collect()
    };
    let read = [ids(&second.items), ids(&first.items)].concat();
    assert_eq!(read, ids(&whole));
}

/// A cursor of another conversation, or of no message, leads nowhere; so does a conversation without messages.
pub async fn a_page_after_no_message_is_empty(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mine, other) = (
        five_turns(stores, &samples, owner).await,
        five_turns(stores, &samples, owner).await,
    );
    let foreign = path(stores, owner, &other.id)
        .await
        .pop()
        .unwrap()
        .message
        .id;
    for after in [foreign, MessageId::new(samples.ids())] {
        let found = page(stores, &mine, 10, Some(after)).await;
        assert_eq!((found.items, found.next), (vec![], None));
    }
    let unknown = samples.conversation(owner);
    let found = page(stores, &unknown, 10, None).await;
    assert_eq!((found.items, found.next), (vec![], None));
    insert(stores, &unknown).await;
    let found = page(stores, &unknown, 10, None).await;
    assert_eq!((found.items, found.next), (vec![], None));
}
