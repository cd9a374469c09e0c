//! One line for each request: no query, no body, no header.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use latchkey_domain::id::UserId;

use super::RequestId;
use crate::problem::Problem;

/// Status of the line of a request whose client left before there was an answer (nginx's number for it).
const CLIENT_LEFT: u16 = 499;

/// The line of a request. It is written when it is dropped, so also when the client leaves.
pub(super) struct RequestLine {
    start: Instant,
    id: RequestId,
    method: String,
    route: &'static str,
    caller: Arc<OnceLock<UserId>>,
    status: u16,
}

impl RequestLine {
    pub(super) fn begin(
        id: RequestId,
        method: &str,
        route: &'static str,
        caller: Arc<OnceLock<UserId>>,
    ) -> Self {
        Self {
            start: Instant::now(),
            id,
            // A client may call its method anything of any length.
            method: method.chars().take(16).collect(),
            route,
            caller,
            status: CLIENT_LEFT,
        }
    }

    /// The answer goes out with this status.
    pub(super) fn answered(&mut self, status: u16) {
        self.status = status;
    }

    /// Writes why a request failed inside, once and only here.
    pub(super) fn explain(&self, problem: &Problem) {
        let Some(cause) = problem.cause() else { return };
        let code = problem.code().as_str();
        let (request_id, route, cause) = (self.id.as_str(), self.route, cause.chain());
        if problem.status().is_server_error() {
            tracing::error!(request_id, route, code, cause, "request failed");
        } else {
            tracing::warn!(request_id, route, code, cause, "request failed");
        }
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        let duration_ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let user = self.caller.get().map(tracing::field::display);
        tracing::info!(
            request_id = self.id.as_str(),
            method = self.method,
            route = self.route,
            status = self.status,
            duration_ms,
            user,
            "request"
        );
    }
}
