//! Ids, one type per kind, so that a session's id never stands where a user's is wanted.

use std::fmt;

use uuid::Uuid;

use crate::system::IdSource;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id from the id source.
            pub fn new(ids: &dyn IdSource) -> Self {
                Self(ids.next_uuid())
            }

            /// The id with this UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id as a UUID.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }

            /// The id in its text form; `None` if the text isn't a UUID.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    )*};
}

uuid_ids! {
    /// Id of a user.
    UserId;
    /// Id of a team.
    TeamId;
    /// Id of a session, which is also the id of its family of refresh tokens.
    SessionId;
    /// Id of a personal access token.
    PersonalTokenId;
    /// Id of a link to a conversation.
    ShareId;
    /// Id of a stored API key.
    ApiKeyId;
    /// Id of a message.
    MessageId;
    /// Id of a row of the usage ledger.
    UsageEventId;
    /// Id of an audit event.
    AuditEventId;
    /// Id of a data key, the key that seals one owner's secrets.
    DataKeyId;
    /// Id of a running server process; holder of the leases of the answers that it writes.
    InstanceId;
}

impl UsageEventId {
    /// The id of the ledger's row for attempt `number` (from 0, below 16) of the answer `message`: always the same, so that
    /// a row that is written twice is one row. The number stands where the version of the message's UUID stood.
    pub fn of_attempt(message: MessageId, number: u8) -> Self {
        let mut bytes = message.as_uuid().into_bytes();
        if let Some(byte) = bytes.get_mut(6) {
            *byte = (*byte & 0x0f) | (number << 4);
        }
        Self(Uuid::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn attempts_of_answers_never_share_an_id(a: u128, b: u128, n in 0u8..16, m in 0u8..16) {
            let version_7 = |bits: u128| (bits & !(0xf << 76)) | (7 << 76);
            let [a, b] = [a, b].map(|bits| MessageId::from_uuid(Uuid::from_u128(version_7(bits))));
            let same = UsageEventId::of_attempt(a, n) == UsageEventId::of_attempt(b, m);
            prop_assert_eq!(same, a == b && n == m);
        }
    }
}
