//! `POST /api/auth/refresh`

use actix_web::http::StatusCode;
use latchkey_application::accounts::AccountsError;
use latchkey_domain::secret::SecretText;
use utoipa::ToSchema;

use super::tokens::{Delivery, hand_over, presented};
use crate::{
    call::Call,
    cookie,
    json::{Fields, ReadBody, secret},
    problem::{Code, Problem},
    reply::Answer,
};

/// A refresh token, unless the cookie has it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RefreshBody {
    /// The refresh token. Left out, the cookie's counts.
    #[schema(value_type = Option<String>, write_only)]
    pub(super) refresh_token: Option<SecretText>,
}

impl ReadBody for RefreshBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            refresh_token: fields.optional("refreshToken", secret),
        })
    }
}

/// Replaces a refresh token, and gives a new access token with it. The new one comes the way the old one came.
pub async fn refresh(call: Call) -> Answer {
    let body: RefreshBody = call.body_or_empty()?;
    let Some((token, delivery)) = presented(&call, body.refresh_token)? else {
        return Err(Problem::new(
            Code::SessionOver,
            "There is no refresh token. Please sign in.",
        ));
    };
    match call.api.application.accounts.refresh(token.expose()).await {
        Ok(tokens) => hand_over(&call, StatusCode::OK, &tokens, delivery),
        // A cookie that is of no more use goes.
        Err(error @ AccountsError::SessionOver) if delivery == Delivery::Cookie => {
            let (name, value) = cookie::expire(&call.api.settings);
            Err(Problem::from(error).header(name, value))
        }
        Err(error) => Err(error.into()),
    }
}
