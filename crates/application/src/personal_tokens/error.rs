//! Why something with a personal access token did not work.

use latchkey_domain::{
    StoreError, error::BoxError, personal_token::InsertPersonalTokenError, system::RandomnessError,
};

/// Why something with a personal access token did not work.
#[derive(Debug, thiserror::Error)]
pub enum PersonalTokensError {
    /// The account has as many tokens as one may have.
    #[error("too many personal access tokens")]
    TooMany,
    /// There is no such token of this account.
    #[error("no such personal access token")]
    NotFound,
    /// The session ended meanwhile.
    #[error("not signed in")]
    NotSignedIn,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server itself failed.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<InsertPersonalTokenError> for PersonalTokensError {
    fn from(error: InsertPersonalTokenError) -> Self {
        match error {
            InsertPersonalTokenError::TooMany => Self::TooMany,
            InsertPersonalTokenError::Store(error) => Self::Store(error),
        }
    }
}

impl From<RandomnessError> for PersonalTokensError {
    fn from(error: RandomnessError) -> Self {
        Self::Internal(Box::new(error))
    }
}
