//! The headers of an answer.

use crate::clock;
use crate::http::head_bytes;
use crate::reply::Manner;
use crate::send::Circumstances;

pub(crate) const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";

/// What an answer has beside the usual headers: its length, its coding, and what error and script add.
pub(crate) fn extra_headers<'a>(
    of_error: &'a [(String, String)],
    manner: &'a Manner,
    length: (&'a str, &'a str),
) -> Vec<(&'a str, &'a str)> {
    let mut extra = vec![length];
    if manner.gzip {
        extra.push(("content-encoding", "gzip"));
    }
    extra.extend(
        of_error
            .iter()
            .chain(&manner.headers)
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    extra
}

/// The headers of the real service, in about its order.
pub(crate) fn head(
    status: u16,
    content_type: &str,
    extra: &[(&str, &str)],
    circumstances: &Circumstances<'_>,
) -> Vec<u8> {
    let now = clock::now();
    let date = clock::http_date(now);
    let reset = clock::rfc3339(now);
    let id_letters = circumstances.request_id.get(10..26).unwrap_or_default();
    let cf_ray = format!("{}-VIE", id_letters.to_ascii_lowercase());
    let cookie = format!(
        "_cfuvid={id_letters}; HttpOnly; SameSite=None; Secure; Path=/; Domain=api.anthropic.com"
    );
    let mut headers = Vec::with_capacity(32 + extra.len());
    headers.push(("date", date.as_str()));
    headers.push(("content-type", content_type));
    headers.push((
        "connection",
        if circumstances.keeps_alive {
            "keep-alive"
        } else {
            "close"
        },
    ));
    headers.extend_from_slice(extra);
    if content_type == EVENT_STREAM {
        headers.push(("cache-control", "no-cache"));
    }
    if status == 200 || status == 429 {
        let left = if status == 200 {
            ["3999", "400000", "80000", "480000"]
        } else {
            ["3999", "0", "80000", "80000"]
        };
        let [requests, input, output, tokens] = left;
        headers.extend_from_slice(&[
            ("anthropic-ratelimit-requests-limit", "4000"),
            ("anthropic-ratelimit-requests-remaining", requests),
            ("anthropic-ratelimit-requests-reset", &reset),
            ("anthropic-ratelimit-input-tokens-limit", "400000"),
            ("anthropic-ratelimit-input-tokens-remaining", input),
            ("anthropic-ratelimit-input-tokens-reset", &reset),
            ("anthropic-ratelimit-output-tokens-limit", "80000"),
            ("anthropic-ratelimit-output-tokens-remaining", output),
            ("anthropic-ratelimit-output-tokens-reset", &reset),
            ("anthropic-ratelimit-tokens-limit", "480000"),
            ("anthropic-ratelimit-tokens-remaining", tokens),
            ("anthropic-ratelimit-tokens-reset", &reset),
        ]);
    }
    headers.extend_from_slice(&[
        ("request-id", circumstances.request_id),
        (
            "anthropic-organization-id",
            "0ddba11f-4a7e-4f00-8000-fa4e00000001",
        ),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains; preload",
        ),
        ("server", "cloudflare"),
        ("cf-ray", &cf_ray),
        ("cf-cache-status", "DYNAMIC"),
        ("set-cookie", &cookie),
        ("x-robots-tag", "none"),
    ]);
    if let Some(exchange) = &circumstances.exchange {
        exchange.note_head(status, circumstances.request_id);
    }
    head_bytes(status, &headers)
}
