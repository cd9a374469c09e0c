//! Who is let in, for who isn't yet.

use latchkey_domain::llm::ModelId;

use super::{Accounts, AccountsError};
use crate::SignupMode;

/// What somebody who comes to this server can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Who may make an account at this moment.
    pub signup: SignupMode,
    /// Whether one may chat without an account, with a key of one's own.
    pub anonymous: bool,
    /// The model that answers who chose none.
    pub default_model: ModelId,
}

impl Accounts {
    /// Who is let in. While there is no account, everybody may make the first.
    pub async fn admission(&self) -> Result<Admission, AccountsError> {
        let signup = if self.can_sign_up().await? {
            SignupMode::Open
        } else {
            self.policy.signup
        };
        Ok(Admission {
            signup,
            anonymous: self.policy.anonymous,
            default_model: self.policy.default_model.clone(),
        })
    }
}
