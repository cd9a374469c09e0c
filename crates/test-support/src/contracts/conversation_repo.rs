//! What every [`ConversationRepo`](latchkey_domain::conversation::ConversationRepo) promises.

use std::{collections::HashSet, time::Duration};

use latchkey_domain::{
    conversation::{
        Conversation, ConversationChange, ConversationCursor, ConversationId, ConversationLookup,
        ConversationQuery, InsertConversationError, Message, MessageStatus, PathMessage,
    },
    id::{MessageId, TeamId},
    llm::{ModelId, Turn, TurnRole},
    owner::Owner,
    page::PageRequest,
    raw_json::RawJson,
    time::Timestamp,
    user::User,
};

use super::{Stores, all_at_once};
use crate::builders::{
    Samples,
    chat::{model, text_blocks},
};

/// Makes a test of each case.
#[macro_export]
macro_rules! conversation_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { conversation_repo, $factory;
            a_conversation_comes_back_as_it_was_stored,
            a_conversation_with_nothing_optional_comes_back,
            an_id_is_used_once_per_owner,
            twenty_inserts_of_one_id_at_once_store_one,
            two_owners_may_use_the_same_id,
            ids_differ_by_case,
            a_deleted_id_is_never_used_again,
            a_deleted_conversation_leaves_no_message,
            deleting_twice_says_so,
            deleting_one_conversation_leaves_the_others,
            conversations_are_listed_last_changed_first,
            pages_lose_nothing_and_show_nothing_twice,
            pages_are_whole_when_all_changed_at_once,
            deleted_conversations_are_not_listed,
            titles_are_searched_without_regard_to_case,
            wildcards_in_a_search_are_plain_characters,
            a_search_has_pages_too,
            a_change_writes_what_it_names,
            an_empty_change_only_notes_the_time,
            what_was_set_can_be_taken_away,
            a_change_of_a_deleted_conversation_says_so,
            idle_conversations_are_deleted_by_their_owners_retention,
            deleting_idle_conversations_stops_at_the_limit,
            the_shown_path_is_the_branch_of_the_leaf,
            siblings_are_counted_oldest_first,
            the_path_of_no_conversation_is_empty,
            turns_lead_from_the_root_to_the_leaf,
            turns_hold_what_may_go_on_and_no_empty_ones,
            turns_of_an_unknown_message_are_empty,
            a_message_comes_with_its_place,
            a_message_of_another_conversation_is_not_found,
            somebody_elses_conversation_is_like_an_unknown_one,
            a_team_with_the_users_id_is_another_owner,
        }
    };
}
pub use conversation_repo_cases as cases;

/// "What stands under `id` of `owner`": each field, to the microsecond.
pub async fn a_conversation_comes_back_as_it_was_stored(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let mut conversation = samples.conversation(owner);
    conversation.id = id("My_own-ID");
    conversation.title = Some("Größe \"π\"\nx".to_owned());
    conversation.system = Some("A prompt\twith 🌍".to_owned());
    conversation.key = Some(key.id);
    conversation.updated_at = samples.now();
    insert(stores, &conversation).await;
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Found(conversation));
}

/// Also `None` comes back as it was.
pub async fn a_conversation_with_nothing_optional_comes_back(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.model = None;
    conversation.system = None;
    insert(stores, &conversation).await;
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Found(conversation));
    let unknown = find(stores, owner, &id("unknown")).await;
    assert_eq!(unknown, ConversationLookup::Unknown);
}

/// "IdTaken when its owner has one with this id …"
pub async fn an_id_is_used_once_per_owner(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let first = samples.conversation(owner);
    insert(stores, &first).await;
    let mut second = samples.conversation(owner);
    second.id = first.id.clone();
    second.title = Some("Other".to_owned());
    let refused = stores.conversations.insert_conversation(&second).await;
    assert!(
        matches!(refused, Err(InsertConversationError::IdTaken)),
        "{refused:?}"
    );
    let found = find(stores, owner, &first.id).await;
    assert_eq!(found, ConversationLookup::Found(first));
}

/// The unique index decides, not a look-up before.
pub async fn twenty_inserts_of_one_id_at_once_store_one(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let results = all_at_once(20, |_| {
        let repo = stores.conversations.clone();
        let mut conversation = samples.conversation(owner);
        conversation.id = id("same");
        async move { repo.insert_conversation(&conversation).await }
    })
    .await;
    let taken = |result: &&_| matches!(result, Err(InsertConversationError::IdTaken));
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(taken).count(), 19);
    assert_eq!(list_all(stores, owner, None, 100).await.len(), 1);
}

/// "Its key is (owner, id)."
pub async fn two_owners_may_use_the_same_id(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let bob = stores.add_owner(&samples, "bob").await;
    let adas = samples.conversation(ada);
    let mut bobs = samples.conversation(bob);
    bobs.id = adas.id.clone();
    insert(stores, &adas).await;
    insert(stores, &bobs).await;
    assert!(delete(stores, &samples, ada, &adas.id).await);
    let found = find(stores, bob, &bobs.id).await;
    assert_eq!(found, ConversationLookup::Found(bobs));
}

/// Clients choose ids; `a` and `A` are two.
pub async fn ids_differ_by_case(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for name in ["chat", "Chat", "cha_", "ch-t"] {
        let mut conversation = samples.conversation(owner);
        conversation.id = id(name);
        insert(stores, &conversation).await;
        let found = find(stores, owner, &conversation.id).await;
        assert_eq!(found, ConversationLookup::Found(conversation));
    }
}

/// "… or had one that was deleted"; "… leaves its id as a tombstone."
pub async fn a_deleted_id_is_never_used_again(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    insert(stores, &conversation).await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Deleted);
    let refused = stores
        .conversations
        .insert_conversation(&conversation)
        .await;
    assert!(
        matches!(refused, Err(InsertConversationError::IdTaken)),
        "{refused:?}"
    );
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Deleted);
}

/// "Deletes a conversation with its messages."
pub async fn a_deleted_conversation_leaves_no_message(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    assert_eq!(path(stores, owner, &conversation.id).await, []);
    assert_eq!(
        turns(stores, owner, &conversation.id, turn.answer.id).await,
        []
    );
    let message = message(stores, owner, &conversation.id, turn.answer.id).await;
    assert_eq!(message, None);
}

/// "`false` if there is none."
pub async fn deleting_twice_says_so(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    insert(stores, &conversation).await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    assert!(!delete(stores, &samples, owner, &conversation.id).await);
    assert!(!delete(stores, &samples, owner, &id("unknown")).await);
    let found = find(stores, owner, &id("unknown")).await;
    assert_eq!(
        found,
        ConversationLookup::Unknown,
        "no tombstone for what never was"
    );
}

/// Only the conversation that is named.
pub async fn deleting_one_conversation_leaves_the_others(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (gone, kept) = (samples.conversation(owner), samples.conversation(owner));
    stores.add_turn(&samples, &gone, None, "Gone").await;
    stores.add_turn(&samples, &kept, None, "Kept").await;
    assert!(delete(stores, &samples, owner, &gone.id).await);
    assert_eq!(path(stores, owner, &kept.id).await.len(), 2);
    assert_eq!(list_all(stores, owner, None, 100).await.len(), 1);
}

/// "Conversations of `owner`, last changed first."
pub async fn conversations_are_listed_last_changed_first(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let other = stores.add_owner(&samples, "bob").await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        let conversation = samples.conversation(owner);
        insert(stores, &conversation).await;
        insert(stores, &samples.conversation(other)).await;
        expected.insert(0, conversation);
    }
    assert_eq!(list_all(stores, owner, None, 100).await, expected);
    let mut oldest = expected.pop().unwrap();
    oldest.updated_at = samples.now();
    let change = ConversationChange::default();
    change_conversation(stores, &oldest, &change, oldest.updated_at).await;
    expected.insert(0, oldest);
    assert_eq!(list_all(stores, owner, None, 100).await, expected);
}

/// Walking the pages gives the list, whatever their size.
pub async fn pages_lose_nothing_and_show_nothing_twice(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for _ in 0..7 {
        insert(stores, &samples.conversation(owner)).await;
    }
    let whole = list_all(stores, owner, None, 100).await;
    assert_eq!(whole.len(), 7);
    for limit in [1, 3, 6, 7] {
        assert_eq!(
            list_all(stores, owner, None, limit).await,
            whole,
            "by {limit}"
        );
    }
}

/// The order is one also where the time alone doesn't say.
pub async fn pages_are_whole_when_all_changed_at_once(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let at = samples.now();
    for _ in 0..7 {
        let mut conversation = samples.conversation(owner);
        conversation.updated_at = at;
        insert(stores, &conversation).await;
    }
    let whole = list_all(stores, owner, None, 100).await;
    let ids: HashSet<_> = whole.iter().map(|item| item.id.clone()).collect();
    assert_eq!(ids.len(), 7);
    for limit in [1, 3] {
        assert_eq!(
            list_all(stores, owner, None, limit).await,
            whole,
            "by {limit}"
        );
    }
}

/// A tombstone is no conversation.
pub async fn deleted_conversations_are_not_listed(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (gone, kept) = (samples.conversation(owner), samples.conversation(owner));
    insert(stores, &gone).await;
    insert(stores, &kept).await;
    assert!(delete(stores, &samples, owner, &gone.id).await);
    assert_eq!(list_all(stores, owner, None, 100).await, [kept]);
}

/// "Only those whose title holds this text, without regard to case."
pub async fn titles_are_searched_without_regard_to_case(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    titled(
        stores,
        &samples,
        owner,
        &["Übung für Ada", "recipes", "RECIPE book"],
    )
    .await;
    insert(stores, &samples.conversation(owner)).await;
    for (search, expected) in [
        ("recipe", vec!["RECIPE book", "recipes"]),
        ("RECIPES", vec!["recipes"]),
        ("e b", vec!["RECIPE book"]),
        ("übung FÜR", vec!["Übung für Ada"]),
        ("ADA", vec!["Übung für Ada"]),
        ("nothing", vec![]),
    ] {
        assert_eq!(titles(stores, owner, search).await, expected, "{search}");
    }
    let other = stores.add_owner(&samples, "bob").await;
    assert_eq!(titles(stores, other, "recipe").await, Vec::<String>::new());
}

/// The text is searched for as it is.
pub async fn wildcards_in_a_search_are_plain_characters(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let all = [
        "100% sure",
        "100 sure",
        "snake_case",
        "snakeXcase",
        r"C:\temp",
        "C:temp",
        "a*b",
        "it's",
    ];
    titled(stores, &samples, owner, &all).await;
    for (search, expected) in [
        ("100%", "100% sure"),
        ("%", "100% sure"),
        ("_", "snake_case"),
        ("e_c", "snake_case"),
        (r"\", r"C:\temp"),
        (r":\t", r"C:\temp"),
        ("*", "a*b"),
        ("'", "it's"),
    ] {
        assert_eq!(titles(stores, owner, search).await, [expected], "{search}");
    }
}

/// A search is walked like the list.
pub async fn a_search_has_pages_too(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let all = [
        "note 1", "other", "note 2", "other", "note 3", "other", "note 4",
    ];
    titled(stores, &samples, owner, &all).await;
    let whole = list_all(stores, owner, Some("NOTE"), 100).await;
    assert_eq!(whole.len(), 4);
    assert_eq!(list_all(stores, owner, Some("NOTE"), 2).await, whole);
}

/// "Changes a conversation and returns it."
pub async fn a_change_writes_what_it_names(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let (conversation, bystander) = (samples.conversation(owner), samples.conversation(owner));
    insert(stores, &conversation).await;
    insert(stores, &bystander).await;
    let change = ConversationChange {
        title: Some(Some("New".to_owned())),
        model: Some(Some(other_model())),
        system: Some(Some("Be long.".to_owned())),
        key: Some(Some(key.id)),
    };
    let at = samples.now();
    let changed = change_conversation(stores, &conversation, &change, at).await;
    let expected = Conversation {
        title: Some("New".to_owned()),
        model: Some(other_model()),
        system: Some("Be long.".to_owned()),
        key: Some(key.id),
        updated_at: at,
        ..conversation
    };
    assert_eq!(changed, Some(expected.clone()));
    let listed = list_all(stores, owner, None, 100).await;
    assert_eq!(listed, [expected, bystander]);
}

/// "… what is `None` stays."
pub async fn an_empty_change_only_notes_the_time(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("Title".to_owned());
    insert(stores, &conversation).await;
    let at = samples.now();
    let change = ConversationChange::default();
    let changed = change_conversation(stores, &conversation, &change, at).await;
    let expected = Conversation {
        updated_at: at,
        ..conversation
    };
    assert_eq!(changed, Some(expected));
}

/// "… `Some(None)` takes away."
pub async fn what_was_set_can_be_taken_away(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("Title".to_owned());
    conversation.key = Some(key.id);
    insert(stores, &conversation).await;
    let change = ConversationChange {
        title: Some(None),
        model: Some(None),
        system: Some(None),
        key: Some(None),
    };
    let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
    let changed = changed.unwrap();
    let fields = (
        &changed.title,
        &changed.model,
        &changed.system,
        &changed.key,
    );
    assert_eq!(fields, (&None, &None, &None, &None));
    let found = find(stores, owner, &conversation.id).await;
    assert_eq!(found, ConversationLookup::Found(changed));
}

/// "`None` if there is none."
pub async fn a_change_of_a_deleted_conversation_says_so(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let change = ConversationChange::default();
    let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
    assert_eq!(changed, None, "unknown");
    insert(stores, &conversation).await;
    assert!(delete(stores, &samples, owner, &conversation.id).await);
    let changed = change_conversation(stores, &conversation, &change, samples.now()).await;
    assert_eq!(changed, None, "deleted");
}

/// "… that had no activity for longer than their owner's retention."
pub async fn idle_conversations_are_deleted_by_their_owners_retention(stores: &Stores) {
    let samples = Samples::new();
    let ada = keeping(stores, &samples, "ada", Some(10)).await;
    let bob = keeping(stores, &samples, "bob", Some(30)).await;
    let eve = keeping(stores, &samples, "eve", None).await;
    let now = samples.now().plus(100 * DAY);
    let idle_for = |owner: &User, days: u32, more: Duration| {
        let mut conversation = samples.conversation(owner.id);
        conversation.updated_at = now.minus(days * DAY + more);
        conversation
    };
    let second = Duration::from_secs(1);
    let due = [
        idle_for(&ada, 10, second),
        idle_for(&ada, 90, second),
        idle_for(&bob, 30, second),
    ];
    let kept = [
        idle_for(&ada, 9, second),
        idle_for(&bob, 29, second),
        idle_for(&eve, 99, second),
    ];
    for conversation in due.iter().chain(&kept) {
        insert(stores, conversation).await;
    }
    let deleted = stores
        .conversations
        .delete_idle_conversations(now, 100)
        .await;
    assert_eq!(deleted.unwrap(), 3);
    for conversation in due {
        let found = find(stores, conversation.owner, &conversation.id).await;
        assert_eq!(found, ConversationLookup::Deleted);
    }
    for conversation in kept {
        let found = find(stores, conversation.owner, &conversation.id).await;
        assert_eq!(found, ConversationLookup::Found(conversation));
    }
    let deleted = stores
        .conversations
        .delete_idle_conversations(now, 100)
        .await;
    assert_eq!(deleted.unwrap(), 0);
}

/// "… up to `limit` conversations … Returns how many."
pub async fn deleting_idle_conversations_stops_at_the_limit(stores: &Stores) {
    let samples = Samples::new();
    let ada = keeping(stores, &samples, "ada", Some(1)).await;
    for _ in 0..5 {
        insert(stores, &samples.conversation(ada.id)).await;
    }
    let now = samples.now().plus(2 * DAY);
    for expected in [2, 2, 1, 0] {
        let deleted = stores.conversations.delete_idle_conversations(now, 2).await;
        assert_eq!(deleted.unwrap(), expected);
    }
}

/// "The branch that ends in the shown leaf, oldest first."
pub async fn the_shown_path_is_the_branch_of_the_leaf(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let first = stores.add_turn(&samples, &conversation, None, "one").await;
    let second = stores
        .add_turn(&samples, &conversation, Some(first.answer.id), "two")
        .await;
    let edited = stores
        .add_turn(
            &samples,
            &conversation,
            Some(first.answer.id),
            "two, edited",
        )
        .await;
    let shown = path(stores, owner, &conversation.id).await;
    let texts: Vec<&str> = shown
        .iter()
        .map(|item| item.message.text.as_str())
        .collect();
    assert_eq!(texts, ["one", "one!", "two, edited", "two, edited!"]);
    let parents: Vec<_> = shown.iter().map(|item| item.message.parent).collect();
    let asked = |turn: &latchkey_domain::conversation::BeginTurn| {
        turn.user_message.as_ref().map(|message| message.id)
    };
    let expected = [None, asked(&first), Some(first.answer.id), asked(&edited)];
    assert_eq!(parents, expected);
    let ids: HashSet<MessageId> = shown.iter().map(|item| item.message.id).collect();
    assert!(
        !ids.contains(&second.answer.id),
        "the other branch isn't shown"
    );
    assert_eq!(
        shown.first().map(|item| &item.message),
        first.user_message.as_ref()
    );
}

/// "Its place among the messages with the same parent, oldest first, from 0"; also at the root.
pub async fn siblings_are_counted_oldest_first(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    stores
        .add_turn(&samples, &conversation, None, "root 0")
        .await;
    let root = stores
        .add_turn(&samples, &conversation, None, "root 1")
        .await;
    let edits = [
        stores
            .add_turn(&samples, &conversation, Some(root.answer.id), "edit 0")
            .await,
        stores
            .add_turn(&samples, &conversation, Some(root.answer.id), "edit 1")
            .await,
        stores
            .add_turn(&samples, &conversation, Some(root.answer.id), "edit 2")
            .await,
    ];
    let asked = edits
        .last()
        .and_then(|turn| turn.user_message.as_ref())
        .unwrap()
        .id;
    let rerun = samples.rerun(&conversation, asked, samples.instance());
    stores.answers.begin_turn(&rerun).await.unwrap();
    let shown = path(stores, owner, &conversation.id).await;
    let places: Vec<(u32, u32)> = shown
        .iter()
        .map(|item| (item.sibling_index, item.sibling_count))
        .collect();
    assert_eq!(places, [(1, 2), (0, 1), (2, 3), (1, 2)]);
    for (index, edit) in (0..).zip(&edits) {
        let id = edit.user_message.as_ref().unwrap().id;
        let found = message(stores, owner, &conversation.id, id).await.unwrap();
        assert_eq!((found.sibling_index, found.sibling_count), (index, 3));
    }
}

/// "… empty if there is no such conversation", or nothing in it.
pub async fn the_path_of_no_conversation_is_empty(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    assert_eq!(path(stores, owner, &conversation.id).await, []);
    insert(stores, &conversation).await;
    assert_eq!(path(stores, owner, &conversation.id).await, []);
}

/// "The turns from the root to `leaf`, oldest first", whatever branch is shown.
pub async fn turns_lead_from_the_root_to_the_leaf(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let first = stores.add_turn(&samples, &conversation, None, "one").await;
    let second = stores
        .add_turn(&samples, &conversation, Some(first.answer.id), "two")
        .await;
    stores
        .add_turn(&samples, &conversation, Some(first.answer.id), "edited")
        .await;
    let asked = |text| turn_of(TurnRole::User, text, None);
    let answered = |text| turn_of(TurnRole::Assistant, text, Some(model()));
    let whole = turns(stores, owner, &conversation.id, second.answer.id).await;
    assert_eq!(
        whole,
        [
            asked("one"),
            answered("one!"),
            asked("two"),
            answered("two!")
        ]
    );
    let question = second.user_message.unwrap().id;
    let part = turns(stores, owner, &conversation.id, question).await;
    assert_eq!(part, [asked("one"), answered("one!"), asked("two")]);
}

/// "… `next_turn` where there is one, empty ones left out."
pub async fn turns_hold_what_may_go_on_and_no_empty_ones(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let rest = RawJson::from_trusted(r#"[ {"type":"text","text":"kept"} ]"#);
    let mut parent = None;
    for (question, next_turn, content) in [
        ("cut off", Some(rest.clone()), text_blocks("all of it")),
        (
            "nothing may go on",
            Some(RawJson::empty_array()),
            text_blocks("thinking"),
        ),
        ("failed", None, RawJson::from_trusted("[ ]")),
    ] {
        let turn = samples.turn(&conversation, parent, question, samples.instance());
        stores.answers.begin_turn(&turn).await.unwrap();
        let mut end = samples.completion(&turn, question);
        end.answer = Message {
            content,
            next_turn,
            status: MessageStatus::Interrupted,
            ..end.answer
        };
        assert!(stores.answers.finish_answer(&end).await.unwrap());
        parent = Some(turn.answer.id);
    }
    let last = samples.turn(&conversation, parent, "and now?", samples.instance());
    stores.answers.begin_turn(&last).await.unwrap();
    let found = turns(stores, owner, &conversation.id, last.answer.id).await;
    let asked = |text| turn_of(TurnRole::User, text, None);
    let expected = [
        asked("cut off"),
        Turn {
            role: TurnRole::Assistant,
            content: rest,
            model: Some(model()),
        },
        asked("nothing may go on"),
        asked("failed"),
        asked("and now?"),
    ];
    assert_eq!(
        found, expected,
        "the answer that is running has nothing to say yet"
    );
}

/// "Empty if there is no such message in this conversation."
pub async fn turns_of_an_unknown_message_are_empty(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mine, other) = (samples.conversation(owner), samples.conversation(owner));
    stores.add_turn(&samples, &mine, None, "mine").await;
    let foreign = stores.add_turn(&samples, &other, None, "other").await;
    let unknown = MessageId::new(samples.ids());
    for leaf in [foreign.answer.id, unknown] {
        assert_eq!(turns(stores, owner, &mine.id, leaf).await, []);
    }
}

/// "One message of a conversation, with its place among its siblings."
pub async fn a_message_comes_with_its_place(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(&samples, &conversation, None, "Hello")
        .await;
    let asked = turn.user_message.unwrap();
    let found = message(stores, owner, &conversation.id, asked.id).await;
    let expected = PathMessage {
        message: asked,
        sibling_index: 0,
        sibling_count: 1,
    };
    assert_eq!(found, Some(expected));
}

/// A message's id under another conversation of the same owner is unknown there.
pub async fn a_message_of_another_conversation_is_not_found(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (mine, other) = (samples.conversation(owner), samples.conversation(owner));
    stores.add_turn(&samples, &mine, None, "mine").await;
    let foreign = stores.add_turn(&samples, &other, None, "other").await;
    let unknown = MessageId::new(samples.ids());
    for id in [foreign.answer.id, unknown] {
        assert_eq!(message(stores, owner, &mine.id, id).await, None);
    }
}

/// "The owner stands in every WHERE clause."
pub async fn somebody_elses_conversation_is_like_an_unknown_one(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let eve = stores.add_owner(&samples, "eve").await;
    cant_be_reached_by(stores, &samples, ada, eve).await;
}

/// The kind of an owner is part of who it is.
pub async fn a_team_with_the_users_id_is_another_owner(stores: &Stores) {
    let (samples, ada) = one_owner(stores).await;
    let team = Owner::Team(TeamId::from_uuid(ada.uuid()));
    cant_be_reached_by(stores, &samples, ada, team).await;
}

async fn cant_be_reached_by(stores: &Stores, samples: &Samples, owner: Owner, stranger: Owner) {
    let conversation = samples.conversation(owner);
    let turn = stores
        .add_turn(samples, &conversation, None, "secret")
        .await;
    let (id, answer) = (&conversation.id, turn.answer.id);
    let before = path(stores, owner, id).await;

    assert_eq!(
        find(stores, stranger, id).await,
        ConversationLookup::Unknown
    );
    assert_eq!(list_all(stores, stranger, None, 100).await, []);
    assert_eq!(path(stores, stranger, id).await, []);
    assert_eq!(turns(stores, stranger, id, answer).await, []);
    assert_eq!(message(stores, stranger, id, answer).await, None);
    let theirs = Conversation {
        owner: stranger,
        ..conversation.clone()
    };
    let change = ConversationChange {
        title: Some(Some("Mine now".to_owned())),
        ..ConversationChange::default()
    };
    let changed = change_conversation(stores, &theirs, &change, samples.now()).await;
    assert_eq!(changed, None);
    assert!(!delete(stores, samples, stranger, id).await);

    let found = find(stores, owner, id).await;
    assert_eq!(found, ConversationLookup::Found(turn.conversation));
    assert_eq!(path(stores, owner, id).await, before);
}

const DAY: Duration = Duration::from_hours(24);

async fn one_owner(stores: &Stores) -> (Samples, Owner) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    (samples, owner)
}

async fn keeping(stores: &Stores, samples: &Samples, name: &str, days: Option<u16>) -> User {
    let mut user = stores.add_user(samples, name).await;
    user.settings.retention_days = days;
    assert!(stores.users.update_user(&user).await.unwrap());
    user
}

fn id(text: &str) -> ConversationId {
    ConversationId::parse(text).unwrap()
}

fn other_model() -> ModelId {
    ModelId::parse("claude-haiku-5-5").unwrap()
}

fn turn_of(role: TurnRole, text: &str, model: Option<ModelId>) -> Turn {
    Turn {
        role,
        content: text_blocks(text),
        model,
    }
}

async fn insert(stores: &Stores, conversation: &Conversation) {
    let repo = &stores.conversations;
    repo.insert_conversation(conversation).await.unwrap();
}

async fn titled(stores: &Stores, samples: &Samples, owner: Owner, titles: &[&str]) {
    for title in titles {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some((*title).to_owned());
        insert(stores, &conversation).await;
    }
}

async fn titles(stores: &Stores, owner: Owner, search: &str) -> Vec<String> {
    let found = list_all(stores, owner, Some(search), 100).await;
    found.into_iter().filter_map(|item| item.title).collect()
}

async fn find(stores: &Stores, owner: Owner, id: &ConversationId) -> ConversationLookup {
    let repo = &stores.conversations;
    repo.find_conversation(owner, id).await.unwrap()
}

async fn delete(stores: &Stores, samples: &Samples, owner: Owner, id: &ConversationId) -> bool {
    let repo = &stores.conversations;
    let deleted = repo.delete_conversation(owner, id, samples.now());
    deleted.await.unwrap()
}

async fn change_conversation(
    stores: &Stores,
    conversation: &Conversation,
    change: &ConversationChange,
    at: Timestamp,
) -> Option<Conversation> {
    let repo = &stores.conversations;
    let changed = repo.update_conversation(conversation.owner, &conversation.id, change, at);
    changed.await.unwrap()
}

async fn path(stores: &Stores, owner: Owner, id: &ConversationId) -> Vec<PathMessage> {
    stores
        .conversations
        .list_shown_path(owner, id)
        .await
        .unwrap()
}

async fn turns(stores: &Stores, owner: Owner, id: &ConversationId, leaf: MessageId) -> Vec<Turn> {
    let repo = &stores.conversations;
    repo.list_turns(owner, id, leaf).await.unwrap()
}

async fn message(
    stores: &Stores,
    owner: Owner,
    id: &ConversationId,
    message: MessageId,
) -> Option<PathMessage> {
    let repo = &stores.conversations;
    repo.find_message(owner, id, message).await.unwrap()
}

async fn list_all(
    stores: &Stores,
    owner: Owner,
    search: Option<&str>,
    limit: u32,
) -> Vec<Conversation> {
    let mut seen = Vec::new();
    let mut query = ConversationQuery {
        title_contains: search.map(str::to_owned),
        page: PageRequest::<ConversationCursor>::first(limit),
    };
    loop {
        let page = stores
            .conversations
            .list_conversations(owner, &query)
            .await
            .unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        seen.extend(page.items);
        let Some(next) = page.next else { return seen };
        query.page = query.page.after(Some(next));
    }
}
