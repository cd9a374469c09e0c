//! Cursors of lists: what was given out reads back, for its user alone, and has one spelling.
#![no_main]

use cursor::{decode, encode};
use latchkey_domain::{
    conversation::{ConversationCursor, ConversationId},
    id::UserId,
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

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn as_presented(text: &str) {
    if let Some(cursor) = decode(text, user(1)) {
        assert_eq!(encode(&cursor, user(1)), text, "two spellings");
        assert_eq!(decode(text, user(2)), None, "somebody else's");
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
