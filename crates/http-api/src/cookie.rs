//! The refresh cookie: read at refresh and logout alone, and only when the request comes from our own pages.

use actix_web::{
    cookie::{Cookie, SameSite, time::Duration},
    http::header::{self, HeaderName, HeaderValue},
};
use latchkey_application::accounts::SignedInTokens;
use latchkey_domain::{Timestamp, secret::SecretText, session::SESSION_IDLE_LIFE};

use crate::{
    call::{Call, Given},
    problem::{Code, Problem},
    settings::{HttpSettings, Origin},
};

/// The cookie's name. Over https the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub(crate) fn name(settings: &HttpSettings) -> &'static str {
    if settings.is_https() {
        "__Host-latchkey-rt"
    } else {
        "latchkey-rt"
    }
}

/// Sets the cookie to the refresh token of `tokens`, for as long as that is good when nobody uses it.
pub(crate) fn set(
    settings: &HttpSettings,
    tokens: &SignedInTokens,
    now: Timestamp,
) -> (HeaderName, HeaderValue) {
    let life = tokens.session_expires_at.since(now).min(SESSION_IDLE_LIFE);
    let seconds = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
    header_of(settings, tokens.refresh_token.0.expose(), seconds)
}

/// Makes the browser forget the cookie.
pub(crate) fn expire(settings: &HttpSettings) -> (HeaderName, HeaderValue) {
    header_of(settings, "", 0)
}

fn header_of(settings: &HttpSettings, value: &str, seconds: i64) -> (HeaderName, HeaderValue) {
    let cookie = Cookie::build(name(settings), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(settings.is_https())
        .max_age(Duration::seconds(seconds))
        .finish();
    // A refresh token is made of characters that may stand in a header.
    let mut value =
        HeaderValue::try_from(cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    (header::SET_COOKIE, value)
}

impl Call {
    /// The refresh token of the cookie, if there is one.
    ///
    /// # Errors
    /// [`Code::OriginNotAllowed`] when there is one but the request isn't from our own pages.
    pub(crate) fn refresh_cookie(&self) -> Result<Option<SecretText>, Problem> {
        let Some(token) = self.cookie_value(name(&self.api.settings)) else {
            return Ok(None);
        };
        self.ensure_own_page()?;
        self.ensure_json()?;
        Ok(Some(token))
    }

    /// The value of a cookie that was sent exactly once.
    fn cookie_value(&self, name: &str) -> Option<SecretText> {
        let header = self.headers.cookie.text()?;
        let mut values = header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(found, _)| *found == name)
            .map(|(_, value)| value);
        let value = values.next()?;
        (values.next().is_none() && !value.is_empty()).then(|| SecretText::new(value.to_owned()))
    }

    /// Whether a browser says that one of our own pages, or of an allowed origin, sends this.
    fn ensure_own_page(&self) -> Result<(), Problem> {
        let settings = &self.api.settings;
        let host = self.headers.host.text();
        let is_own = self
            .headers
            .origin
            .text()
            .and_then(Origin::parse)
            .is_some_and(|origin| {
                host.is_some_and(|host| origin.has_authority(host))
                    || settings.public_origin.as_ref() == Some(&origin)
                    || settings.cors_origins.contains(&origin)
            });
        let is_same_site = match &self.headers.sec_fetch_site {
            Given::Absent => true,
            given => given.text() == Some("same-origin"),
        };
        if is_own && is_same_site {
            return Ok(());
        }
        Err(Problem::new(
            Code::OriginNotAllowed,
            "A request by cookie must come from this server's own pages.",
        ))
    }
}
