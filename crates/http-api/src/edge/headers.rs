//! Headers that every answer carries, by what it holds.

use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::reply::ReplyBody;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
/// Asks nginx not to hold events back.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Nothing may be loaded by, or show, an answer of the API.
const API_CSP: &str = "default-src 'none'; frame-ancestors 'none'";
/// The headers of an answer that holds `body`.
pub(super) fn of(body: &ReplyBody, https: bool) -> Vec<(HeaderName, HeaderValue)> {
    let (csp, caching) = match body {
        ReplyBody::Empty | ReplyBody::Json(_) | ReplyBody::Download(..) => (API_CSP, "no-store"),
        ReplyBody::Events(_) => (API_CSP, "no-cache, no-store"),
        ReplyBody::Page(asset) => (asset.csp, asset.cache.header_value()),
    };
    let mut headers = vec![
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(csp),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            CROSS_ORIGIN_OPENER_POLICY,
            HeaderValue::from_static("same-origin"),
        ),
        (
            CROSS_ORIGIN_RESOURCE_POLICY,
            HeaderValue::from_static("same-origin"),
        ),
    ];
    if https {
        headers.push((
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        ));
    }
    if matches!(body, ReplyBody::Events(_)) {
        headers.push((ACCEL_BUFFERING, HeaderValue::from_static("no")));
    }
    headers
}
