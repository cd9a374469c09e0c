//! Conversations: made, read, changed, deleted.

use std::time::Duration;

use latchkey_application::{
    Actor,
    accounts::UpdateMe,
    conversations::{ConversationsError, CreateConversation},
};
use latchkey_domain::{
    PageRequest,
    conversation::{Conversation, ConversationChange, ConversationId, ConversationQuery},
    id::ApiKeyId,
    llm::ModelId,
    search::{ConversationSearch, SearchWords},
    user::SettingsChange,
};
use latchkey_test_support::builders::Samples;

use crate::world::World;

fn id(text: &str) -> ConversationId {
    ConversationId::parse(text).unwrap()
}

fn with_id(text: &str) -> CreateConversation {
    CreateConversation {
        id: Some(id(text)),
        ..CreateConversation::default()
    }
}

async fn create(world: &World, actor: &Actor, text: &str) -> Conversation {
    let conversations = &world.app.conversations;
    conversations.create(actor, with_id(text)).await.unwrap()
}

#[tokio::test]
async fn a_conversation_is_made_with_all_that_was_said() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let key = world.add_key(&actor, "work").await;
    let command = CreateConversation {
        id: Some(id("123")),
        title: Some("Trip".to_owned()),
        model: Some(ModelId::parse("claude-opus-5-5").unwrap()),
        system: Some("Be brief.".to_owned()),
        key: Some(key.id),
        temporary: false,
    };
    let made = world
        .app
        .conversations
        .create(&actor, command)
        .await
        .unwrap();
    let expected = Conversation {
        owner: actor.owner(),
        id: id("123"),
        title: Some("Trip".to_owned()),
        model: Some(ModelId::parse("claude-opus-5-5").unwrap()),
        system: Some("Be brief.".to_owned()),
        key: Some(key.id),
        pinned: false,
        temporary: false,
        shown_leaf: None,
        created_at: world.now(),
        updated_at: world.now(),
    };
    assert_eq!(made, expected);
    let read = world
        .app
        .conversations
        .get(&actor, &id("123"))
        .await
        .unwrap();
    assert_eq!(read, expected);
    let messages = world
        .app
        .conversations
        .messages(&actor, &id("123"), &PageRequest::first(50))
        .await
        .unwrap();
    assert!(messages.items.is_empty());
}

#[tokio::test]
async fn without_a_choice_the_server_makes_the_id() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let conversations = &world.app.conversations;
    let one = conversations
        .create(&actor, CreateConversation::default())
        .await
        .unwrap();
    let two = conversations
        .create(&actor, CreateConversation::default())
        .await
        .unwrap();
    assert_ne!(one.id, two.id);
    assert!(ConversationId::parse(one.id.as_str()).is_ok());
}

#[tokio::test]
async fn an_id_is_taken_once_per_owner_and_for_ever() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    create(&world, &ada, "123").await;
    create(&world, &bob, "123").await;
    let conversations = &world.app.conversations;
    let taken = conversations.create(&ada, with_id("123")).await;
    assert!(matches!(taken, Err(ConversationsError::IdTaken)));
    conversations.delete(&ada, &id("123")).await.unwrap();
    let deleted = conversations.create(&ada, with_id("123")).await;
    assert!(matches!(deleted, Err(ConversationsError::Deleted)));
    assert!(conversations.get(&bob, &id("123")).await.is_ok());
}

#[tokio::test]
async fn when_it_cannot_be_known_why_an_id_is_taken_the_store_is_to_blame() {
    let world = World::new();
    let actor = world.actor("ada").await;
    create(&world, &actor, "123").await;
    world.store.faults().fail("find_conversation", 1);
    let answer = world.app.conversations.create(&actor, with_id("123")).await;
    assert!(matches!(answer, Err(ConversationsError::Store(_))));
}

#[tokio::test]
async fn only_ones_own_key_can_be_pinned() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    let adas = world.add_key(&ada, "work").await;
    let bobs = world.add_key(&bob, "work").await;
    let never = ApiKeyId::new(world.ports.ids.as_ref());
    let conversations = &world.app.conversations;
    create(&world, &ada, "kept").await;
    let pin = |key| ConversationChange {
        key: Some(Some(key)),
        ..ConversationChange::default()
    };
    for key in [bobs.id, never] {
        let command = CreateConversation {
            key: Some(key),
            ..with_id("new")
        };
        let made = conversations.create(&ada, command).await;
        assert!(matches!(made, Err(ConversationsError::UnknownKey)));
        let changed = conversations.update(&ada, &id("kept"), pin(key)).await;
        assert!(matches!(changed, Err(ConversationsError::UnknownKey)));
    }
    let none = conversations.get(&ada, &id("new")).await;
    assert!(matches!(none, Err(ConversationsError::NotFound)));
    let pinned = conversations
        .update(&ada, &id("kept"), pin(adas.id))
        .await
        .unwrap();
    assert_eq!(pinned.key, Some(adas.id));
    let unpin = ConversationChange {
        key: Some(None),
        ..ConversationChange::default()
    };
    let unpinned = conversations
        .update(&ada, &id("kept"), unpin)
        .await
        .unwrap();
    assert_eq!(unpinned.key, None);
}

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let made = create(&world, &actor, "123").await;
    world.clock.advance(Duration::from_secs(1));
    let change = ConversationChange {
        title: Some(Some("Trip".to_owned())),
        ..ConversationChange::default()
    };
    let changed = world
        .app
        .conversations
        .update(&actor, &made.id, change)
        .await
        .unwrap();
    let expected = Conversation {
        title: Some("Trip".to_owned()),
        updated_at: world.now(),
        ..made
    };
    assert_eq!(changed, expected);
}

/// Every use of a conversation by its id.
async fn every_use(
    world: &World,
    actor: &Actor,
    id: &ConversationId,
) -> Vec<Result<(), ConversationsError>> {
    let conversations = &world.app.conversations;
    let change = ConversationChange::default();
    vec![
        conversations.get(actor, id).await.map(drop),
        conversations
            .messages(actor, id, &PageRequest::first(50))
            .await
            .map(drop),
        conversations.update(actor, id, change).await.map(drop),
        conversations.delete(actor, id).await,
    ]
}

#[tokio::test]
async fn somebody_elses_conversation_is_not_found_like_one_that_never_was() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    let bobs = create(&world, &bob, "bobs").await;
    for id in [id("bobs"), id("never")] {
        for answer in every_use(&world, &ada, &id).await {
            assert!(matches!(answer, Err(ConversationsError::NotFound)));
        }
    }
    let still_there = world.app.conversations.get(&bob, &bobs.id).await;
    assert_eq!(still_there.unwrap(), bobs);
}

#[tokio::test]
async fn a_deleted_conversation_says_that_it_was_deleted() {
    let world = World::new();
    let actor = world.actor("ada").await;
    create(&world, &actor, "123").await;
    world
        .app
        .conversations
        .delete(&actor, &id("123"))
        .await
        .unwrap();
    for answer in every_use(&world, &actor, &id("123")).await {
        assert!(matches!(answer, Err(ConversationsError::Deleted)));
    }
}

fn first_page(limit: u32) -> ConversationQuery {
    ConversationQuery {
        pinned: None,
        page: PageRequest::first(limit),
    }
}

#[tokio::test]
async fn a_list_holds_ones_own_conversations_the_last_changed_first() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    create(&world, &bob, "bobs").await;
    for text in ["1", "2", "3"] {
        world.clock.advance(Duration::from_secs(1));
        create(&world, &ada, text).await;
    }
    let conversations = &world.app.conversations;
    let page = conversations.list(&ada, first_page(2)).await.unwrap();
    let ids = |items: &[Conversation]| -> Vec<ConversationId> {
        items.iter().map(|item| item.id.clone()).collect()
    };
    assert_eq!(ids(&page.items), [id("3"), id("2")]);
    let mut next = first_page(2);
    next.page.after = page.next;
    let page = conversations.list(&ada, next).await.unwrap();
    assert_eq!(ids(&page.items), [id("1")]);
    assert_eq!(page.next, None);
}

#[tokio::test]
async fn the_messages_of_a_conversation_are_the_branch_that_is_shown() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let conversation = create(&world, &actor, "123").await;
    let turn = Samples::new().turn(&conversation, None, "Hello", world.ports.instance);
    world.ports.answers.begin_turn(&turn).await.unwrap();
    let messages = world
        .app
        .conversations
        .messages(&actor, &conversation.id, &PageRequest::first(50))
        .await
        .unwrap();
    let ids: Vec<_> = messages.items.iter().map(|path| path.message.id).collect();
    let question = turn.user_message.unwrap().id;
    assert_eq!(ids, [question, turn.answer.id]);
}

#[tokio::test]
async fn tidying_up_deletes_what_its_owner_keeps_no_longer() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    let month = UpdateMe {
        settings: SettingsChange {
            retention_days: Some(Some(30)),
            ..SettingsChange::default()
        },
        ..UpdateMe::default()
    };
    world
        .app
        .accounts
        .update_me(&ada.clone().into_signed_in().unwrap(), month)
        .await
        .unwrap();
    create(&world, &ada, "old").await;
    create(&world, &bob, "old").await;
    world.clock.advance(Duration::from_hours(31 * 24));
    create(&world, &ada, "new").await;
    assert_eq!(world.app.tidy_up().await.unwrap().conversations, 1);
    let conversations = &world.app.conversations;
    let old = conversations.get(&ada, &id("old")).await;
    assert!(matches!(old, Err(ConversationsError::Deleted)));
    assert!(conversations.get(&ada, &id("new")).await.is_ok());
    assert!(conversations.get(&bob, &id("old")).await.is_ok());
}

#[tokio::test]
async fn tidying_up_goes_on_until_nothing_is_due() {
    let world = World::new();
    let ada = world.actor("ada").await;
    for n in 0..250 {
        let temporary = CreateConversation {
            temporary: true,
            ..with_id(&format!("temporary-{n}"))
        };
        let conversations = &world.app.conversations;
        conversations.create(&ada, temporary).await.unwrap();
    }
    world.clock.advance(Duration::from_hours(25));
    assert_eq!(world.app.tidy_up().await.unwrap().conversations, 250);
    assert_eq!(world.app.tidy_up().await.unwrap().conversations, 0);
}

/// However many texts wait for their words; and what keeps on coming keeps nobody waiting.
#[tokio::test]
async fn a_search_finds_what_was_written_before_it() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let samples = Samples::new();
    let conversation = samples.conversation(actor.owner());
    let instance = world.ports.instance;
    let mut last = None;
    for n in 0..300 {
        let turn = samples.turn(&conversation, last, &format!("walrus {n}"), instance);
        world.ports.answers.begin_turn(&turn).await.unwrap();
        let end = samples.completion(&turn, "a reply");
        assert!(world.ports.answers.finish_answer(&end).await.unwrap());
        last = Some(turn.answer.id);
    }
    for text in ["walrus 0", "walrus 299", "reply"] {
        assert_eq!(found(&world, &actor, text).await, 1, "{text}");
    }
    let before = world.store.faults().calls("index_pending");
    assert_eq!(found(&world, &actor, "walrus").await, 1);
    let now = world.store.faults().calls("index_pending");
    assert_eq!(now, before + 1, "once nothing waits, that is all it asks");
}

/// What is done in the background when nobody searches.
#[tokio::test]
async fn texts_of_turns_are_made_findable_in_parts() {
    let world = World::new();
    assert!(!world.app.index_some_pending().await.unwrap());
    let actor = world.actor("ada").await;
    let samples = Samples::new();
    let conversation = samples.conversation(actor.owner());
    for n in 0..300 {
        let text = format!("walrus {n}");
        let turn = samples.turn(&conversation, None, &text, world.ports.instance);
        world.ports.answers.begin_turn(&turn).await.unwrap();
    }
    for is_more in [true, true, false] {
        assert_eq!(world.app.index_some_pending().await.unwrap(), is_more);
    }
    let (search, last) = (&world.ports.search, asked("walrus 299"));
    let found = search.search_conversations(actor.owner(), &last);
    assert_eq!(found.await.unwrap().items.len(), 1);
}

fn asked(text: &str) -> ConversationSearch {
    ConversationSearch {
        words: SearchWords::parse(text),
        pinned: None,
        page: PageRequest::first(50),
    }
}

async fn found(world: &World, actor: &Actor, text: &str) -> usize {
    let found = world.app.conversations.search(actor, asked(text)).await;
    found.unwrap().items.len()
}
