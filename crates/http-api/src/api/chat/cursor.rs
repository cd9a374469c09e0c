//! Cursors of the lists of conversations and of messages: opaque, bound to their user and their list.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{
    Timestamp,
    conversation::{ConversationCursor, ConversationId},
    id::{MessageId, UserId},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What the check is made over beside the content: the list, in its order, in its form.
const CONVERSATIONS: &[u8] = b"conversations by updated_at, 1";
const MESSAGES: &[u8] = b"messages upwards, 1, of ";
const CHECK_LENGTH: usize = 8;

/// The cursor's text.
pub fn encode(cursor: &ConversationCursor, user: UserId) -> String {
    let mut bytes = cursor.updated_at.as_micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(cursor.id.as_str().as_bytes());
    write(&bytes, check(CONVERSATIONS, &bytes, user))
}

/// The cursor of a text that [`encode`] made for the same user; `None` for any other.
pub fn decode(text: &str, user: UserId) -> Option<ConversationCursor> {
    let content = read(text, |content| check(CONVERSATIONS, content, user))?;
    let (micros, id) = content.split_first_chunk::<8>()?;
    Some(ConversationCursor {
        updated_at: Timestamp::from_micros(i64::from_be_bytes(*micros)),
        id: ConversationId::parse(std::str::from_utf8(id).ok()?).ok()?,
    })
}

/// The text of a cursor of the messages of `conversation`.
pub fn encode_message(cursor: MessageId, user: UserId, conversation: &ConversationId) -> String {
    let uuid = cursor.as_uuid();
    let bytes = uuid.as_bytes();
    write(bytes, check(&messages_of(conversation), bytes, user))
}

/// The cursor of a text that [`encode_message`] made for the same user and conversation; `None` for any other.
pub fn decode_message(
    text: &str,
    user: UserId,
    conversation: &ConversationId,
) -> Option<MessageId> {
    let list = messages_of(conversation);
    let content = read(text, |content| check(&list, content, user))?;
    Some(MessageId::from_uuid(Uuid::from_slice(&content).ok()?))
}

fn messages_of(conversation: &ConversationId) -> Vec<u8> {
    [MESSAGES, conversation.as_str().as_bytes(), b"."].concat()
}

fn write(content: &[u8], check: [u8; CHECK_LENGTH]) -> String {
    URL_SAFE_NO_PAD.encode([&check[..], content].concat())
}

/// The content of a cursor, if its check is the one that it should have.
fn read(text: &str, check: impl FnOnce(&[u8]) -> [u8; CHECK_LENGTH]) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let content = (bytes.len() >= CHECK_LENGTH).then(|| bytes.split_off(CHECK_LENGTH))?;
    (bytes == check(&content)).then_some(content)
}

/// Tells a cursor that was made here from one that was broken or is somebody else's. No secret: a forged cursor only
/// names another place in the forger's own list.
fn check(list: &[u8], content: &[u8], user: UserId) -> [u8; CHECK_LENGTH] {
    let hash = Sha256::new()
        .chain_update(list)
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
    #[test]
    fn a_cursor_of_messages_is_its_conversations_alone() {
        let message = MessageId::from_uuid(Uuid::from_u128(7));
        let [mine, other] = ["123", "1234"].map(|id| ConversationId::parse(id).unwrap());
        let text = encode_message(message, user(1), &mine);
        assert_eq!(decode_message(&text, user(1), &mine), Some(message));
        assert_eq!(decode_message(&text, user(2), &mine), None);
        assert_eq!(decode_message(&text, user(1), &other), None);
        assert_eq!(decode(&text, user(1)), None);
        for text in ["", "AAAA", "not base64!", "ÄÖ"] {
            assert_eq!(decode_message(text, user(1), &mine), None);
        }
    }
}
