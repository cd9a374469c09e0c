//! Faults of accounts as problems.

use std::time::Duration;

use latchkey_application::accounts::AccountsError;
use latchkey_domain::user::InvalidPassword;

use super::{Code, InternalCause, Problem, PublicText};

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::SignupClosed => Self::new(
                Code::SignupClosed,
                "Sign-up is closed. Please ask the operator of this server for an account.",
            ),
            AccountsError::EmailTaken => Self::new(
                Code::EmailTaken,
                "There is an account with this address already. Please sign in.",
            ),
            AccountsError::InvalidPassword(fault) => {
                let code = match fault {
                    InvalidPassword::TooShort { .. } => Code::PasswordTooShort,
                    InvalidPassword::TooLong { .. } => Code::PasswordTooLong,
                };
                Self::new(code, PublicText::about("The password", &fault))
            }
            AccountsError::WeakPassword(weakness) => Self::new(
                Code::PasswordTooWeak,
                PublicText::about("The password", &weakness),
            ),
            AccountsError::BadCredentials => Self::new(
                Code::InvalidCredentials,
                "Address or password is wrong. Please check both and try again.",
            ),
            AccountsError::NotSignedIn => Self::unauthenticated(),
            AccountsError::SessionOver => Self::new(
                Code::SessionOver,
                "The session is over. Please sign in again.",
            ),
            AccountsError::InvalidResetCode => Self::new(
                Code::InvalidResetCode,
                "The reset code is unknown, used or expired. Please ask the operator for a new one.",
            ),
            AccountsError::StepUpRequired => Self::new(
                Code::ReauthenticationRequired,
                "Please give your password again: this needs it to be at most five minutes old.",
            ),
            AccountsError::NotFound => Self::not_found("There is no such session."),
            AccountsError::LimitReached(reached) => Self::limit_reached(&reached),
            AccountsError::Busy => Self::new(
                Code::SignInBusy,
                "Too many people are signing in. Please try again in a second.",
            )
            .retry_after(Duration::from_secs(1)),
            AccountsError::Store(error) => error.into(),
            AccountsError::Internal(cause) => Self::internal(InternalCause::new(cause)),
        }
    }
}

impl Problem {
    /// The same problem; if it is about the password, with the field that has it.
    #[must_use]
    pub fn at_password(self, pointer: &'static str) -> Self {
        match self.code() {
            Code::PasswordTooShort | Code::PasswordTooLong | Code::PasswordTooWeak => {
                self.at(pointer)
            }
            _ => self,
        }
    }
}
