//! `POST /api/auth/login`

use actix_web::http::StatusCode;
use latchkey_application::accounts::Login;
use latchkey_domain::{secret::SecretText, user::Email};
use utoipa::ToSchema;

use super::{Delivery, tokens::hand_over};
use crate::{
    call::Call,
    json::{Fields, ReadBody, parsed, secret},
    reply::Answer,
};

/// Who signs in.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct LoginBody {
    /// The account's address.
    #[schema(value_type = String, format = "email", max_length = 254)]
    email: Email,
    /// Its password.
    #[schema(value_type = String, write_only)]
    password: SecretText,
    /// How the refresh token is handed over; as a cookie if nothing is said.
    #[schema(required = false)]
    token_delivery: Delivery,
}

impl ReadBody for LoginBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required("email", parsed(Email::parse));
        let password = fields.required("password", secret);
        let token_delivery = Delivery::read(fields);
        Some(Self {
            email: email?,
            password: password?,
            token_delivery,
        })
    }
}

/// Signs somebody in.
pub async fn login(call: Call) -> Answer {
    let body: LoginBody = call.body()?;
    let command = Login {
        email: body.email,
        password: body.password,
        user_agent: call.user_agent(),
        address: call.address.clone(),
    };
    let tokens = call.api.application.accounts.login(command).await?;
    hand_over(&call, StatusCode::OK, &tokens, body.token_delivery)
}
