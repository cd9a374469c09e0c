//! Who asks.

use latchkey_domain::{Owner, Timestamp, session::Session, user::User};

/// Somebody who is signed in, as the store knew them when this request came.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The account.
    pub user: User,
    /// The session that the access token belongs to.
    pub session: Session,
}

impl Actor {
    /// The actor as an owner.
    pub fn owner(&self) -> Owner {
        Owner::User(self.user.id)
    }

    /// Whether the password was given recently enough for an action that asks for it.
    pub fn is_stepped_up(&self, now: Timestamp) -> bool {
        self.session.is_stepped_up(now)
    }
}

/// Where a request comes from, as limits count it: an IPv4 address or an IPv6 /64 network, in text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub String);
