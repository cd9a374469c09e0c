//! The table: a file for each noun.

mod accounts;
mod conversations;
mod keys;
mod messages;
mod shares;
mod system;
mod usage;

use super::{QueryParameter, Route};
use crate::problem::Code;

/// The heading of what is about conversations and their messages.
const CHAT: &str = "Chat";

const PAGING: [QueryParameter; 2] = [
    QueryParameter {
        name: "limit",
        description: "How many items at most: 1 to 100, 50 if nothing is said. More than 100 gives 100.",
        kind: "integer",
    },
    QueryParameter {
        name: "cursor",
        description: "`nextCursor` of the page before.",
        kind: "string",
    },
];

/// What is no key, or none that can be used here.
const KEY_FORM: &[Code] = &[
    Code::InvalidApiKeyFormat,
    Code::MalformedApiKey,
    Code::UnsupportedApiKeyKind,
];

/// What the provider can say to a key that is used.
const KEY: &[Code] = &[
    Code::InvalidApiKey,
    Code::ProviderPermissionDenied,
    Code::ProviderCreditExhausted,
    Code::ProviderSpendLimitReached,
];

/// What can go wrong with the provider, whatever it is asked.
const PROVIDER: &[Code] = &[
    Code::ProviderRateLimited,
    Code::ProviderOverloaded,
    Code::ProviderUnreachable,
    Code::ProviderTimeout,
    Code::ProviderError,
    Code::ProviderMalformedAnswer,
    Code::ProviderRedirected,
];

/// All routes.
pub(super) fn routes() -> Vec<Route> {
    [
        messages::routes(),
        conversations::routes(),
        shares::routes(),
        keys::routes(),
        accounts::routes(),
        usage::routes(),
        system::routes(),
        system::pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
