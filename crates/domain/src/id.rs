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
