//! A request, as handlers get it: off the HTTP worker, its body read, its caller not yet known.

use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use latchkey_application::{Actor, ClientAddress, chat::ReaderLeft};
use latchkey_domain::{Timestamp, id::UserId, personal_token::Scope, session::SignedIn};

use crate::{
    HttpApi,
    edge::{Body, Incoming, RequestId},
    json::{self, Fields, Kind, ReadBody},
    problem::{Code, FieldFault, InternalCause, Problem, PublicText},
};

/// Longest `Authorization` header that is looked at.
const MAX_AUTHORIZATION: usize = 8 * 1024;
/// Most characters that are kept of what a client calls itself.
const MAX_USER_AGENT: usize = 200;

/// A request.
pub struct Call {
    /// The server.
    pub(crate) api: Arc<HttpApi>,
    /// The request's id.
    pub(crate) id: RequestId,
    /// The parameters of the path.
    pub(crate) path: Vec<(String, String)>,
    /// The query, without `?`.
    pub(crate) query: String,
    /// What of the headers is ever looked at.
    pub(crate) headers: CallHeaders,
    /// The body.
    pub(crate) body: Body,
    /// The body of a route that reads it while it comes.
    pub(crate) incoming: Option<Incoming>,
    /// Where it comes from.
    pub(crate) address: ClientAddress,
    /// Learns when the client leaves before there is an answer.
    pub(crate) left: ReaderLeft,
    /// Who called, once that is known: for the log.
    pub(crate) caller: Arc<std::sync::OnceLock<UserId>>,
}

/// The headers that mean something. No other is ever read.
#[derive(Debug, Default)]
pub(crate) struct CallHeaders {
    pub(crate) authorization: Given,
    pub(crate) content_type: Given,
    pub(crate) content_encoding: Given,
    pub(crate) accept: Given,
    pub(crate) accept_encoding: Given,
    pub(crate) cookie: Given,
    pub(crate) origin: Given,
    pub(crate) sec_fetch_site: Given,
    pub(crate) host: Given,
    pub(crate) user_agent: Given,
    pub(crate) if_none_match: Given,
    pub(crate) last_event_id: Given,
    pub(crate) idempotency_key: Given,
}

/// A header that should be there at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Given {
    #[default]
    Absent,
    Once(HeaderValue),
    Several,
}

impl Given {
    /// The header's text, if it is there once and is ASCII.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Once(value) => value.to_str().ok(),
            Self::Absent | Self::Several => None,
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

impl Call {
    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.api.clock.now()
    }

    /// A parameter of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.path
            .iter()
            .find(|(found, _)| found == name)
            .map_or("", |(_, value)| value)
    }

    /// Who called with a session; an error when nobody is signed in, or by a personal access token.
    pub(crate) async fn signed_in(&self) -> Result<SignedIn, Problem> {
        let actor = self.authenticated().await?;
        actor
            .ok_or_else(Problem::unauthenticated)?
            .into_signed_in()
            .ok_or_else(Problem::session_required)
    }

    /// Who called, with a session or a personal access token of this scope; an error when nobody is signed in.
    pub(crate) async fn acting(&self, scope: Scope) -> Result<Actor, Problem> {
        let actor = self.maybe_acting(scope).await?;
        actor.ok_or_else(Problem::unauthenticated)
    }

    /// The same, or nobody when there is no `Authorization` at all.
    pub(crate) async fn maybe_acting(&self, scope: Scope) -> Result<Option<Actor>, Problem> {
        let actor = self.authenticated().await?;
        if actor.as_ref().is_some_and(|actor| !actor.may(scope)) {
            return Err(Problem::insufficient_scope(scope));
        }
        Ok(actor)
    }

    /// Who called, or nobody when there is no `Authorization` at all. A bad one is an error: nobody becomes
    /// anonymous by accident.
    async fn authenticated(&self) -> Result<Option<Actor>, Problem> {
        let header = &self.headers.authorization;
        if header.is_absent() {
            return Ok(None);
        }
        let token = header
            .text()
            .and_then(bearer_token)
            .ok_or_else(Problem::unauthenticated)?;
        let actor = self.api.application.accounts.authenticate(token).await?;
        // The same call never is two people's.
        let _already_set = self.caller.set(actor.user.id);
        Ok(Some(actor))
    }

    /// The body, which must be there.
    pub(crate) fn body<T: ReadBody>(&self) -> Result<T, Problem> {
        self.ensure_json()?;
        read(&self.body, |_| None)
    }

    /// The body, which has a new password as `member`. When other fields are faulty, a wrong length of the password is
    /// named with them; alone it has a code of its own.
    pub(crate) fn body_with_password<T: ReadBody>(
        &self,
        member: &'static str,
    ) -> Result<T, Problem> {
        self.ensure_json()?;
        read(&self.body, |fields| {
            let password = fields.text_of(member)?;
            let accounts = &self.api.application.accounts;
            let fault = accounts.check_password_length(&password).err()?;
            Some(FieldFault {
                pointer: json::pointer(member),
                detail: PublicText::of(&fault).as_str().to_owned().into(),
            })
        })
    }

    /// The body; an empty one is `{}`.
    pub(crate) fn body_or_empty<T: ReadBody>(&self) -> Result<T, Problem> {
        if self.body.is_empty() {
            return read(b"{}", |_| None);
        }
        self.body()
    }

    /// Whether the headers say `application/json` in UTF-8, not encoded any further.
    pub(crate) fn ensure_json(&self) -> Result<(), Problem> {
        let is_json = self.headers.content_type.text().is_some_and(is_json_type);
        let is_plain = match &self.headers.content_encoding {
            Given::Absent => true,
            given => given
                .text()
                .is_some_and(|encoding| encoding.trim().eq_ignore_ascii_case("identity")),
        };
        if is_json && is_plain {
            return Ok(());
        }
        Err(Problem::new(
            Code::UnsupportedMediaType,
            "The body must have the content type application/json, in UTF-8 and without a content encoding.",
        ))
    }

    /// What the client calls itself, shortened to one printable line.
    pub(crate) fn user_agent(&self) -> Option<String> {
        let text = self.headers.user_agent.text()?;
        let shown: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_USER_AGENT)
            .collect();
        (!shown.is_empty()).then_some(shown)
    }
}

/// The value of type `T` that `body` is. What `further` finds is named beside other faults, never alone.
fn read<T: ReadBody>(
    body: &[u8],
    further: impl FnOnce(&Fields<'_>) -> Option<FieldFault>,
) -> Result<T, Problem> {
    let value = json::parse(body).map_err(|fault| {
        let at = u64::try_from(fault.at).unwrap_or(u64::MAX);
        Problem::new(
            Code::MalformedJson,
            PublicText::with_position(fault.what, at),
        )
    })?;
    if value.kind() != Kind::Object {
        return Err(Problem::invalid(vec![FieldFault {
            pointer: String::new(),
            detail: "must be an object".into(),
        }]));
    }
    let mut fields = Fields::of(value);
    let read = T::read(&mut fields);
    let further = further(&fields);
    let mut faults = fields.into_faults();
    if !faults.is_empty() {
        faults.extend(further);
    }
    match read {
        Some(read) if faults.is_empty() => Ok(read),
        None if faults.is_empty() => Err(Problem::internal(InternalCause::new(
            "a body was refused without a fault",
        ))),
        _ => Err(Problem::invalid(faults)),
    }
}

/// The token of `Bearer <token>`, if it is of a form that any token has.
fn bearer_token(header: &str) -> Option<&str> {
    if header.len() > MAX_AUTHORIZATION {
        return None;
    }
    let (scheme, token) = header.split_once(' ')?;
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("bearer") && is_token).then_some(token)
}

/// Whether a content type is JSON in UTF-8.
fn is_json_type(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    is_json
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_one() {
        assert_eq!(bearer_token("Bearer abc.def"), Some("abc.def"));
        assert_eq!(bearer_token("bearer abc"), Some("abc"));
        let long = format!("Bearer {}", "a".repeat(8 * 1024));
        for text in [
            "",
            "Bearer",
            "Bearer ",
            "Basic abc",
            "Bearer a b",
            "abc",
            "Bearer ' OR 1=1 --",
            long.as_str(),
        ] {
            assert_eq!(bearer_token(text), None, "{text}");
        }
    }

    #[test]
    fn json_is_utf_8() {
        assert!(is_json_type("application/json"));
        assert!(is_json_type("Application/JSON; charset=\"UTF-8\""));
        for text in [
            "text/json",
            "application/json; charset=utf-16",
            "application/jsonx",
            "",
            "application/problem+json",
        ] {
            assert!(!is_json_type(text), "{text}");
        }
    }
}
