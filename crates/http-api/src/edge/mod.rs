//! Where HTTP ends: from actix's request to a [`Call`] on the main runtime, and from its answer back to actix.
//!
//! actix's workers are current-thread runtimes, and drop a handler when its client leaves. So a worker only reads the
//! body and waits; what a request does is a task on the main runtime that nobody cuts.

mod body;
mod client;
mod cors;
mod headers;
mod log;
mod outbound;
mod room;

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use futures_util::FutureExt as _;
use latchkey_application::chat::ReaderLeft;
use latchkey_domain::system::IdSource;

use crate::{
    HttpApi,
    call::{Call, CallHeaders, Given},
    page,
    problem::{Code, InternalCause, Problem},
    reply::{Answer, Reply},
    routes::{PathEntry, Route},
};
pub(crate) use body::Incoming;
use client::Client;
use log::RequestLine;
pub(crate) use room::Body;
pub use room::BodyRoom;

/// The id of a request: ours, never the client's.
#[derive(Debug, Clone)]
pub struct RequestId(Arc<str>);

impl RequestId {
    fn new(ids: &dyn IdSource) -> Self {
        Self(ids.next_uuid().as_hyphenated().to_string().into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Answers a request. `entry` is what the table has at its address, if anything.
pub(crate) async fn handle(
    entry: Option<&'static PathEntry>,
    request: HttpRequest,
    payload: Payload,
    api: Arc<HttpApi>,
) -> HttpResponse {
    let id = RequestId::new(api.ids.as_ref());
    let caller = Arc::new(OnceLock::new());
    let route = entry.map_or("(none)", |entry| entry.path);
    let mut line = RequestLine::begin(
        id.clone(),
        request.method().as_str(),
        route,
        Arc::clone(&caller),
    );
    let inbound = Inbound {
        request: &request,
        id: id.clone(),
        api: &api,
        caller,
    };
    let answer = AssertUnwindSafe(inbound.answer(entry, payload))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(panicked()));
    let response = outbound::finish(answer, &request, &id, &api, &line);
    line.answered(response.status().as_u16());
    response
}

/// A request at the edge.
struct Inbound<'a> {
    request: &'a HttpRequest,
    id: RequestId,
    api: &'a Arc<HttpApi>,
    caller: Arc<OnceLock<latchkey_domain::id::UserId>>,
}

impl Inbound<'_> {
    async fn answer(self, entry: Option<&'static PathEntry>, mut payload: Payload) -> Answer {
        let method = self.request.method();
        let is_reading = *method == Method::GET || *method == Method::HEAD;
        let entry = match entry {
            Some(entry) => entry,
            None if *method == Method::CONNECT || *method == Method::TRACE => {
                return Err(wrong_method(HeaderValue::from_static("")));
            }
            None if is_reading && self.request.path() == "/docs/" => return Ok(page::to_docs()),
            None => return Err(Problem::not_found("There is nothing at this address.")),
        };
        if *method == Method::OPTIONS {
            return Ok(self.options(entry));
        }
        let route = entry
            .route(method)
            .ok_or_else(|| wrong_method(entry.allow()))?;
        if self.api.readiness.is_draining() && !route.is_operational() {
            return Err(Problem::server_stopping());
        }
        let client = self.identify_client();
        self.ensure_https(route, &client)?;
        let headers = call_headers(self.request.headers());
        if route.needs_sign_in() && headers.authorization.is_absent() {
            return Err(Problem::unauthenticated());
        }
        let body = match route.body_limit() {
            Some(limit) => {
                let declared = declared_length(self.request.headers());
                let pace = self.api.settings.body_pace;
                body::read(&mut payload, declared, limit, pace, &self.api.body_room).await?
            }
            None => Body::default(),
        };
        let (incoming, pumping) = if route.takes_export {
            let declared = declared_length(self.request.headers());
            let settings = &self.api.settings;
            let (incoming, pumping) =
                body::stream(payload, declared, settings.max_import, settings.body_pace)?;
            (Some(incoming), Some(pumping))
        } else {
            (None, None)
        };
        let left = ReaderLeft::new();
        let waiting = left.guard();
        let call = Call {
            api: Arc::clone(self.api),
            id: self.id,
            path: entry.parameters(self.request.match_info()),
            query: self.request.query_string().to_owned(),
            headers,
            body,
            incoming,
            address: client.address,
            left,
            caller: self.caller,
        };
        let running = run_detached(self.api, route, call);
        let answer = match pumping {
            Some(pumping) => body::while_it_comes(pumping, running).await,
            None => running.await,
        };
        waiting.keep();
        answer
    }

    /// Which methods the address has; for a browser's preflight, also what it asks about.
    fn options(&self, entry: &PathEntry) -> Reply {
        let reply = Reply::no_content().header(header::ALLOW, entry.allow());
        let is_preflight = self
            .request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let origin = cors::allowed_origin(self.request.headers(), &self.api.settings);
        if is_preflight && origin.is_some() {
            return reply.with_headers(cors::preflight_headers(entry.allow()).into());
        }
        reply
    }

    fn identify_client(&self) -> Client {
        let peer = self.request.peer_addr().map(|peer| peer.ip());
        let trusted = &self.api.settings.trusted_proxies;
        let client = client::identify(peer, self.request.headers(), trusted);
        if client.forwarded_untrusted {
            warn_once_of_forwarded();
        }
        client
    }

    /// Keys and passwords go over https alone, if the operator wants it so.
    fn ensure_https(&self, route: &Route, client: &Client) -> Result<(), Problem> {
        if !self.api.settings.require_https || !route.carries_secrets() || client.https {
            return Ok(());
        }
        Err(Problem::new(
            Code::HttpsRequired,
            "This server takes keys and passwords over https alone.",
        ))
    }
}

/// Runs what the request does as a task of the main runtime, and waits for it. When the wait is dropped the task goes
/// on; a panic in it ends this request alone.
async fn run_detached(api: &HttpApi, route: &'static Route, call: Call) -> Answer {
    match api.runtime.spawn(route.run(call)).await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => Err(panicked()),
        Err(_) => Err(Problem::server_stopping()),
    }
}

fn panicked() -> Problem {
    // What a panic says may hold anything; the panic hook has its place.
    Problem::internal(InternalCause::new("the handler panicked"))
}

fn wrong_method(allow: HeaderValue) -> Problem {
    Problem::new(
        Code::MethodNotAllowed,
        "This address doesn't take this method.",
    )
    .header(header::ALLOW, allow)
}

fn call_headers(headers: &HeaderMap) -> CallHeaders {
    let given = |name: HeaderName| {
        let mut values = headers.get_all(name);
        match (values.next(), values.next()) {
            (None, _) => Given::Absent,
            (Some(value), None) => Given::Once(value.clone()),
            (Some(_), Some(_)) => Given::Several,
        }
    };
    CallHeaders {
        authorization: given(header::AUTHORIZATION),
        content_type: given(header::CONTENT_TYPE),
        content_encoding: given(header::CONTENT_ENCODING),
        accept: given(header::ACCEPT),
        accept_encoding: given(header::ACCEPT_ENCODING),
        cookie: given(header::COOKIE),
        origin: given(header::ORIGIN),
        sec_fetch_site: given(HeaderName::from_static("sec-fetch-site")),
        host: given(header::HOST),
        user_agent: given(header::USER_AGENT),
        if_none_match: given(header::IF_NONE_MATCH),
        last_event_id: given(HeaderName::from_static("last-event-id")),
        idempotency_key: given(HeaderName::from_static("idempotency-key")),
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

fn warn_once_of_forwarded() {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if !AtomicBool::swap(&WARNED, true, Ordering::Relaxed) {
        tracing::warn!(
            "a peer that is no trusted proxy sends forwarded headers; they are ignored. If it is your proxy, set \
             LATCHKEY_TRUSTED_PROXIES"
        );
    }
}
