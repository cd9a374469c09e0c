//! The order in which the messages of a conversation are taken over: parents first, siblings as they came.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use latchkey_domain::id::MessageId;

/// What an export says of its messages' places, by the names that they have there.
#[derive(Default)]
pub struct Tree<'a> {
    names: Vec<Cow<'a, str>>,
    parents: HashMap<Cow<'a, str>, Cow<'a, str>>,
    children: HashMap<Cow<'a, str>, Vec<Cow<'a, str>>>,
}

impl<'a> Tree<'a> {
    /// Adds a message. `children` are those that it names itself, in their order; others may name it as their parent.
    pub fn add(
        &mut self,
        name: Cow<'a, str>,
        parent: Option<Cow<'a, str>>,
        children: Vec<Cow<'a, str>>,
    ) {
        self.children
            .entry(name.clone())
            .or_default()
            .extend(children);
        if let Some(parent) = parent {
            self.parents.insert(name.clone(), parent);
        }
        self.names.push(name);
    }

    /// Shows every message to `take_over`, with the id of the last that was taken over above it; it gives the message's own id, unless it passes it
    /// over. Gives for each message the id of the last that was taken over at or above it. What hangs on nothing but itself is never shown.
    pub fn walk(
        mut self,
        mut take_over: impl FnMut(&str, Option<MessageId>) -> Option<MessageId>,
    ) -> HashMap<Cow<'a, str>, Option<MessageId>> {
        let there: HashSet<&Cow<'a, str>> = self.names.iter().collect();
        let mut waiting = Vec::new();
        for name in &self.names {
            match self.parents.get(name) {
                Some(parent) if there.contains(parent) => {
                    // A second mention is passed over below.
                    let siblings = self.children.entry(parent.clone()).or_default();
                    siblings.push(name.clone());
                }
                _ => waiting.push((name.clone(), None)),
            }
        }
        let mut known: HashSet<Cow<'a, str>> = there.into_iter().cloned().collect();
        // The last one is the next.
        waiting.reverse();
        let mut places = HashMap::new();
        while let Some((name, above)) = waiting.pop() {
            if !known.remove(&name) {
                continue;
            }
            let here = take_over(&name, above).or(above);
            let children = self.children.remove(&name).unwrap_or_default();
            waiting.extend(children.into_iter().rev().map(|child| (child, here)));
            places.insert(name, here);
        }
        places
    }
}
