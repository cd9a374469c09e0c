//! What every [`ArchiveRepo`](latchkey_domain::archive::ArchiveRepo) promises.

use latchkey_domain::{
    archive::MessageOutline,
    conversation::{Conversation, ConversationId, Message},
    id::MessageId,
    owner::Owner,
};

use super::Stores;
use crate::builders::Samples;

/// Makes a test of each case.
#[macro_export]
macro_rules! archive_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { archive_repo, $factory;
            conversations_are_listed_by_id,
            an_outline_has_every_branch_parents_first,
            messages_come_back_as_they_were_stored,
            what_is_gone_or_somebody_elses_has_no_outline,
        }
    };
}
pub use archive_repo_cases as cases;

async fn one_owner(stores: &Stores) -> (Samples, Owner) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    (samples, owner)
}

async fn outline(stores: &Stores, owner: Owner, id: &ConversationId) -> Vec<MessageOutline> {
    let outline = stores.archive.outline_conversation(owner, id).await;
    outline.unwrap()
}

async fn messages(
    stores: &Stores,
    owner: Owner,
    id: &ConversationId,
    messages: &[MessageId],
) -> Vec<Message> {
    let found = stores.archive.find_messages(owner, id, messages).await;
    found.unwrap()
}

/// "Up to `limit` conversations with ids after `after`, by id": as bytes, whatever a language thinks of letters.
pub async fn conversations_are_listed_by_id(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let other = stores.add_owner(&samples, "bob").await;
    let ids = ["B", "a", "-", "_", "10", "9", "b", "Z"];
    for id in ids {
        for owner in [owner, other] {
            let conversation = Conversation {
                id: ConversationId::parse(id).unwrap(),
                ..samples.conversation(owner)
            };
            let repo = &stores.conversations;
            repo.insert_conversation(&conversation).await.unwrap();
        }
    }
    let gone = ConversationId::parse("Z").unwrap();
    let deleted = stores
        .conversations
        .delete_conversation(owner, &gone, samples.now());
    assert!(deleted.await.unwrap());
    for limit in [1, 3, 7, 100] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = stores
                .archive
                .list_conversations_by_id(owner, after.clone(), limit);
            let page = page.await.unwrap();
            assert!(page.len() <= usize::try_from(limit).unwrap());
            assert!(page.iter().all(|conversation| conversation.owner == owner));
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            seen.extend(
                page.into_iter()
                    .map(|conversation| conversation.id.to_string()),
            );
        }
        assert_eq!(seen, ["-", "10", "9", "B", "_", "a", "b"], "by {limit}");
    }
}

/// "All messages of a conversation, of every branch: a parent before its children."
pub async fn an_outline_has_every_branch_parents_first(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let first = stores.add_turn(&samples, &conversation, None, "one").await;
    let later = stores
        .add_turn(&samples, &conversation, Some(first.answer.id), "two, älter")
        .await;
    let edited = stores
        .add_turn(&samples, &conversation, None, "one, edited")
        .await;
    let all: Vec<Message> = [first, later, edited]
        .into_iter()
        .flat_map(|turn| [turn.user_message.unwrap(), turn.answer])
        .collect();
    let found = outline(stores, owner, &conversation.id).await;
    let places: Vec<_> = found
        .iter()
        .map(|message| (message.id, message.parent))
        .collect();
    let expected: Vec<_> = all
        .iter()
        .map(|message| (message.id, message.parent))
        .collect();
    assert_eq!(places, expected);
    let asked = found
        .iter()
        .zip(&all)
        .filter(|(_, message)| message.completed_at.is_some());
    for (outline, message) in asked {
        let bytes = u64::try_from(message.content.as_str().len()).unwrap();
        assert_eq!(outline.bytes, bytes, "{}", message.text);
    }
}

/// "Those of `messages` that are in the conversation, in the order in which they were stored."
pub async fn messages_come_back_as_they_were_stored(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mine, other) = (samples.conversation(owner), samples.conversation(owner));
    let turn = samples.turn(&mine, None, "Hello", samples.instance());
    stores.answers.begin_turn(&turn).await.unwrap();
    let end = samples.completion(&turn, "Hello to you");
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    let foreign = stores.add_turn(&samples, &other, None, "other").await;
    let asked = turn.user_message.unwrap();
    let ids = [
        end.answer.id,
        foreign.answer.id,
        asked.id,
        MessageId::new(samples.ids()),
    ];
    let found = messages(stores, owner, &mine.id, &ids).await;
    assert_eq!(found, [asked.clone(), end.answer]);
    assert_eq!(
        messages(stores, owner, &mine.id, &[asked.id]).await,
        [asked]
    );
    assert_eq!(messages(stores, owner, &mine.id, &[]).await, []);
}

/// A tombstone has nothing in it; somebody else's conversation is like one that never was.
pub async fn what_is_gone_or_somebody_elses_has_no_outline(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let other = stores.add_owner(&samples, "bob").await;
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    let ids = [turn.answer.id];
    assert_eq!(outline(stores, other, &conversation.id).await, []);
    assert_eq!(messages(stores, other, &conversation.id, &ids).await, []);
    let deleted = stores
        .conversations
        .delete_conversation(owner, &conversation.id, samples.now());
    assert!(deleted.await.unwrap());
    assert_eq!(outline(stores, owner, &conversation.id).await, []);
    assert_eq!(messages(stores, owner, &conversation.id, &ids).await, []);
}
