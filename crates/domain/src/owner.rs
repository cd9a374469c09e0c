//! Who owns a thing: a user, or a team.

use uuid::Uuid;

use crate::id::{TeamId, UserId};

/// The owner of a key, a conversation or a data key. Every look-up of such a thing takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// One user.
    User(UserId),
    /// One team, for its members.
    Team(TeamId),
}

impl Owner {
    /// The owner's id, whatever its kind.
    pub fn uuid(&self) -> Uuid {
        match self {
            Self::User(id) => id.as_uuid(),
            Self::Team(id) => id.as_uuid(),
        }
    }

    /// The user, if the owner is one.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(*id),
            Self::Team(_) => None,
        }
    }

    /// The team, if the owner is one.
    pub fn team_id(&self) -> Option<TeamId> {
        match self {
            Self::User(_) => None,
            Self::Team(id) => Some(*id),
        }
    }
}

impl From<UserId> for Owner {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}
