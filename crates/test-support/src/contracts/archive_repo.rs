//! What every [`ArchiveRepo`](latchkey_domain::archive::ArchiveRepo) promises.

use std::time::Duration;

use latchkey_domain::{
    archive::{MessageOutline, StoreImportedError, Stored},
    conversation::{Conversation, ConversationId, ConversationLookup, Message},
    id::MessageId,
    owner::Owner,
    page::PageRequest,
    search::{ConversationSearch, SearchWords},
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
            an_import_stores_a_conversation_as_a_whole,
            an_import_adds_what_is_new_to_a_conversation,
            an_import_leaves_before_the_reader_what_is_there,
            an_import_never_takes_an_id_that_is_taken,
            imports_at_the_same_time_store_each_message_once,
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

/// A conversation with 250 messages in two branches.
fn large(samples: &Samples, owner: Owner) -> (Conversation, Vec<Message>) {
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("from elsewhere".to_owned());
    let mut messages: Vec<Message> = Vec::new();
    for at in 0..250 {
        let parent = if at == 200 {
            None
        } else {
            messages.last().map(|last| last.id)
        };
        messages.push(samples.user_message(&conversation, parent, &format!("zero\0 number{at}")));
    }
    conversation.shown_leaf = messages.last().map(|last| last.id);
    (conversation, messages)
}

async fn store(
    stores: &Stores,
    conversation: &Conversation,
    messages: &[Message],
) -> Result<Stored, StoreImportedError> {
    stores.archive.store_imported(conversation, messages).await
}

async fn found(stores: &Stores, conversation: &Conversation) -> Conversation {
    let (owner, id) = (conversation.owner, &conversation.id);
    let found = stores.conversations.find_conversation(owner, id).await;
    match found.unwrap() {
        ConversationLookup::Found(found) => found,
        other => panic!("{other:?}"),
    }
}

async fn how_many_have(stores: &Stores, owner: Owner, word: &str) -> usize {
    let search = ConversationSearch {
        words: SearchWords::parse(word),
        pinned: None,
        page: PageRequest::first(10),
    };
    stores.index_all().await;
    let found = stores.search.search_conversations(owner, &search).await;
    found.unwrap().items.len()
}

fn ids_of(messages: &[Message]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id).collect()
}

/// "Stores a conversation with all `messages` … What is stored can be found from then on."
pub async fn an_import_stores_a_conversation_as_a_whole(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (conversation, all) = large(&samples, owner);
    let stored = store(stores, &conversation, &all).await.unwrap();
    assert_eq!(stored, Stored::New);
    assert_eq!(found(stores, &conversation).await, conversation);
    let ids = ids_of(&all);
    assert_eq!(
        messages(stores, owner, &conversation.id, &ids[..90]).await,
        all[..90]
    );
    let outlined = outline(stores, owner, &conversation.id).await;
    let outlined: Vec<MessageId> = outlined.into_iter().map(|message| message.id).collect();
    assert_eq!(outlined, ids);
    let path = stores
        .conversations
        .list_shown_path(owner, &conversation.id)
        .await;
    assert_eq!(path.unwrap().len(), 50, "the branch that is shown");
    for word in ["elsewhere", "number7", "number249"] {
        assert_eq!(how_many_have(stores, owner, word).await, 1, "{word}");
    }
    // Whoever else has one with this id has another.
    let bob = stores.add_owner(&samples, "bob").await;
    assert_eq!(outline(stores, bob, &conversation.id).await, []);
    assert_eq!(how_many_have(stores, bob, "elsewhere").await, 0);
}

/// "or, if its owner has it already, adds those that it doesn't have. What is there stays as it is"
pub async fn an_import_adds_what_is_new_to_a_conversation(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mut conversation, all) = large(&samples, owner);
    let wanted = conversation.shown_leaf;
    conversation.shown_leaf = Some(all[239].id);
    let stored = store(stores, &conversation, &all[..240]).await.unwrap();
    assert_eq!(stored, Stored::New);
    let again = store(stores, &conversation, &all[..240]).await.unwrap();
    assert_eq!(again, Stored::Unchanged);
    assert_eq!(found(stores, &conversation).await, conversation);

    let later = Conversation {
        title: Some("another title".into()),
        pinned: true,
        shown_leaf: wanted,
        created_at: conversation.created_at.plus(Duration::from_secs(1)),
        updated_at: conversation.updated_at.plus(Duration::from_mins(1)),
        ..conversation.clone()
    };
    let grown = store(stores, &later, &all).await.unwrap();
    assert_eq!(grown, Stored::Grown(10));
    let expected = Conversation {
        shown_leaf: wanted,
        updated_at: later.updated_at,
        ..conversation.clone()
    };
    assert_eq!(found(stores, &conversation).await, expected);
    let outlined = outline(stores, owner, &conversation.id).await;
    let outlined: Vec<MessageId> = outlined.into_iter().map(|message| message.id).collect();
    assert_eq!(outlined, ids_of(&all));
    assert_eq!(how_many_have(stores, owner, "number249").await, 1);
    assert_eq!(how_many_have(stores, owner, "another").await, 0);

    // An older export takes nothing away and makes nothing older.
    let older = store(stores, &conversation, &all[..3]).await.unwrap();
    assert_eq!(older, Stored::Unchanged);
    assert_eq!(found(stores, &conversation).await, expected);
}

/// "what is shown is what `leaf_after_import` says": a branch that somebody went on with here stays before them.
pub async fn an_import_leaves_before_the_reader_what_is_there(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mut conversation, all) = large(&samples, owner);
    conversation.shown_leaf = Some(all[9].id);
    store(stores, &conversation, &all[..10]).await.unwrap();
    // Meanwhile they went on by themselves.
    let own = samples.user_message(&conversation, Some(all[9].id), "of my own");
    let mut own_turn = conversation.clone();
    own_turn.shown_leaf = Some(own.id);
    let with_own = [all[9].clone(), own.clone()];
    let grown = store(stores, &own_turn, &with_own).await.unwrap();
    assert_eq!(grown, Stored::Grown(1));
    assert_eq!(found(stores, &conversation).await.shown_leaf, Some(own.id));

    conversation.shown_leaf = Some(all[19].id);
    let grown = store(stores, &conversation, &all[..20]).await.unwrap();
    assert_eq!(grown, Stored::Grown(10));
    assert_eq!(found(stores, &conversation).await.shown_leaf, Some(own.id));
    let siblings = stores
        .conversations
        .find_message(owner, &conversation.id, own.id)
        .await;
    assert_eq!(siblings.unwrap().unwrap().sibling_count, 2);
}

/// "Deleted when its owner had one … IdTaken when there is one with other messages and none of these. Then nothing is stored."
pub async fn an_import_never_takes_an_id_that_is_taken(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (conversation, all) = large(&samples, owner);
    store(stores, &conversation, &all[..1]).await.unwrap();
    let other = store(stores, &conversation, &all[200..]).await;
    assert!(matches!(other, Err(StoreImportedError::IdTaken)));
    assert_eq!(outline(stores, owner, &conversation.id).await.len(), 1);
    let deleted = stores
        .conversations
        .delete_conversation(owner, &conversation.id, samples.now());
    assert!(deleted.await.unwrap());
    let again = store(stores, &conversation, &all).await;
    assert!(matches!(again, Err(StoreImportedError::Deleted)));
    assert_eq!(outline(stores, owner, &conversation.id).await, []);
    assert_eq!(how_many_have(stores, owner, "elsewhere").await, 0);

    // One that is empty can be filled.
    let empty = samples.conversation(owner);
    stores
        .conversations
        .insert_conversation(&empty)
        .await
        .unwrap();
    let first = samples.user_message(&empty, None, "first");
    let filled = Conversation {
        shown_leaf: Some(first.id),
        ..empty
    };
    let stored = store(stores, &filled, std::slice::from_ref(&first)).await;
    assert_eq!(stored.unwrap(), Stored::Grown(1));
    assert_eq!(found(stores, &filled).await.shown_leaf, Some(first.id));
}

/// "Every method is one transaction": of two that run at the same time, each message is stored by one.
pub async fn imports_at_the_same_time_store_each_message_once(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (conversation, all) = large(&samples, owner);
    let both = tokio::join!(
        store(stores, &conversation, &all[..150]),
        store(stores, &conversation, &all),
    );
    let both = [both.0.unwrap(), both.1.unwrap()];
    assert_eq!(both.iter().filter(|one| **one == Stored::New).count(), 1);
    let outlined = outline(stores, owner, &conversation.id).await;
    assert_eq!(outlined.len(), all.len());
}
