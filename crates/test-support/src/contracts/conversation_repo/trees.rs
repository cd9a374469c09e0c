//! Whatever is sent, edited, rerun and shown in whatever order: a tree, in which nothing is lost.

use latchkey_domain::{
    conversation::{Conversation, ConversationChange, PathMessage},
    id::MessageId,
    llm::TurnRole,
    system::Randomness as _,
};

use super::{change_conversation, find, message, one_owner, path};
use crate::{builders::Samples, contracts::Stores, memory::system::SeededRandomness};

/// What the store is held against: the messages in their order, each with its parent.
#[derive(Default)]
struct Tree {
    messages: Vec<(MessageId, Option<MessageId>, TurnRole)>,
    shown: Option<MessageId>,
}

impl Tree {
    fn parent(&self, of: MessageId) -> Option<MessageId> {
        let found = self.messages.iter().find(|(id, ..)| *id == of);
        found.and_then(|(_, parent, _)| *parent)
    }

    fn path(&self, leaf: Option<MessageId>) -> Vec<MessageId> {
        let mut path: Vec<_> =
            std::iter::successors(leaf, |message| self.parent(*message)).collect();
        path.reverse();
        path
    }

    fn newest_below(&self, top: MessageId) -> Option<MessageId> {
        let mut newest_first = self.messages.iter().rev().map(|(id, ..)| *id);
        newest_first.find(|id| self.path(Some(*id)).contains(&top))
    }

    fn check_place(&self, found: &PathMessage) {
        let siblings: Vec<MessageId> = self
            .messages
            .iter()
            .filter(|(_, parent, _)| *parent == found.message.parent)
            .map(|(id, ..)| *id)
            .collect();
        let index = usize::try_from(found.sibling_index).unwrap();
        assert_eq!(siblings.get(index), Some(&found.message.id));
        assert_eq!(
            siblings.len(),
            usize::try_from(found.sibling_count).unwrap()
        );
        let before = index.checked_sub(1).and_then(|index| siblings.get(index));
        assert_eq!(found.previous_sibling.as_ref(), before);
        assert_eq!(found.next_sibling.as_ref(), siblings.get(index + 1));
    }
}

/// Random numbers, the same in each run.
struct Dice(SeededRandomness);

impl Dice {
    fn below(&self, limit: usize) -> usize {
        let mut byte = [0; 4];
        self.0.fill(&mut byte).unwrap();
        usize::try_from(u32::from_le_bytes(byte)).unwrap() % limit
    }

    fn one_of<T: Copy>(&self, all: &[T]) -> Option<T> {
        if all.is_empty() {
            return None;
        }
        all.get(self.below(all.len())).copied()
    }
}

async fn step(
    stores: &Stores,
    samples: &Samples,
    dice: &Dice,
    conversation: &Conversation,
    tree: &mut Tree,
) {
    let with_role = |role| -> Vec<MessageId> {
        let found = tree.messages.iter().filter(|message| message.2 == role);
        found.map(|message| message.0).collect()
    };
    let (asked, answers) = (with_role(TurnRole::User), with_role(TurnRole::Assistant));
    match (dice.below(4), dice.one_of(&asked), dice.one_of(&answers)) {
        (0, Some(asked), _) => {
            let turn = samples.rerun(conversation, asked, samples.instance());
            stores.answers.begin_turn(&turn).await.unwrap();
            let end = samples.completion(&turn, "again");
            assert!(stores.answers.finish_answer(&end).await.unwrap());
            tree.messages
                .push((turn.answer.id, Some(asked), TurnRole::Assistant));
            tree.shown = Some(turn.answer.id);
        }
        (1, Some(asked), Some(answer)) => {
            let shown = if dice.below(2) == 0 { asked } else { answer };
            let change = ConversationChange {
                shown: Some(shown),
                ..ConversationChange::default()
            };
            let changed = change_conversation(stores, conversation, &change, samples.now()).await;
            tree.shown = tree.newest_below(shown);
            assert_eq!(changed.unwrap().shown_leaf, tree.shown);
        }
        (_, _, answer) => {
            let parent = answer.filter(|_| dice.below(6) > 0);
            let turn = stores.add_turn(samples, conversation, parent, "next").await;
            let asked = turn.user_message.unwrap().id;
            tree.messages.push((asked, parent, TurnRole::User));
            tree.messages
                .push((turn.answer.id, Some(asked), TurnRole::Assistant));
            tree.shown = Some(turn.answer.id);
        }
    }
}

/// Sends, edits, reruns and shows at random: each message stays where it was put, and the shown path is that of the leaf.
pub async fn any_turns_make_a_tree(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let dice = Dice(SeededRandomness::default());
    for _ in 0..4 {
        let conversation = samples.conversation(owner);
        let mut tree = Tree::default();
        for _ in 0..25 {
            step(stores, &samples, &dice, &conversation, &mut tree).await;
            let shown = path(stores, owner, &conversation.id).await;
            let ids: Vec<MessageId> = shown.iter().map(|item| item.message.id).collect();
            assert_eq!(ids, tree.path(tree.shown));
        }
        for (id, parent, role) in &tree.messages {
            let found = message(stores, owner, &conversation.id, *id).await;
            let found = found.expect("no message is lost");
            assert_eq!((found.message.parent, found.message.role), (*parent, *role));
            tree.check_place(&found);
        }
        let stored = find(stores, owner, &conversation.id).await;
        assert!(matches!(
            stored,
            latchkey_domain::conversation::ConversationLookup::Found(found) if found.shown_leaf == tree.shown
        ));
    }
}
