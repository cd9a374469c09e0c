//! Whose key it is and what becomes of it.

use crate::error::ApiError;
use crate::http::Head;

/// What becomes of requests with a certain key.
#[derive(Clone, Debug)]
pub enum KeyFate {
    /// It works.
    Accepted,
    /// 401 everywhere.
    Invalid,
    /// 403 everywhere.
    Forbidden,
    /// 429 with `retry-after` everywhere.
    RateLimited,
    /// 529 everywhere.
    Overloaded,
    /// 400 "credit balance is too low" on messages; models can be listed.
    NoCredit,
    /// 429 of a monthly cap, without `retry-after`, on messages; models can be listed.
    SpendCap,
    /// This error everywhere.
    Fails(ApiError),
}

/// A word in a key, what becomes of such a key, and the sentence that says so.
pub(crate) static MAGIC_WORDS: [(&str, KeyFate, &str); 7] = [
    (
        "INVALID",
        KeyFate::Invalid,
        "401 authentication_error on every route",
    ),
    (
        "REJECTED",
        KeyFate::Invalid,
        "401 authentication_error on every route",
    ),
    (
        "FORBIDDEN",
        KeyFate::Forbidden,
        "403 permission_error on every route",
    ),
    (
        "RATELIMITED",
        KeyFate::RateLimited,
        "429 rate_limit_error with retry-after on every route",
    ),
    (
        "OVERLOADED",
        KeyFate::Overloaded,
        "529 overloaded_error on every route",
    ),
    (
        "NOCREDIT",
        KeyFate::NoCredit,
        "400 \"Your credit balance is too low …\" on /v1/messages",
    ),
    (
        "SPENDCAP",
        KeyFate::SpendCap,
        "429 of a monthly spend cap, without retry-after, on /v1/messages",
    ),
];

/// The key of a request, and which header it came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Presented<'a> {
    pub(crate) key: &'a str,
    as_bearer: bool,
}

impl<'a> Presented<'a> {
    /// From `x-api-key`, which wins over `Authorization: Bearer`.
    pub(crate) fn of(head: &'a Head) -> Option<Self> {
        if let Some(key) = head.header("x-api-key") {
            return Some(Self {
                key,
                as_bearer: false,
            });
        }
        let (scheme, key) = head.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(Self {
            key,
            as_bearer: true,
        })
    }

    fn refused(self) -> ApiError {
        ApiError::authentication(if self.as_bearer {
            "Invalid bearer token"
        } else {
            "invalid x-api-key"
        })
    }
}

/// Lets a key through, or says why not.
pub(crate) fn admit(
    presented: Option<Presented<'_>>,
    scripted: Option<KeyFate>,
    any_key: bool,
    bills: bool,
) -> Result<(), ApiError> {
    let Some(presented) = presented.filter(|presented| !presented.key.is_empty()) else {
        return Err(ApiError::authentication("x-api-key header is required"));
    };
    let fate = scripted
        .or_else(|| magic_fate(presented.key))
        .unwrap_or_else(|| {
            if is_well_formed(presented.key, any_key) {
                KeyFate::Accepted
            } else {
                KeyFate::Invalid
            }
        });
    match fate {
        KeyFate::Invalid => Err(presented.refused()),
        KeyFate::Forbidden => Err(ApiError::permission()),
        KeyFate::RateLimited => Err(ApiError::rate_limited(16)),
        KeyFate::Overloaded => Err(ApiError::overloaded()),
        KeyFate::NoCredit if bills => Err(ApiError::no_credit()),
        KeyFate::SpendCap if bills => Err(ApiError::spend_cap()),
        KeyFate::Fails(error) => Err(error),
        KeyFate::Accepted | KeyFate::NoCredit | KeyFate::SpendCap => Ok(()),
    }
}

fn magic_fate(key: &str) -> Option<KeyFate> {
    MAGIC_WORDS
        .iter()
        .find(|(word, _, _)| key.contains(word))
        .map(|(_, fate, _)| fate.clone())
}

/// Console API keys only: admin keys, OAuth tokens and the like call no model.
fn is_well_formed(key: &str, any_key: bool) -> bool {
    let Some(rest) = key.strip_prefix("sk-ant-") else {
        return false;
    };
    if ["admin", "oat", "ort", "api01-"]
        .iter()
        .any(|prefix| rest.starts_with(prefix))
    {
        return false;
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_console_key = ["api03-", "api04-"].iter().any(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|secret| secret.len() >= 8)
    });
    rest.bytes().all(allowed) && (any_key || is_console_key)
}
