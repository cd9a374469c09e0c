//! `POST /api/auth/reauthenticate`

use latchkey_domain::{secret::SecretText, session::SignedIn};
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{Fields, ReadBody, secret},
    reply::{Answer, Reply},
};

/// The password, again.
#[derive(ToSchema)]
pub struct ReauthenticateBody {
    /// The account's password.
    #[schema(value_type = String, write_only)]
    password: SecretText,
}

impl ReadBody for ReauthenticateBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            password: fields.required("password", secret)?,
        })
    }
}

/// Opens five minutes for what asks for the password again.
pub async fn reauthenticate(call: Call, by: SignedIn) -> Answer {
    let body: ReauthenticateBody = call.body()?;
    let accounts = &call.api.application.accounts;
    accounts.reauthenticate(&by, body.password).await?;
    Ok(Reply::no_content())
}
