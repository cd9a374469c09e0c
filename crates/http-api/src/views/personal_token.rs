//! Personal access tokens.

use latchkey_application::personal_tokens::CreatedPersonalToken;
use latchkey_domain::personal_token::{PersonalToken, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use super::time;

/// A personal access token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonalTokenView {
    /// The token's id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// What it may do: `chat`, `keys:read`, `keys:write`, `usage:read`.
    scopes: Vec<&'static str>,
    /// Its last characters.
    hint: String,
    /// When it was made.
    created_at: String,
    /// When it was last used, to within a minute.
    last_used_at: Option<String>,
    /// From when on it is void; `null` for never.
    expires_at: Option<String>,
}

impl PersonalTokenView {
    /// The view of `token`.
    pub fn of(token: &PersonalToken) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            scopes: token.scopes.iter().map(Scope::as_str).collect(),
            hint: token.hint.clone(),
            created_at: token.created_at.to_string(),
            last_used_at: time(token.last_used_at),
            expires_at: time(token.expires_at),
        }
    }
}

/// A token that was just made. Its secret is given to its owner here, and nowhere else.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedPersonalTokenView<'a> {
    /// The token, to be sent as `Authorization: Bearer …`. It is shown this once.
    token: &'a str,
    /// What is known of it from now on.
    #[serde(flatten)]
    view: PersonalTokenView,
}

impl<'a> CreatedPersonalTokenView<'a> {
    /// The view of a token that was just made.
    pub fn of(created: &'a CreatedPersonalToken) -> Self {
        Self {
            token: created.secret.expose(),
            view: PersonalTokenView::of(&created.token),
        }
    }
}

/// All personal access tokens of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonalTokenListView {
    /// The tokens, newest first.
    items: Vec<PersonalTokenView>,
    /// Always `null`: the list is complete.
    next_cursor: Option<String>,
}

impl PersonalTokenListView {
    /// The view of `tokens`.
    pub fn of(tokens: &[PersonalToken]) -> Self {
        Self {
            items: tokens.iter().map(PersonalTokenView::of).collect(),
            next_cursor: None,
        }
    }
}
