//! Answers, on their way from a handler to the wire.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderName, HeaderValue},
};
use latchkey_web::Asset;
use serde::Serialize;

use crate::{
    download::Download,
    problem::{InternalCause, Problem},
    sse::AnswerStream,
};

/// What a handler gives.
pub type Answer = Result<Reply, Problem>;

/// An answer.
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: ReplyBody,
}

/// What an answer holds; each kind has headers of its own.
pub(crate) enum ReplyBody {
    /// Nothing.
    Empty,
    /// JSON of ours.
    Json(Vec<u8>),
    /// A file of the pages.
    Page(Asset),
    /// A running answer.
    Events(Box<AnswerStream>),
    /// A file that is written while it goes out.
    Download(&'static str, Download),
}

impl Reply {
    /// 200 with JSON.
    pub fn ok(body: &impl Serialize) -> Answer {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with JSON and where the new thing is.
    pub fn created(location: &str, body: &impl Serialize) -> Answer {
        let location = HeaderValue::try_from(location)
            .map_err(|error| Problem::internal(InternalCause::new(error)))?;
        Ok(Self::json(StatusCode::CREATED, body)?
            .header(actix_web::http::header::LOCATION, location))
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: ReplyBody::Empty,
        }
    }

    /// JSON with this status.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Answer {
        let text = serde_json::to_vec(body)
            .map_err(|error| Problem::internal(InternalCause::new(error)))?;
        Ok(Self {
            status,
            headers: Vec::new(),
            body: ReplyBody::Json(text),
        })
    }

    /// A running answer as events.
    pub(crate) fn events(stream: AnswerStream) -> Self {
        Self {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: ReplyBody::Events(Box::new(stream)),
        }
    }

    /// A file that is written while it goes out, with its media type and `Content-Disposition`.
    pub(crate) fn download(
        content_type: &'static str,
        disposition: HeaderValue,
        file: Download,
    ) -> Self {
        let reply = Self {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: ReplyBody::Download(content_type, file),
        };
        reply.header(header::CONTENT_DISPOSITION, disposition)
    }

    /// A file of the pages.
    pub(crate) fn page(file: Asset) -> Self {
        Self {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: ReplyBody::Page(file),
        }
    }

    /// Only that a file of the pages is what the browser has. It carries the file's own policy: browsers give what they
    /// have the headers of this answer.
    pub(crate) fn unchanged_page(file: Asset) -> Self {
        Self {
            status: StatusCode::NOT_MODIFIED,
            headers: Vec::new(),
            body: ReplyBody::Page(file),
        }
    }

    /// The same answer with a further header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same answer with further headers.
    #[must_use]
    pub fn with_headers(mut self, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }
}
