//! Why something with an account did not work.

use latchkey_domain::{
    StoreError,
    error::BoxError,
    rate_limit::{LimitReached, RateLimiterError},
    system::RandomnessError,
    user::{InvalidPassword, PasswordHasherError, PasswordWeakness},
};

/// Why something with an account did not work.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The operator lets nobody sign up.
    #[error("sign-up is closed")]
    SignupClosed,
    /// Another account has the address.
    #[error("the address is taken")]
    EmailTaken,
    /// The new password is too short or too long.
    #[error(transparent)]
    InvalidPassword(#[from] InvalidPassword),
    /// The new password is too easy to guess.
    #[error(transparent)]
    WeakPassword(#[from] PasswordWeakness),
    /// Address or password is wrong, or the account may not sign in: one answer for all.
    #[error("wrong address or password")]
    BadCredentials,
    /// There is no good access token: none, expired, forged, its session ended, its account disabled.
    #[error("not signed in")]
    NotSignedIn,
    /// There is no good refresh token.
    #[error("the session is over")]
    SessionOver,
    /// The reset code is unknown, used or expired.
    #[error("the reset code is not valid")]
    InvalidResetCode,
    /// The password must be given again for this.
    #[error("the password must be given again")]
    StepUpRequired,
    /// There is no such session or account.
    #[error("not found")]
    NotFound,
    /// A limit is reached.
    #[error(transparent)]
    LimitReached(#[from] LimitReached),
    /// Too many sign-ins at once; try again in a second.
    #[error("too many sign-ins at once")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server itself failed.
    #[error("internal error")]
    Internal(#[source] BoxError),
}

impl From<PasswordHasherError> for AccountsError {
    fn from(error: PasswordHasherError) -> Self {
        match error {
            PasswordHasherError::Busy => Self::Busy,
            PasswordHasherError::Failed(cause) => Self::Internal(cause),
        }
    }
}

impl From<RateLimiterError> for AccountsError {
    fn from(error: RateLimiterError) -> Self {
        match error {
            RateLimiterError::Reached(reached) => Self::LimitReached(reached),
            RateLimiterError::Store(error) => Self::Store(error),
        }
    }
}

impl From<RandomnessError> for AccountsError {
    fn from(error: RandomnessError) -> Self {
        Self::Internal(Box::new(error))
    }
}
