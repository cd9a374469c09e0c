//! `POST /api/auth/register`

use actix_web::http::StatusCode;
use latchkey_application::accounts::{Register, SignedInTokens};
use latchkey_domain::{
    secret::SecretText,
    user::{Email, parse_name},
};
use utoipa::ToSchema;

use super::{Delivery, tokens::hand_over};
use crate::{
    call::Call,
    json::{Fields, ReadBody, boolean, parsed, secret},
    problem::Problem,
    reply::Answer,
};

/// Who wants an account.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct RegisterBody {
    /// The address to sign in with. No mail is ever sent to it.
    #[schema(value_type = String, format = "email", max_length = 254)]
    email: Email,
    /// At least 12 characters unless the operator says otherwise, and not easy to guess.
    #[schema(value_type = String, min_length = 8, max_length = 256, write_only)]
    password: SecretText,
    /// What the person wants to be called.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Whether the operator's terms are accepted.
    accept_terms: Option<bool>,
    /// How the refresh token is handed over; as a cookie if nothing is said.
    #[schema(required = false)]
    token_delivery: Delivery,
}

impl ReadBody for RegisterBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required("email", parsed(Email::parse));
        let password = fields.required("password", secret);
        let name = fields.optional("name", parsed(parse_name));
        let accept_terms = fields.optional("acceptTerms", boolean);
        let token_delivery = Delivery::read(fields);
        Some(Self {
            email: email?,
            password: password?,
            name,
            accept_terms,
            token_delivery,
        })
    }
}

/// Makes an account and signs it in.
pub async fn register(call: Call) -> Answer {
    let body: RegisterBody = call.body_with_password("password")?;
    let delivery = body.token_delivery;
    let command = body.into_command(&call);
    let accounts = &call.api.application.accounts;
    let tokens: SignedInTokens = accounts
        .register(command)
        .await
        .map_err(|error| Problem::from(error).at_password("/password"))?;
    hand_over(&call, StatusCode::CREATED, &tokens, delivery)
}

impl RegisterBody {
    fn into_command(self, call: &Call) -> Register {
        Register {
            email: self.email,
            password: self.password,
            name: self.name,
            accept_terms: self.accept_terms.unwrap_or(false),
            user_agent: call.user_agent(),
            address: call.address.clone(),
        }
    }
}
