//! Web clients that are served from elsewhere: an exact allow-list, never credentials.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::settings::{HttpSettings, Origin};

/// Headers that scripts of an allowed origin may read.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-request-id, retry-after, location, ratelimit, ratelimit-policy");
/// Headers that they may send.
const TAKEN: HeaderValue =
    HeaderValue::from_static("authorization, content-type, accept, idempotency-key, last-event-id");

/// The request's origin, if it is one of the list.
pub(super) fn allowed_origin(headers: &HeaderMap, settings: &HttpSettings) -> Option<HeaderValue> {
    let mut origins = headers.get_all(header::ORIGIN);
    let value = origins.next()?;
    let only = origins.next().is_none();
    let origin = value.to_str().ok().and_then(Origin::parse)?;
    (only && settings.cors_origins.contains(&origin)).then(|| value.clone())
}

/// What an answer to an allowed origin carries.
pub(super) fn answer_headers(origin: HeaderValue) -> [(HeaderName, HeaderValue); 2] {
    [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED),
    ]
}

/// What the answer to a preflight carries beside that; `methods` are those that the address really has.
pub(super) fn preflight_headers(methods: HeaderValue) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, TAKEN),
        (
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("600"),
        ),
    ]
}
