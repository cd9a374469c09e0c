//! Stored keys, without their secrets.

use latchkey_application::api_keys::KeyTest;
use latchkey_domain::{Timestamp, api_key::ApiKey};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ModelView, time};
use crate::problem::Problem;

/// A stored key. What was sealed never comes out again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView {
    /// The key's id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// Whose API it is for: `anthropic`.
    provider: &'static str,
    /// Its last four characters: `…4f2A`.
    hint: String,
    /// `valid`, `unverified`, `invalid`, `no_credit`, `restricted`, `rate_limited`, `unreachable`, `expired` or `unreadable`.
    status: &'static str,
    /// The provider's words for that.
    status_detail: Option<String>,
    /// Whether its owner lets it be used.
    is_active: bool,
    /// Its place in the order of use.
    position: i32,
    /// The team that owns it.
    team_id: Option<String>,
    /// When it was added.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When it last paid for an answer.
    last_used_at: Option<String>,
    /// When the provider last said what it thinks of it.
    last_verified_at: Option<String>,
    /// From when on it isn't used any more.
    expires_at: Option<String>,
    /// When its secret was last replaced.
    rotated_at: Option<String>,
}

impl ApiKeyView {
    /// The view of `key` at `now`.
    pub fn of(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            provider: key.provider.as_str(),
            hint: key.hint.as_str().to_owned(),
            status: key.status_at(now).as_str(),
            status_detail: key.status_detail.clone(),
            is_active: key.is_active,
            position: key.position,
            team_id: key.owner.team_id().map(|team| team.to_string()),
            created_at: key.created_at.to_string(),
            updated_at: key.updated_at.to_string(),
            last_used_at: time(key.last_used_at),
            last_verified_at: time(key.last_verified_at),
            expires_at: time(key.expires_at),
            rotated_at: time(key.rotated_at),
        }
    }
}

/// All keys of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyListView {
    /// The keys, in order of use.
    items: Vec<ApiKeyView>,
    /// Always `null`: the list is complete.
    next_cursor: Option<String>,
}

impl ApiKeyListView {
    /// The view of `keys` at `now`.
    pub fn of(keys: &[ApiKey], now: Timestamp) -> Self {
        Self {
            items: keys.iter().map(|key| ApiKeyView::of(key, now)).collect(),
            next_cursor: None,
        }
    }
}

/// What the provider says of a key that is not stored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyTestView {
    /// Whether the provider takes it.
    valid: bool,
    /// The code of what is wrong.
    code: Option<&'static str>,
    /// The result, for people.
    message: String,
    /// Models that it may use, when it is valid.
    models: Option<Vec<ModelView>>,
}

impl KeyTestView {
    /// The view of `test`.
    pub fn of(test: KeyTest) -> Self {
        let problem = test.error.map(Problem::from);
        Self {
            valid: test.valid,
            code: problem.as_ref().map(|problem| problem.code().as_str()),
            message: match &problem {
                Some(problem) => problem.detail().to_owned(),
                None => "Anthropic takes this key.".to_owned(),
            },
            models: test
                .valid
                .then(|| test.models.iter().map(ModelView::of_info).collect()),
        }
    }
}
