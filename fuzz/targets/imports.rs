//! Exports of other services: however the bytes are cut, the list has the same items; a conversation that is read is a tree of JSON that can be
//! stored, and reads the same each time.
#![no_main]

use std::collections::HashSet;

use latchkey_adapters::import::KnownExports;
use latchkey_domain::{
    archive::{ImportFormat as _, ListItem, ListSplitter, NotAList},
    id::UserId,
    owner::Owner,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

const MAX_ITEM: usize = 4_096;

fuzz_target!(|data: &[u8]| {
    let (items, end) = split(data, data.len().max(1));
    let step = data.first().map_or(1, |byte| usize::from(*byte % 7) + 1);
    assert_eq!(split(data, step), (items.clone(), end));
    // Of other lists the splitter takes some: whether an item is JSON is for its reader to say.
    if let Ok(list) = serde_json::from_slice::<Vec<&RawValue>>(data) {
        assert_eq!(end, Ok(()));
        assert_eq!(list.len(), items.len());
        for (expected, item) in list.into_iter().zip(&items) {
            match item {
                ListItem::Whole(bytes) => assert_eq!(bytes, expected.get().as_bytes()),
                ListItem::TooLong => assert!(expected.get().len() > MAX_ITEM),
            }
        }
    }
    for item in items {
        if let ListItem::Whole(bytes) = item {
            read(&bytes);
        }
    }
    read(data);
});

fn split(data: &[u8], step: usize) -> (Vec<ListItem>, Result<(), NotAList>) {
    let mut splitter = ListSplitter::new(MAX_ITEM);
    let mut items = Vec::new();
    for piece in data.chunks(step) {
        let (more, outcome) = splitter.push(piece);
        items.extend(more);
        if outcome.is_err() {
            return (items, outcome);
        }
    }
    (items, splitter.finish())
}

fn read(item: &[u8]) {
    let owner = Owner::User(UserId::from_uuid(Uuid::from_u128(1)));
    let read = KnownExports.read(owner, item);
    assert_eq!(KnownExports.read(owner, item), read, "another time");
    let Ok(conversation) = read else { return };
    assert!(!conversation.messages.is_empty());
    let mut seen = HashSet::new();
    for message in &conversation.messages {
        assert!(message.parent.is_none_or(|parent| seen.contains(&parent)));
        assert!(seen.insert(message.id), "an id twice");
        for blocks in [Some(&message.content), message.next_turn.as_ref()] {
            let Some(blocks) = blocks else { continue };
            let blocks: Vec<Value> = serde_json::from_str(blocks.as_str()).expect("a JSON list");
            assert!(!blocks.is_empty());
        }
    }
    assert!(conversation.shown.is_none_or(|shown| seen.contains(&shown)));
}
