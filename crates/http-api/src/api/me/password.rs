//! `POST /api/me/password`

use latchkey_domain::{personal_token::TokenFate, secret::SecretText, session::SignedIn};
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{Fields, ReadBody, boolean, secret},
    problem::Problem,
    reply::{Answer, Reply},
    views::SignedInView,
};

/// A new password.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChangePasswordBody {
    /// The new password.
    #[schema(value_type = String, min_length = 8, max_length = 256, write_only)]
    new_password: SecretText,
    /// Also delete the personal access tokens; they go on if nothing is said.
    delete_tokens: Option<bool>,
}

impl ReadBody for ChangePasswordBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let new_password = fields.required("newPassword", secret);
        let delete_tokens = fields.optional("deleteTokens", boolean);
        Some(Self {
            new_password: new_password?,
            delete_tokens,
        })
    }
}

/// Changes the password. All other sessions end; this one goes on with the access token in the answer.
pub async fn change_password(call: Call, by: SignedIn) -> Answer {
    let body: ChangePasswordBody = call.body_with_password("newPassword")?;
    let accounts = &call.api.application.accounts;
    let fate = match body.delete_tokens {
        Some(true) => TokenFate::Delete,
        Some(false) | None => TokenFate::Keep,
    };
    let tokens = accounts
        .change_password(&by, body.new_password, fate)
        .await
        .map_err(|error| Problem::from(error).at_password("/newPassword"))?;
    Reply::ok(&SignedInView::of(&tokens, false))
}
