//! Faults of personal access tokens as problems.

use actix_web::http::header::{self, HeaderValue};
use latchkey_application::personal_tokens::PersonalTokensError;
use latchkey_domain::personal_token::{MAX_TOKENS_PER_USER, Scope};

use super::{Code, InternalCause, Problem, PublicText};

impl Problem {
    /// The personal access token may not do this.
    pub(crate) fn insufficient_scope(scope: Scope) -> Self {
        let problem = Self::new(
            Code::InsufficientScope,
            PublicText::about("This personal access token lacks the scope", &scope),
        )
        .member("requiredScope", &scope.as_str());
        let challenge =
            format!("Bearer realm=\"latchkey\", error=\"insufficient_scope\", scope=\"{scope}\"");
        match HeaderValue::try_from(challenge) {
            Ok(challenge) => problem.header(header::WWW_AUTHENTICATE, challenge),
            Err(_) => problem,
        }
    }

    /// No personal access token may do this.
    pub(crate) fn session_required() -> Self {
        Self::new(
            Code::SessionRequired,
            "No personal access token opens this. Please sign in.",
        )
    }
}

impl From<PersonalTokensError> for Problem {
    fn from(error: PersonalTokensError) -> Self {
        match error {
            PersonalTokensError::TooMany => Self::new(
                Code::TooManyTokens,
                PublicText::with_number(
                    "You have ",
                    u64::try_from(MAX_TOKENS_PER_USER).unwrap_or(u64::MAX),
                    " personal access tokens, the most one may have. Please delete one first.",
                ),
            ),
            PersonalTokensError::NotFound => {
                Self::not_found("There is no such personal access token.")
            }
            PersonalTokensError::NotSignedIn => Self::unauthenticated(),
            PersonalTokensError::Store(error) => error.into(),
            PersonalTokensError::Internal(cause) => Self::internal(InternalCause::new(cause)),
        }
    }
}
