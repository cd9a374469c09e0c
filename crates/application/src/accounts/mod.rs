//! Accounts, sessions and passwords.

mod admission;
mod authenticate;
mod delete_account;
mod error;
mod guesses;
mod login;
mod new_user;
mod operate;
mod password;
mod refresh;
mod register;
mod sessions;
mod settings;
mod sign_in;
mod token_uses;

use std::{sync::Arc, time::Duration};

pub use admission::Admission;
pub use error::AccountsError;
pub use login::Login;
pub use operate::NewUser;
pub use refresh::LogoutBy;
pub use register::Register;
pub use settings::UpdateMe;

use latchkey_domain::{
    Timestamp,
    session::{AccessToken, RefreshToken},
    user::User,
};

use self::token_uses::TokenUses;
use crate::{Policy, Ports};

/// The use cases of accounts.
#[derive(Clone)]
pub struct Accounts {
    ports: Arc<Ports>,
    policy: Arc<Policy>,
    token_uses: TokenUses,
}

impl Accounts {
    pub(crate) fn new(ports: Arc<Ports>, policy: Arc<Policy>) -> Self {
        Self {
            ports,
            policy,
            token_uses: TokenUses::default(),
        }
    }
}

/// What somebody gets who signs in or refreshes.
#[derive(Debug, Clone)]
pub struct SignedInTokens {
    /// The account.
    pub user: User,
    /// The token for each request.
    pub access_token: AccessToken,
    /// How long it is good.
    pub expires_in: Duration,
    /// The token that gets the next one.
    pub refresh_token: RefreshToken,
    /// When the session ends at the latest.
    pub session_expires_at: Timestamp,
}
