//! The way out: an answer as actix sends it.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use bytes::Bytes;

use super::{RequestId, cors, headers, log::RequestLine};
use crate::{
    HttpApi,
    problem::{PROBLEM_JSON, Problem},
    reply::{Answer, Reply, ReplyBody},
};

/// The name of the header that carries the request's id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The answer as actix sends it, with everything that every answer carries.
pub(super) fn finish(
    answer: Answer,
    request: &HttpRequest,
    id: &RequestId,
    api: &HttpApi,
    line: &RequestLine,
) -> HttpResponse {
    let (reply, is_problem) = match answer {
        Ok(reply) => (reply, false),
        Err(problem) => {
            line.explain(&problem);
            (problem_reply(&problem, id), true)
        }
    };
    let mut response = HttpResponse::build(reply.status);
    let https = api.settings.is_https();
    for (name, value) in headers::of(&reply.body, https)
        .into_iter()
        .chain(reply.headers)
    {
        response.append_header((name, value));
    }
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.insert_header((X_REQUEST_ID, id));
    }
    if !api.settings.cors_origins.is_empty() {
        response.append_header((header::VARY, HeaderValue::from_static("origin")));
        if let Some(origin) = cors::allowed_origin(request.headers(), &api.settings) {
            for (name, value) in cors::answer_headers(origin) {
                response.append_header((name, value));
            }
        }
    }
    let is_unread = matches!(
        reply.status,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT
    );
    // Where the rest of the body isn't read, or nothing more is taken, the connection is of no more use.
    if is_unread || api.readiness.is_draining() {
        response.force_close();
    }
    match reply.body {
        ReplyBody::Empty => response.finish(),
        ReplyBody::Json(text) if is_problem => response.content_type(PROBLEM_JSON).body(text),
        ReplyBody::Json(text) => response.content_type("application/json").body(text),
        ReplyBody::Page(_) if reply.status == StatusCode::NOT_MODIFIED => response.finish(),
        ReplyBody::Page(asset) => {
            response
                .content_type(asset.content_type)
                .body(match asset.bytes {
                    Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                    Cow::Owned(bytes) => bytes.into(),
                })
        }
        ReplyBody::Download(content_type, file) => response
            .content_type(content_type)
            .body(actix_web::body::BoxBody::new(file)),
        ReplyBody::Events(stream) => response
            .content_type("text/event-stream")
            .body(actix_web::body::BoxBody::new(*stream)),
    }
}

fn problem_reply(problem: &Problem, id: &RequestId) -> Reply {
    Reply {
        status: problem.status(),
        headers: problem.headers(),
        body: ReplyBody::Json(problem.to_json(id.as_str())),
    }
}
