//! Cursors of lists: what was given out reads back, for its user and its list alone, and has one spelling.
#![no_main]

use cursor::{decode, decode_message, encode, encode_message};
use latchkey_domain::{
    conversation::{ConversationCursor, ConversationId},
    id::{MessageId, UserId},
    time::Timestamp,
};
use latchkey_fuzz::{number, with_one_changed};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

// The file itself: its crate brings a web server, with which the build would take twice as long.
#[path = "../../crates/http-api/src/api/chat/cursor.rs"]
mod cursor;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        as_presented(text);
    }
    as_made(data);
});

fn conversation(id: &str) -> ConversationId {
    ConversationId::parse(id).expect("an id")
}

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn as_presented(text: &str) {
    if let Some(cursor) = decode(text, user(1)) {
        assert_eq!(encode(&cursor, user(1)), text, "two spellings");
        assert_eq!(decode(text, user(2)), None, "somebody else's");
    }
    let (one, other) = (conversation("1"), conversation("2"));
    if let Some(cursor) = decode_message(text, user(1), &one) {
        assert_eq!(encode_message(cursor, user(1), &one), text, "two spellings");
        assert_eq!(decode_message(text, user(1), &other), None, "another's");
    }
}

fn as_made(data: &[u8]) {
    let (when, rest) = data.split_at(data.len().min(8));
    let Some(id) = std::str::from_utf8(rest)
        .ok()
        .and_then(|id| ConversationId::parse(id).ok())
    else {
        return;
    };
    let message = MessageId::from_uuid(Uuid::from_u128(number(when).into()));
    let text = encode_message(message, user(1), &id);
    assert_eq!(decode_message(&text, user(1), &id), Some(message));
    assert_eq!(decode_message(&text, user(2), &id), None);
    assert_eq!(decode(&text, user(1)), None, "another list's");
    let cursor = ConversationCursor {
        updated_at: Timestamp::from_micros(i64::from_be_bytes(number(when).to_be_bytes())),
        id,
    };
    let text = encode(&cursor, user(1));
    assert_eq!(decode(&text, user(1)), Some(cursor));
    assert_eq!(decode(&text, user(2)), None);
    let at = usize::try_from(number(data)).unwrap_or_default();
    if let Some(changed) = with_one_changed(&text, at, rest[0]) {
        assert_eq!(decode(&changed, user(1)), None, "{changed}");
    }
}
