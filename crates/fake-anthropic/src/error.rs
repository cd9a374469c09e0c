//! Anthropic's errors: status, type, message, and the headers that come with them.

use serde_json::{Value, json};

use crate::members::Members;

/// Stands in an error's message for the caller's key, to see what a client does when the provider echoes it.
pub const KEY_PLACEHOLDER: &str = "{key}";

/// An error as Anthropic answers it.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) details: Option<Value>,
    pub(crate) headers: Vec<(String, String)>,
    /// From the edge in front of the API: an HTML page instead of JSON.
    pub(crate) html: bool,
}

impl ApiError {
    /// Any error; `message` may hold [`KEY_PLACEHOLDER`].
    #[must_use]
    pub fn new(status: u16, kind: &str, message: &str) -> Self {
        let retry = matches!(status, 408 | 409 | 429) || status >= 500;
        Self {
            status,
            kind: kind.to_owned(),
            message: message.to_owned(),
            details: None,
            headers: vec![("x-should-retry".to_owned(), retry.to_string())],
            html: false,
        }
    }

    /// The documented error of a status, with its usual message.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::authentication("invalid x-api-key"),
            402 => Self::billing(),
            403 => Self::permission(),
            404 => Self::not_found("The requested resource could not be found."),
            408 => Self::new(408, "timeout_error", "Request timed out."),
            409 => Self::new(
                409,
                "conflict_error",
                "The request conflicts with another one.",
            ),
            413 => Self::too_large(),
            429 => Self::rate_limited(16),
            500 => Self::new(500, "api_error", "Internal server error"),
            503 => Self::new(503, "api_error", "Service temporarily unavailable"),
            504 => Self::new(504, "timeout_error", "Request timed out"),
            529 => Self::overloaded(),
            other if other >= 500 => Self::new(other, "api_error", "Internal server error"),
            other => Self::new(other, "invalid_request_error", "Bad request"),
        }
    }

    #[must_use]
    pub fn invalid_request(message: &str) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    #[must_use]
    pub fn authentication(message: &str) -> Self {
        Self::new(401, "authentication_error", message)
    }

    #[must_use]
    pub fn billing() -> Self {
        Self::new(
            402,
            "billing_error",
            "Your organization's billing needs attention.",
        )
    }

    /// 400 with the text that says that the account has no money left.
    #[must_use]
    pub fn no_credit() -> Self {
        Self::invalid_request(
            "Your credit balance is too low to access the Anthropic API. \
             Please go to Plans & Billing to upgrade or purchase credits.",
        )
    }

    #[must_use]
    pub fn permission() -> Self {
        Self::new(
            403,
            "permission_error",
            "Your API key does not have permission to use the specified resource.",
        )
    }

    #[must_use]
    pub fn not_found(message: &str) -> Self {
        Self::new(404, "not_found_error", message)
    }

    #[must_use]
    pub fn too_large() -> Self {
        Self::new(413, "request_too_large", "Request exceeds the maximum size")
    }

    /// 413 as the edge in front of the API answers it: HTML.
    #[must_use]
    pub fn too_large_from_the_edge() -> Self {
        Self {
            html: true,
            ..Self::too_large()
        }
    }

    /// 429 with `retry-after`.
    #[must_use]
    pub fn rate_limited(retry_after_seconds: u32) -> Self {
        let message =
            "This request would exceed your account's rate limit. Please try again later.";
        Self::new(429, "rate_limit_error", message)
            .header("retry-after", &retry_after_seconds.to_string())
    }

    /// 429 of a monthly spend cap: looks like a rate limit, but has no `retry-after` and never heals in minutes.
    #[must_use]
    pub fn spend_cap() -> Self {
        let message = "You have reached your API usage limits: your organization has crossed its monthly API usage \
                       threshold, set based on your organization's API tier. You will regain access at the start of \
                       the next month.";
        Self::new(429, "rate_limit_error", message).error_code("enforced_spend_limit_reached")
    }

    #[must_use]
    pub fn overloaded() -> Self {
        Self::new(529, "overloaded_error", "Overloaded")
    }

    /// 401 whose message repeats the caller's key.
    #[must_use]
    pub fn echoing_the_key() -> Self {
        Self::authentication("invalid x-api-key: {key}")
    }

    /// Adds a header, or replaces the one of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(present, _)| !present.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes a header away, such as `x-should-retry`.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers
            .retain(|(present, _)| !present.eq_ignore_ascii_case(name));
        self
    }

    /// Sets `error.details.error_code`.
    #[must_use]
    pub fn error_code(mut self, code: &str) -> Self {
        self.details = Some(json!({ "error_code": code }));
        self
    }

    pub(crate) fn body(&self, request_id: &str, key: Option<&str>) -> Vec<u8> {
        if self.html {
            return format!(
                "<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n<center><h1>{0} {1}</h1></center>\r\n\
                 <hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n",
                self.status, self.message
            )
            .into_bytes();
        }
        self.json(request_id, key, false).into_bytes()
    }

    pub(crate) fn content_type(&self) -> &'static str {
        if self.html {
            "text/html"
        } else {
            "application/json"
        }
    }

    /// The error as data of an `error` event in a stream, which has `details` even when there are none.
    pub(crate) fn event_data(&self, request_id: &str, key: Option<&str>) -> String {
        self.json(request_id, key, true)
    }

    fn json(&self, request_id: &str, key: Option<&str>, details_always: bool) -> String {
        let message = match key {
            Some(key) => self.message.replace(KEY_PLACEHOLDER, key),
            None => self.message.clone(),
        };
        let mut error = Members::new();
        if self.details.is_some() || details_always {
            error = error.json("details", self.details.as_ref().unwrap_or(&Value::Null));
        }
        let error = error.text("type", &self.kind).text("message", &message);
        Members::new()
            .text("type", "error")
            .json("error", error.object())
            .text("request_id", request_id)
            .object()
    }
}
