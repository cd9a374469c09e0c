//! Cursors of the list of conversations: opaque, bound to their user and this list.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{
    Timestamp,
    conversation::{ConversationCursor, ConversationId},
    id::UserId,
};
use sha2::{Digest as _, Sha256};

/// What the check is made over beside the content: this list, in this order, in this form.
const LIST: &[u8] = b"conversations by updated_at, 1";
const CHECK_LENGTH: usize = 8;

/// The cursor's text.
pub fn encode(cursor: &ConversationCursor, user: UserId) -> String {
    let mut bytes = cursor.updated_at.as_micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(cursor.id.as_str().as_bytes());
    let mut text = check(&bytes, user).to_vec();
    text.append(&mut bytes);
    URL_SAFE_NO_PAD.encode(text)
}

/// The cursor of a text that [`encode`] made for the same user; `None` for any other.
pub fn decode(text: &str, user: UserId) -> Option<ConversationCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (found, content) = bytes.split_at_checked(CHECK_LENGTH)?;
    if found != check(content, user) {
        return None;
    }
    let (micros, id) = content.split_first_chunk::<8>()?;
    Some(ConversationCursor {
        updated_at: Timestamp::from_micros(i64::from_be_bytes(*micros)),
        id: ConversationId::parse(std::str::from_utf8(id).ok()?).ok()?,
    })
}

/// Tells a cursor that was made here from one that was broken or is somebody else's. No secret: a forged cursor only
/// names another place in the forger's own list.
fn check(content: &[u8], user: UserId) -> [u8; CHECK_LENGTH] {
    let hash = Sha256::new()
        .chain_update(LIST)
        .chain_update(user.as_uuid().as_bytes())
        .chain_update(content)
        .finalize();
    hash.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_cursor_is_its_users_alone_and_breaks_when_touched() {
        let cursor = ConversationCursor {
            updated_at: Timestamp::from_micros(1_234_567),
            id: ConversationId::parse("123").unwrap(),
        };
        let text = encode(&cursor, user(1));
        assert_eq!(decode(&text, user(1)), Some(cursor));
        assert_eq!(decode(&text, user(2)), None);
        for at in 0..text.len() {
            let mut broken = text.clone().into_bytes();
            broken[at] = if broken[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(decode(std::str::from_utf8(&broken).unwrap(), user(1)), None);
        }
        for text in ["", "AAAA", "not base64!", "ÄÖ"] {
            assert_eq!(decode(text, user(1)), None);
        }
    }
}
