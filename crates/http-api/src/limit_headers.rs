//! `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).

use std::time::Duration;

use actix_web::http::header::{HeaderName, HeaderValue};
use latchkey_domain::rate_limit::{LimitName, LimitReached, LimitState};

use crate::problem::seconds_up;

/// Which limits there are.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How they stand.
pub const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// The headers after a use that was granted; none when the limit is off.
pub fn granted(state: &LimitState) -> Vec<(HeaderName, HeaderValue)> {
    headers(state.name, state.max, state.remaining, state.resets_in)
}

/// The headers after a use that was not.
pub fn reached(reached: &LimitReached) -> Vec<(HeaderName, HeaderValue)> {
    headers(reached.name, reached.max, 0, reached.retry_after)
}

fn headers(
    name: LimitName,
    max: u32,
    remaining: u32,
    resets_in: Duration,
) -> Vec<(HeaderName, HeaderValue)> {
    if max == 0 {
        return Vec::new();
    }
    let label = name.as_str();
    let policy = match name.window() {
        Some(window) => format!("\"{label}\";q={max};w={}", window.as_secs()),
        None => format!("\"{label}\";q={max}"),
    };
    let state = format!("\"{label}\";r={remaining};t={}", seconds_up(resets_in));
    [(POLICY, policy), (STATE, state)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .collect()
}
