//! Links under which anybody can read a conversation.

pub mod change;
pub mod create;
pub mod delete;
pub mod list;
pub mod open;

use latchkey_application::shares::SharesError;
use latchkey_domain::{Timestamp, id::ShareId};

use crate::{
    call::Call,
    problem::{FieldFault, Problem},
};

/// The link that the address names. What can't be an id is no link's.
fn addressed_share(call: &Call) -> Result<ShareId, Problem> {
    Ok(ShareId::parse(call.param("id")).ok_or(SharesError::NotFound)?)
}

/// Refuses an expiry that has passed.
fn ensure_in_future(call: &Call, expires_at: Option<Timestamp>) -> Result<(), Problem> {
    let now = call.now();
    if expires_at.is_none_or(|expiry| expiry > now) {
        return Ok(());
    }
    Err(Problem::invalid(vec![FieldFault {
        pointer: "/expiresAt".to_owned(),
        detail: "must be in the future".into(),
    }]))
}
