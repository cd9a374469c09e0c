//! Accounts and sessions.

use latchkey_application::accounts::SignedInTokens;
use latchkey_domain::{
    id::SessionId,
    session::Session,
    user::{CacheLifetime, OnDisconnect, User, UserRole},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::time;

/// An account, as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// The account's id.
    id: String,
    /// The address that it signs in with.
    email: String,
    /// What the person wants to be called.
    name: Option<String>,
    /// `user` or `admin`.
    role: &'static str,
    /// The person's choices.
    settings: SettingsView,
    /// When the terms were accepted.
    terms_accepted_at: Option<String>,
    /// When the account was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// A person's choices; `null` follows the server's default.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Model of new conversations.
    default_model: Option<String>,
    /// What happens to a running answer when its reader leaves: `finish` or `stop`.
    on_disconnect: &'static str,
    /// How long the provider keeps prompts in its cache: `off`, `5m` or `1h`.
    prompt_cache: &'static str,
    /// Days after which an idle conversation is deleted.
    retention_days: Option<u16>,
    /// Language of the pages.
    language: Option<String>,
    /// Time zone for days and months.
    time_zone: Option<String>,
}

impl UserView {
    /// The view of `user`.
    pub fn of(user: &User) -> Self {
        let settings = &user.settings;
        Self {
            id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            name: user.name.clone(),
            role: match user.role {
                UserRole::User => "user",
                UserRole::Admin => "admin",
            },
            settings: SettingsView {
                default_model: settings.default_model.as_ref().map(ToString::to_string),
                on_disconnect: match settings.on_disconnect {
                    OnDisconnect::Finish => "finish",
                    OnDisconnect::Stop => "stop",
                },
                prompt_cache: match settings.prompt_cache {
                    CacheLifetime::Off => "off",
                    CacheLifetime::FiveMinutes => "5m",
                    CacheLifetime::OneHour => "1h",
                },
                retention_days: settings.retention_days,
                language: settings.language.clone(),
                time_zone: settings.time_zone.clone(),
            },
            terms_accepted_at: time(user.terms_accepted_at),
            created_at: user.created_at.to_string(),
            updated_at: user.updated_at.to_string(),
        }
    }
}

/// Who signed in, and the tokens for it. The tokens are given to their owner here, and nowhere else.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedInView<'a> {
    /// The account.
    user: UserView,
    /// The token that every request carries as `Authorization: Bearer …`.
    access_token: &'a str,
    /// Always `Bearer`.
    token_type: &'static str,
    /// For how many seconds the access token is good.
    expires_in: u64,
    /// The token that gets the next ones; only when it was asked for in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

impl<'a> SignedInView<'a> {
    /// The tokens, the refresh token among them if `with_refresh_token`.
    pub fn of(tokens: &'a SignedInTokens, with_refresh_token: bool) -> Self {
        Self {
            user: UserView::of(&tokens.user),
            access_token: tokens.access_token.0.expose(),
            token_type: "Bearer",
            expires_in: tokens.expires_in.as_secs(),
            refresh_token: with_refresh_token.then(|| tokens.refresh_token.0.expose()),
        }
    }
}

/// A sign-in on a device.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// The session's id.
    id: String,
    /// What the client called itself at sign-in.
    user_agent: Option<String>,
    /// Whether this request belongs to it.
    current: bool,
    /// When the person signed in.
    created_at: String,
    /// When its tokens were last renewed.
    refreshed_at: String,
    /// When the password was last given.
    authenticated_at: String,
    /// When it ends at the latest.
    expires_at: String,
}

/// All sessions of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionListView {
    /// The sessions, newest first.
    items: Vec<SessionView>,
    /// Always `null`: the list is complete.
    next_cursor: Option<String>,
}

impl SessionListView {
    /// The view of `sessions`, of which `current` is the caller's own.
    pub fn of(sessions: &[Session], current: SessionId) -> Self {
        let items = sessions
            .iter()
            .map(|session| SessionView {
                id: session.id.to_string(),
                user_agent: session.user_agent.clone(),
                current: session.id == current,
                created_at: session.created_at.to_string(),
                refreshed_at: session.refreshed_at.to_string(),
                authenticated_at: session.authenticated_at.to_string(),
                expires_at: session.expires_at.to_string(),
            })
            .collect();
        Self {
            items,
            next_cursor: None,
        }
    }
}
