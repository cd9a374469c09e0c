//! What goes wrong, as clients see it: RFC 9457 with a stable code.

mod codes;
mod from_accounts;
mod from_api_keys;
mod from_chat;
mod from_conversations;
mod from_import;
mod from_llm;
mod from_personal_tokens;
mod from_shares;
mod from_store;
mod text;

use std::{borrow::Cow, time::Duration};

use actix_web::http::{
    StatusCode,
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

pub use codes::{Code, CodeInfo, errors_page};
pub(crate) use from_conversations::{no_such_conversation, no_such_message};
pub use text::{ForPeople, InternalCause, PublicText};

use crate::limit_headers;
use latchkey_domain::rate_limit::{LimitName, LimitReached};

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A problem, on its way to the client.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    code: Code,
    detail: PublicText,
    errors: Vec<FieldFault>,
    members: Vec<(&'static str, Box<RawValue>)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<InternalCause>,
}

/// One faulty field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldFault {
    /// Where: a JSON pointer into the body, `?name` for a parameter of the query, `{name}` for one of the path.
    pub pointer: String,
    /// What is wrong with it.
    #[schema(value_type = String)]
    pub detail: Cow<'static, str>,
}

/// The members of every problem.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemBody<'a> {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// A few words, the same for each problem of this code.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, for people.
    pub detail: &'a str,
    /// The same text as `detail`.
    pub error: &'a str,
    /// The stable code.
    pub code: &'a str,
    /// The id under which the server's log has this request.
    #[serde(rename = "requestId")]
    pub request_id: &'a str,
    /// Each faulty field; empty when none is to blame.
    pub errors: &'a [FieldFault],
    /// Further members of some codes.
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: std::collections::BTreeMap<&'static str, &'a RawValue>,
}

impl Problem {
    /// A problem of this code that says `detail`.
    pub fn new(code: Code, detail: impl Into<PublicText>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            members: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// The request has faulty fields.
    pub fn invalid(errors: Vec<FieldFault>) -> Self {
        let mut problem = Self::new(
            Code::ValidationFailed,
            "The request has faulty fields; `errors` names each.",
        );
        problem.0.errors = errors;
        problem
    }

    /// One parameter of the query or path is faulty.
    pub fn invalid_parameter(name: &str, detail: &'static str) -> Self {
        Self::invalid(vec![FieldFault {
            pointer: name.to_owned(),
            detail: detail.into(),
        }])
    }

    /// A fault of the server; `cause` goes to the log alone.
    pub fn internal(cause: InternalCause) -> Self {
        Self::new(
            Code::InternalError,
            "The server failed. The operator finds the cause in its log under the request id.",
        )
        .because(cause)
    }

    /// There is no good access token.
    pub fn unauthenticated() -> Self {
        Self::new(
            Code::Unauthenticated,
            "Please sign in. The access token is missing, expired or not valid.",
        )
    }

    /// There is no such thing, or it is somebody else's: the same bytes either way.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(Code::NotFound, what)
    }

    /// A limit of this server is reached.
    pub fn limit_reached(reached: &LimitReached) -> Self {
        let mut problem = Self::new(
            Code::RateLimited,
            PublicText::with_number(
                too_many(reached.name),
                seconds_up(reached.retry_after),
                " s.",
            ),
        )
        .retry_after(reached.retry_after);
        problem.0.headers.extend(limit_headers::reached(reached));
        problem
    }

    /// The same problem, with the fault at this field of the body.
    #[must_use]
    pub fn at(mut self, pointer: &'static str) -> Self {
        let detail = self.0.detail.as_str().to_owned().into();
        self.0.errors = vec![FieldFault {
            pointer: pointer.to_owned(),
            detail,
        }];
        self
    }

    /// The same problem, with its cause for the log.
    #[must_use]
    pub fn because(mut self, cause: InternalCause) -> Self {
        self.0.cause = Some(cause);
        self
    }

    /// The same problem, which may be over after this time.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        let value = HeaderValue::from(seconds_up(wait));
        self.header(header::RETRY_AFTER, value)
    }

    /// The same problem with a further header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The same problem with a further member.
    #[must_use]
    pub fn member(mut self, name: &'static str, value: &impl Serialize) -> Self {
        if let Ok(value) = serde_json::value::to_raw_value(value) {
            self.0.members.push((name, value));
        }
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.info().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What the client is told.
    pub fn detail(&self) -> &str {
        self.0.detail.as_str()
    }

    /// What only the log is told.
    pub fn cause(&self) -> Option<&InternalCause> {
        self.0.cause.as_ref()
    }

    /// The headers that belong to the problem.
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = self.0.headers.clone();
        if matches!(
            self.0.code,
            Code::Unauthenticated | Code::ApiKeyRequired | Code::AnonymousChatOff
        ) {
            headers.push((
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"latchkey\""),
            ));
        }
        headers
    }

    /// The JSON text.
    pub fn to_json(&self, request_id: &str) -> Vec<u8> {
        let info = self.0.code.info();
        let body = ProblemBody {
            kind: format!("urn:latchkey:problem:{}", info.code),
            title: info.title,
            status: info.status,
            detail: self.detail(),
            error: self.detail(),
            code: info.code,
            request_id,
            errors: &self.0.errors,
            members: self
                .0
                .members
                .iter()
                .map(|(name, value)| (*name, &**value))
                .collect(),
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

/// What there was too much of.
const fn too_many(name: LimitName) -> &'static str {
    match name {
        LimitName::LoginFailuresPerAccount | LimitName::LoginFailuresPerAddress => {
            "Too many failed sign-ins; try again in "
        }
        LimitName::Registrations => "Too many new accounts from your network; try again in ",
        LimitName::Refreshes => "Too many renewals of this session; try again in ",
        LimitName::KeyAdditions => "Too many new keys; try again in ",
        LimitName::KeyTests => "Too many key checks; try again in ",
        LimitName::AnonymousChat => {
            "Too many messages without an account from your network; try again in "
        }
        LimitName::AnonymousChatParallel => {
            "Too many answers without an account run at once in your network; try again in "
        }
        LimitName::Chat => "Too many messages; try again in ",
        LimitName::ChatParallel => "Too many of your answers run at once; try again in ",
        LimitName::Estimates => "Too many estimates; try again in ",
        LimitName::Imports => "Too many imports; try again in ",
        LimitName::SharedReads => "Too many shared conversations opened; try again in ",
    }
}

/// Whole seconds, rounded up, at least one.
pub(crate) fn seconds_up(duration: Duration) -> u64 {
    let full = duration.as_secs();
    let more = u64::from(duration.subsec_nanos() > 0);
    full.saturating_add(more).max(1)
}
