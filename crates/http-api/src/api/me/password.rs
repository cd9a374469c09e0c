//! `POST /api/me/password`

use latchkey_application::Actor;
use latchkey_domain::secret::SecretText;
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{Fields, ReadBody, secret},
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
}

impl ReadBody for ChangePasswordBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            new_password: fields.required("newPassword", secret)?,
        })
    }
}

/// Changes the password. All other sessions end; this one goes on with the access token in the answer.
pub async fn change_password(call: Call, actor: Actor) -> Answer {
    let body: ChangePasswordBody = call.body_with_password("newPassword")?;
    let accounts = &call.api.application.accounts;
    let tokens = accounts
        .change_password(&actor, body.new_password)
        .await
        .map_err(|error| Problem::from(error).at_password("/newPassword"))?;
    Reply::ok(&SignedInView::of(&tokens, false))
}
