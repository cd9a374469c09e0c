//! Which kind of error it is, by status, type, code and, where Anthropic has nothing better, by its words.

use latchkey_domain::llm::LlmErrorKind;

/// What the provider says about a failed call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault<'a> {
    /// The answer's status; none for an `error` event.
    pub(super) status: Option<u16>,
    pub(super) error_type: &'a str,
    pub(super) message: &'a str,
    pub(super) code: &'a str,
}

/// The kind of the error.
pub(super) fn kind_of(fault: &Fault<'_>) -> LlmErrorKind {
    if fault.error_type == "overloaded_error" {
        return LlmErrorKind::Overloaded;
    }
    match fault
        .status
        .unwrap_or_else(|| usual_status(fault.error_type))
    {
        300..=399 => LlmErrorKind::Redirected,
        400 => of_bad_request(fault),
        401 => LlmErrorKind::InvalidKey,
        402 => LlmErrorKind::CreditExhausted,
        403 => LlmErrorKind::PermissionDenied,
        408 | 504 => LlmErrorKind::Timeout,
        413 => LlmErrorKind::RequestTooLarge,
        429 => of_too_many(fault),
        404 if fault.message.trim_start().starts_with("model:") => LlmErrorKind::ModelNotFound,
        404..=407 | 409..=412 | 414..=428 | 430..=499 => LlmErrorKind::RefusedRequest,
        529 => LlmErrorKind::Overloaded,
        _ => LlmErrorKind::Failure,
    }
}

/// The status that errors of this type come with.
fn usual_status(error_type: &str) -> u16 {
    match error_type {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "conflict_error" => 409,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        _ => 500,
    }
}

fn of_bad_request(fault: &Fault<'_>) -> LlmErrorKind {
    let message = fault.message;
    let says = |words: &str| message.contains(words);
    if says("credit balance is too low") {
        LlmErrorKind::CreditExhausted
    } else if is_spend_limit(fault) {
        LlmErrorKind::SpendLimitReached
    } else if says("prompt is too long") || says("exceed context limit") {
        LlmErrorKind::PromptTooLong
    } else {
        LlmErrorKind::RefusedRequest
    }
}

/// A spend cap comes with the status and type of a rate limit, but no wait heals it.
fn of_too_many(fault: &Fault<'_>) -> LlmErrorKind {
    if is_spend_limit(fault) {
        LlmErrorKind::SpendLimitReached
    } else {
        LlmErrorKind::RateLimited
    }
}

fn is_spend_limit(fault: &Fault<'_>) -> bool {
    matches!(
        fault.code,
        "enforced_spend_limit_reached" | "contract_spend_limit_reached"
    ) || ["You have reached your", "API usage limits"]
        .iter()
        .all(|words| fault.message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use LlmErrorKind::{
        CreditExhausted, Failure, InvalidKey, ModelNotFound, Overloaded, PermissionDenied,
        PromptTooLong, RateLimited, Redirected, RefusedRequest, RequestTooLarge, SpendLimitReached,
        Timeout,
    };

    fn kind(status: u16, error_type: &str, message: &str, code: &str) -> LlmErrorKind {
        kind_of(&Fault {
            status: Some(status),
            error_type,
            message,
            code,
        })
    }

    #[expect(clippy::too_many_lines, reason = "one row per documented error")]
    #[test]
    fn every_documented_error_has_its_kind() {
        for (status, error_type, message, code, expected) in [
            (
                400,
                "invalid_request_error",
                "max_tokens: Field required",
                "",
                RefusedRequest,
            ),
            (
                400,
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API.",
                "",
                CreditExhausted,
            ),
            (
                400,
                "invalid_request_error",
                "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
                "",
                SpendLimitReached,
            ),
            (
                400,
                "invalid_request_error",
                "You have reached your specified workspace API usage limits.",
                "",
                SpendLimitReached,
            ),
            (
                400,
                "invalid_request_error",
                "prompt is too long: 3333404 tokens > 200000 maximum",
                "",
                PromptTooLong,
            ),
            (
                400,
                "invalid_request_error",
                "input length and `max_tokens` exceed context limit: 199000 + 20000 > 200000",
                "",
                PromptTooLong,
            ),
            (
                401,
                "authentication_error",
                "invalid x-api-key",
                "",
                InvalidKey,
            ),
            (
                402,
                "billing_error",
                "…",
                "linked_organization_unpaid",
                CreditExhausted,
            ),
            (403, "permission_error", "…", "", PermissionDenied),
            (
                404,
                "not_found_error",
                "model: claude-does-not-exist",
                "",
                ModelNotFound,
            ),
            (
                404,
                "not_found_error",
                "The requested resource could not be found.",
                "",
                RefusedRequest,
            ),
            (408, "timeout_error", "", "", Timeout),
            (409, "conflict_error", "", "", RefusedRequest),
            (413, "request_too_large", "", "", RequestTooLarge),
            (422, "", "", "", RefusedRequest),
            (
                429,
                "rate_limit_error",
                "This request would exceed your account's rate limit.",
                "",
                RateLimited,
            ),
            (
                429,
                "rate_limit_error",
                "…",
                "ramp_limit_exceeded",
                RateLimited,
            ),
            (
                429,
                "rate_limit_error",
                "…",
                "enforced_spend_limit_reached",
                SpendLimitReached,
            ),
            (
                429,
                "rate_limit_error",
                "…",
                "contract_spend_limit_reached",
                SpendLimitReached,
            ),
            (
                429,
                "rate_limit_error",
                "You have reached your API usage limits: your organization …",
                "",
                SpendLimitReached,
            ),
            (499, "", "", "", RefusedRequest),
            (500, "api_error", "Internal server error", "", Failure),
            (500, "overloaded_error", "Overloaded", "", Overloaded),
            (502, "", "", "", Failure),
            (503, "api_error", "", "", Failure),
            (503, "overloaded_error", "", "", Overloaded),
            (504, "timeout_error", "", "", Timeout),
            (529, "overloaded_error", "Overloaded", "", Overloaded),
            (529, "", "", "", Overloaded),
            (301, "", "", "", Redirected),
            (307, "", "", "", Redirected),
            (204, "", "", "", Failure),
        ] {
            assert_eq!(
                kind(status, error_type, message, code),
                expected,
                "{status} {message}"
            );
        }
    }

    #[test]
    fn an_event_has_the_kind_of_its_type() {
        for (error_type, expected) in [
            ("overloaded_error", Overloaded),
            ("api_error", Failure),
            ("rate_limit_error", RateLimited),
            ("authentication_error", InvalidKey),
            ("billing_error", CreditExhausted),
            ("permission_error", PermissionDenied),
            ("timeout_error", Timeout),
            ("invalid_request_error", RefusedRequest),
            ("request_too_large", RequestTooLarge),
            ("newer_error", Failure),
        ] {
            let fault = Fault {
                status: None,
                error_type,
                message: "",
                code: "",
            };
            assert_eq!(kind_of(&fault), expected, "{error_type}");
        }
    }
}
