//! `POST /api/auth/reset`

use latchkey_domain::{personal_token::TokenFate, secret::SecretText};
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{Fields, ReadBody, boolean, secret},
    problem::Problem,
    reply::{Answer, Reply},
};

/// A one-time code and the password to set with it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ResetBody {
    /// The code that the operator handed over.
    #[schema(value_type = String, write_only)]
    code: SecretText,
    /// The new password.
    #[schema(value_type = String, min_length = 8, max_length = 256, write_only)]
    new_password: SecretText,
    /// Let the personal access tokens go on; they are deleted if nothing is said.
    keep_tokens: Option<bool>,
}

impl ReadBody for ResetBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let code = fields.required("code", secret);
        let new_password = fields.required("newPassword", secret);
        let keep_tokens = fields.optional("keepTokens", boolean);
        Some(Self {
            code: code?,
            new_password: new_password?,
            keep_tokens,
        })
    }
}

/// Sets a new password with a one-time code, and ends all sessions; personal access tokens are deleted, too, unless they shall stay.
pub async fn reset(call: Call) -> Answer {
    let body: ResetBody = call.body_with_password("newPassword")?;
    let accounts = &call.api.application.accounts;
    let fate = match body.keep_tokens {
        Some(true) => TokenFate::Keep,
        Some(false) | None => TokenFate::Delete,
    };
    accounts
        .reset_password(body.code, body.new_password, fate, call.address.clone())
        .await
        .map_err(|error| Problem::from(error).at_password("/newPassword"))?;
    Ok(Reply::no_content())
}
