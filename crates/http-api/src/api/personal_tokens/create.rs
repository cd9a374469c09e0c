//! `POST /api/me/tokens`

use latchkey_application::personal_tokens::CreatePersonalToken;
use latchkey_domain::{
    Timestamp,
    personal_token::{MAX_TOKEN_NAME_CHARS, Scope, Scopes},
    session::SignedIn,
    user::{InvalidName, parse_label},
};
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{Fault, Fields, ReadBody, Value, list_of, parsed, timestamp},
    problem::{FieldFault, Problem, PublicText},
    reply::{Answer, Reply},
    views::CreatedPersonalTokenView,
};

/// A token to make.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreatePersonalTokenBody {
    /// What to call it.
    #[schema(max_length = 100)]
    name: String,
    /// What it may do: `chat`, `keys:read`, `keys:write`, `usage:read`; at least one.
    #[schema(value_type = Vec<String>, min_items = 1)]
    scopes: Scopes,
    /// From when on it is void; left out or `null`: never.
    #[schema(value_type = Option<String>)]
    expires_at: Option<Timestamp>,
}

impl ReadBody for CreatePersonalTokenBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name", parsed(token_name));
        let scopes = fields.required("scopes", scopes);
        let expires_at = fields.optional("expiresAt", timestamp);
        Some(Self {
            name: name?,
            scopes: scopes?,
            expires_at,
        })
    }
}

fn token_name(text: &str) -> Result<String, InvalidName> {
    parse_label(text, MAX_TOKEN_NAME_CHARS)
}

fn scopes(value: Value<'_>) -> Result<Scopes, Fault> {
    let scopes = list_of("scopes", parsed(Scope::parse))(value)?;
    Scopes::of(scopes).map_err(|fault| PublicText::of(&fault).into())
}

/// Makes a token; its secret is in this answer and never again.
pub async fn create_token(call: Call, by: SignedIn) -> Answer {
    let body: CreatePersonalTokenBody = call.body()?;
    let now = call.now();
    if body.expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(Problem::invalid(vec![FieldFault {
            pointer: "/expiresAt".to_owned(),
            detail: "must be in the future".into(),
        }]));
    }
    let command = CreatePersonalToken {
        name: body.name,
        scopes: body.scopes,
        expires_at: body.expires_at,
    };
    let tokens = &call.api.application.personal_tokens;
    let created = tokens.create(&by, command).await?;
    Reply::created(
        &format!("/api/me/tokens/{}", created.token.id),
        &CreatedPersonalTokenView::of(&created),
    )
}
