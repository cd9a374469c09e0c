//! Who is counted by limits.

use latchkey_domain::{
    id::{SessionId, UserId},
    rate_limit::LimitSubject,
    user::Email,
};

use crate::ClientAddress;

/// The user.
pub(crate) fn user(id: UserId) -> LimitSubject {
    LimitSubject(format!("user:{id}"))
}

/// The session.
pub(crate) fn session(id: SessionId) -> LimitSubject {
    LimitSubject(format!("session:{id}"))
}

/// The address.
pub(crate) fn address(address: &ClientAddress) -> LimitSubject {
    LimitSubject(format!("address:{}", address.0))
}

/// The account, existing or not, as seen from the address: so that nobody locks others out.
pub(crate) fn account_from(email: &Email, address: &ClientAddress) -> LimitSubject {
    LimitSubject(format!("account:{}@{}", email.as_str(), address.0))
}
