//! Faults of keys as problems.

use latchkey_application::api_keys::ApiKeysError;
use latchkey_domain::api_key::{MAX_KEYS_PER_OWNER, MalformedKey};

use super::{Code, InternalCause, Problem, PublicText};

impl From<MalformedKey> for Problem {
    fn from(fault: MalformedKey) -> Self {
        let code = match fault {
            MalformedKey::WrongPrefix => Code::InvalidApiKeyFormat,
            MalformedKey::WrongLength | MalformedKey::ForbiddenCharacter => Code::MalformedApiKey,
            MalformedKey::UnsupportedKind => Code::UnsupportedApiKeyKind,
        };
        Self::new(code, PublicText::of(&fault)).at("/apiKey")
    }
}

impl From<ApiKeysError> for Problem {
    fn from(error: ApiKeysError) -> Self {
        match error {
            ApiKeysError::Malformed(fault) => fault.into(),
            ApiKeysError::Provider(error) => error.into(),
            ApiKeysError::Duplicate { existing } => {
                Self::new(Code::DuplicateApiKey, "You have stored this key already.")
                    .member("existingId", &existing.to_string())
            }
            ApiKeysError::TooMany => Self::new(
                Code::TooManyApiKeys,
                PublicText::with_number(
                    "You have ",
                    u64::try_from(MAX_KEYS_PER_OWNER).unwrap_or(u64::MAX),
                    " keys, the most one may have. Please delete one first.",
                ),
            ),
            ApiKeysError::NotTheKeys => Self::invalid_parameter(
                "/ids",
                "must be the ids of all your keys, each once; please read the list again",
            ),
            ApiKeysError::NotFound => no_such_key(),
            ApiKeysError::Unreadable => unreadable(),
            ApiKeysError::LimitReached(reached) => Self::limit_reached(&reached),
            ApiKeysError::Store(error) => error.into(),
            ApiKeysError::Internal(cause) => Self::internal(InternalCause::new(cause)),
        }
    }
}

pub(super) fn no_such_key() -> Problem {
    Problem::not_found("There is no such API key.")
}

pub(super) fn unreadable() -> Problem {
    Problem::new(
        Code::ApiKeyUnreadable,
        "This stored key can't be decrypted any more. Please delete it and add it again.",
    )
}
