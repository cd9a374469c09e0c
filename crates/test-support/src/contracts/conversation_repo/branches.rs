//! Messages as trees: paths, siblings, turns.

use std::collections::HashSet;

use latchkey_domain::{
    conversation::{
        BeginTurn, Branch, BranchEnd, BranchLeaf, ConversationLookup, Message, MessageStatus,
        PathMessage,
    },
    id::MessageId,
    llm::{ModelId, Turn, TurnRole},
    raw_json::RawJson,
};

use super::{branch, delete, find, insert, message, one_owner, path, turns};
use crate::{
    builders::chat::{model, text_blocks},
    contracts::Stores,
};

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
        let edit = |index: u32| edits.get(usize::try_from(index).unwrap());
        let id_of = |turn: &BeginTurn| turn.user_message.as_ref().unwrap().id;
        let before = index.checked_sub(1).and_then(edit).map(id_of);
        assert_eq!(found.previous_sibling, before);
        assert_eq!(found.next_sibling, edit(index + 1).map(id_of));
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

/// "What stands under `id` of `owner`, with its branch that ends in `end`", of which the last may still be running.
pub async fn a_branch_comes_with_its_conversation_and_leaf(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let first = stores.add_turn(&samples, &conversation, None, "one").await;
    let running = samples.turn(
        &conversation,
        Some(first.answer.id),
        "two",
        samples.instance(),
    );
    stores.answers.begin_turn(&running).await.unwrap();
    let id = &conversation.id;
    for (end, leaf, status) in [
        (
            BranchEnd::ShownLeaf,
            running.answer.id,
            MessageStatus::Streaming,
        ),
        (
            BranchEnd::Message(first.answer.id),
            first.answer.id,
            MessageStatus::Complete,
        ),
    ] {
        let found = branch(stores, owner, id, end).await;
        assert_eq!(found.conversation, find(stores, owner, id).await);
        assert_eq!(found.leaf, Some(BranchLeaf { id: leaf, status }));
        assert_eq!(found.turns, turns(stores, owner, id, leaf).await);
    }
}

/// "Before the first message: the branch is empty"; so it is where nothing is shown yet.
pub async fn the_branch_of_the_root_is_empty(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (empty, filled) = (samples.conversation(owner), samples.conversation(owner));
    insert(stores, &empty).await;
    stores.add_turn(&samples, &filled, None, "one").await;
    for (conversation, end) in [
        (&empty, BranchEnd::ShownLeaf),
        (&empty, BranchEnd::Root),
        (&filled, BranchEnd::Root),
    ] {
        let found = branch(stores, owner, &conversation.id, end).await;
        let lookup = find(stores, owner, &conversation.id).await;
        assert!(matches!(lookup, ConversationLookup::Found(_)));
        assert_eq!(found, Branch::empty(lookup));
    }
}

/// "What stands under the conversation's id" is nothing, or a tombstone.
pub async fn no_conversation_has_a_branch(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let (unknown, deleted) = (samples.conversation(owner), samples.conversation(owner));
    let turn = stores.add_turn(&samples, &deleted, None, "one").await;
    assert!(delete(stores, &samples, owner, &deleted.id).await);
    for end in [
        BranchEnd::ShownLeaf,
        BranchEnd::Message(turn.answer.id),
        BranchEnd::Root,
    ] {
        let found = branch(stores, owner, &unknown.id, end).await;
        assert_eq!(found, Branch::empty(ConversationLookup::Unknown));
        let found = branch(stores, owner, &deleted.id, end).await;
        assert_eq!(found, Branch::empty(ConversationLookup::Deleted));
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
        previous_sibling: None,
        next_sibling: None,
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

fn turn_of(role: TurnRole, text: &str, model: Option<ModelId>) -> Turn {
    Turn {
        role,
        content: text_blocks(text),
        model,
    }
}
