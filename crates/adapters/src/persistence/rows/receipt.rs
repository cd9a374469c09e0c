//! What stands as JSON of our own in a message's row: the counters and the receipt.

use latchkey_domain::{
    Owner, StoreError,
    conversation::{AttemptRecord, KeyReceipt, Payer},
    id::{ApiKeyId, TeamId, UserId},
    raw_json::RawJson,
    usage::{TokenUsage, UsageReport},
};
use serde::{Deserialize, Serialize};

/// The counters of an answer, as stored.
#[derive(Serialize, Deserialize)]
struct StoredUsage {
    input: u64,
    output: u64,
    cache_read: u64,
    cache_write_5m: u64,
    cache_write_1h: u64,
    thinking: u64,
    web_searches: u64,
    web_fetches: u64,
    is_final: bool,
    fast: bool,
    us_only: bool,
}

/// A receipt, as stored.
#[derive(Serialize, Deserialize)]
struct StoredReceipt {
    id: Option<String>,
    name: Option<String>,
    hint: Option<String>,
    payer: StoredPayer,
    attempts: Vec<StoredAttempt>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredPayer {
    User(String),
    Team(String),
    GivenKey,
}

#[derive(Serialize, Deserialize)]
struct StoredAttempt {
    key: Option<String>,
    outcome: String,
}

/// The JSON of a report's counters; the provider's own object has a column for itself.
pub fn write_usage(report: &UsageReport) -> Result<String, StoreError> {
    let tokens = &report.tokens;
    write(&StoredUsage {
        input: tokens.input,
        output: tokens.output,
        cache_read: tokens.cache_read,
        cache_write_5m: tokens.cache_write_5m,
        cache_write_1h: tokens.cache_write_1h,
        thinking: tokens.thinking,
        web_searches: tokens.web_searches,
        web_fetches: tokens.web_fetches,
        is_final: report.is_final,
        fast: report.fast,
        us_only: report.us_only,
    })
}

/// The report of which [`write_usage`] wrote the counters; `None` if that can't be.
pub fn read_usage(json: &str, raw: RawJson) -> Option<UsageReport> {
    let stored: StoredUsage = serde_json::from_str(json).ok()?;
    Some(UsageReport {
        tokens: TokenUsage {
            input: stored.input,
            output: stored.output,
            cache_read: stored.cache_read,
            cache_write_5m: stored.cache_write_5m,
            cache_write_1h: stored.cache_write_1h,
            thinking: stored.thinking,
            web_searches: stored.web_searches,
            web_fetches: stored.web_fetches,
        },
        raw,
        is_final: stored.is_final,
        fast: stored.fast,
        us_only: stored.us_only,
    })
}

/// The JSON of a receipt.
pub fn write_receipt(receipt: &KeyReceipt) -> Result<String, StoreError> {
    let attempt = |attempt: &AttemptRecord| StoredAttempt {
        key: attempt.key.map(|key| key.to_string()),
        outcome: attempt.outcome.clone(),
    };
    write(&StoredReceipt {
        id: receipt.id.map(|id| id.to_string()),
        name: receipt.name.clone(),
        hint: receipt.hint.clone(),
        payer: match receipt.payer {
            Payer::Owner(Owner::User(id)) => StoredPayer::User(id.to_string()),
            Payer::Owner(Owner::Team(id)) => StoredPayer::Team(id.to_string()),
            Payer::GivenKey => StoredPayer::GivenKey,
        },
        attempts: receipt.attempts.iter().map(attempt).collect(),
    })
}

/// The receipt that [`write_receipt`] wrote; `None` if that can't be.
pub fn read_receipt(json: &str) -> Option<KeyReceipt> {
    let stored: StoredReceipt = serde_json::from_str(json).ok()?;
    let payer = match stored.payer {
        StoredPayer::User(id) => Payer::Owner(Owner::User(UserId::parse(&id)?)),
        StoredPayer::Team(id) => Payer::Owner(Owner::Team(TeamId::parse(&id)?)),
        StoredPayer::GivenKey => Payer::GivenKey,
    };
    let attempts = stored
        .attempts
        .into_iter()
        .map(|attempt| {
            Some(AttemptRecord {
                key: read_key(attempt.key).ok()?,
                outcome: attempt.outcome,
            })
        })
        .collect::<Option<_>>()?;
    Some(KeyReceipt {
        id: read_key(stored.id).ok()?,
        name: stored.name,
        hint: stored.hint,
        payer,
        attempts,
    })
}

fn read_key(id: Option<String>) -> Result<Option<ApiKeyId>, NotAnId> {
    id.map(|id| ApiKeyId::parse(&id).ok_or(NotAnId)).transpose()
}

/// The text isn't an id.
struct NotAnId;

fn write(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Internal(error.into()))
}
