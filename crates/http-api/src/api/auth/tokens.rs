//! How the tokens of a sign-in reach the client.

use actix_web::http::StatusCode;
use latchkey_application::accounts::SignedInTokens;
use latchkey_domain::secret::SecretText;
use utoipa::ToSchema;

use crate::{
    call::Call,
    cookie,
    json::{Fields, chosen},
    problem::Problem,
    reply::{Answer, Reply},
    views::SignedInView,
};

/// How the refresh token reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ToSchema)]
#[schema(rename_all = "camelCase")]
pub enum Delivery {
    /// As a cookie that scripts can't read: for web clients.
    #[default]
    Cookie,
    /// In the body: for all others.
    Body,
}

impl Delivery {
    /// The member `tokenDelivery`.
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        const CHOICES: &[(&str, Delivery)] =
            &[("cookie", Delivery::Cookie), ("body", Delivery::Body)];
        fields
            .optional("tokenDelivery", chosen(CHOICES))
            .unwrap_or_default()
    }
}

/// The answer that hands over `tokens`.
pub(super) fn hand_over(
    call: &Call,
    status: StatusCode,
    tokens: &SignedInTokens,
    delivery: Delivery,
) -> Answer {
    let view = SignedInView::of(tokens, delivery == Delivery::Body);
    let reply = Reply::json(status, &view)?;
    Ok(match delivery {
        Delivery::Body => reply,
        Delivery::Cookie => {
            let (name, value) = cookie::set(&call.api.settings, tokens, call.now());
            reply.header(name, value)
        }
    })
}

/// The refresh token that a request brings, and how it came.
pub(super) fn presented(
    call: &Call,
    in_body: Option<SecretText>,
) -> Result<Option<(SecretText, Delivery)>, Problem> {
    if let Some(token) = in_body {
        return Ok(Some((token, Delivery::Body)));
    }
    let cookie = call.refresh_cookie()?;
    Ok(cookie.map(|token| (token, Delivery::Cookie)))
}
