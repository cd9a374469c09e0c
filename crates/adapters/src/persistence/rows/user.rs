//! Rows of `users` and `reset_codes`.

use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use latchkey_domain::{
    StoreError,
    llm::ModelId,
    user::{
        CacheLifetime, Email, OnDisconnect, PasswordHash, ResetCode, User, UserRole, UserSettings,
        UserStatus,
    },
};

use super::{Reading, SelectedColumns};
use crate::persistence::{
    schema::{reset_codes, users},
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// An account.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub struct UserRow {
    pub id: Uid,
    pub email: String,
    pub name: Option<AnyText>,
    pub role: String,
    pub status: String,
    pub password_hash: Option<String>,
    pub security_version: i64,
    #[diesel(embed)]
    pub settings: SettingsRow,
    pub terms_accepted_at: Option<Ts>,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// The columns of a [`UserRow`] in statements of our own, in its order, and their types.
pub const USER_COLUMNS: &str = "users.id, users.email, users.name, users.role, users.status, users.password_hash, \
    users.security_version, users.default_model, users.on_disconnect, users.prompt_cache, users.retention_days, \
    users.language, users.time_zone, users.terms_accepted_at, users.created_at, users.updated_at";
pub type UserColumns = SelectedColumns<UserRow>;

/// An account's settings, also as the columns that a change of them writes.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(
    table_name = users,
    check_for_backend(Pg, Sqlite),
    treat_none_as_default_value = false,
    treat_none_as_null = true
)]
pub struct SettingsRow {
    pub default_model: Option<String>,
    pub on_disconnect: String,
    pub prompt_cache: String,
    pub retention_days: Option<i32>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.into(),
            email: user.email.as_str().to_owned(),
            name: user.name.as_deref().map(AnyText::from),
            role: role_name(user.role).to_owned(),
            status: status_name(user.status).to_owned(),
            password_hash: user
                .password_hash
                .as_ref()
                .map(|hash| hash.as_phc().to_owned()),
            security_version: user.security_version.into(),
            settings: (&user.settings).into(),
            terms_accepted_at: user.terms_accepted_at.map(Ts),
            created_at: user.created_at.into(),
            updated_at: user.updated_at.into(),
        }
    }
}

impl From<&UserSettings> for SettingsRow {
    fn from(settings: &UserSettings) -> Self {
        Self {
            default_model: settings
                .default_model
                .as_ref()
                .map(|model| model.as_str().to_owned()),
            on_disconnect: on_disconnect_name(settings.on_disconnect).to_owned(),
            prompt_cache: prompt_cache_name(settings.prompt_cache).to_owned(),
            retention_days: settings.retention_days.map(i32::from),
            language: settings.language.clone(),
            time_zone: settings.time_zone.clone(),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "users",
            row: &row.id.0,
        };
        Ok(Self {
            id: row.id.into(),
            email: reading.value("email", Email::parse(&row.email).ok())?,
            name: row.name.map(AnyText::into_text),
            role: reading.value("role", parse_role(&row.role))?,
            status: reading.value("status", parse_status(&row.status))?,
            password_hash: row.password_hash.map(PasswordHash::from_phc),
            security_version: reading.number("security_version", row.security_version)?,
            settings: settings_of(&reading, row.settings)?,
            terms_accepted_at: row.terms_accepted_at.map(Into::into),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        })
    }
}

fn settings_of(reading: &Reading<'_>, row: SettingsRow) -> Result<UserSettings, StoreError> {
    let default_model = row
        .default_model
        .map(|model| reading.value("default_model", ModelId::parse(&model).ok()))
        .transpose()?;
    let retention_days = row
        .retention_days
        .map(|days| reading.number("retention_days", days))
        .transpose()?;
    Ok(UserSettings {
        default_model,
        on_disconnect: reading.value("on_disconnect", parse_on_disconnect(&row.on_disconnect))?,
        prompt_cache: reading.value("prompt_cache", parse_prompt_cache(&row.prompt_cache))?,
        retention_days,
        language: row.language,
        time_zone: row.time_zone,
    })
}

pub fn role_name(role: UserRole) -> &'static str {
    match role {
        UserRole::User => "user",
        UserRole::Admin => "admin",
    }
}

fn parse_role(name: &str) -> Option<UserRole> {
    [UserRole::User, UserRole::Admin]
        .into_iter()
        .find(|role| role_name(*role) == name)
}

pub fn status_name(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Active => "active",
        UserStatus::Disabled => "disabled",
    }
}

fn parse_status(name: &str) -> Option<UserStatus> {
    [UserStatus::Active, UserStatus::Disabled]
        .into_iter()
        .find(|status| status_name(*status) == name)
}

fn on_disconnect_name(choice: OnDisconnect) -> &'static str {
    match choice {
        OnDisconnect::Finish => "finish",
        OnDisconnect::Stop => "stop",
    }
}

fn parse_on_disconnect(name: &str) -> Option<OnDisconnect> {
    [OnDisconnect::Finish, OnDisconnect::Stop]
        .into_iter()
        .find(|choice| on_disconnect_name(*choice) == name)
}

fn prompt_cache_name(lifetime: CacheLifetime) -> &'static str {
    match lifetime {
        CacheLifetime::Off => "off",
        CacheLifetime::FiveMinutes => "5m",
        CacheLifetime::OneHour => "1h",
    }
}

fn parse_prompt_cache(name: &str) -> Option<CacheLifetime> {
    [
        CacheLifetime::Off,
        CacheLifetime::FiveMinutes,
        CacheLifetime::OneHour,
    ]
    .into_iter()
    .find(|lifetime| prompt_cache_name(*lifetime) == name)
}

/// A one-time code; only written, its columns are read one by one.
#[derive(Insertable)]
#[diesel(table_name = reset_codes)]
pub struct ResetCodeRow {
    pub hash: Vec<u8>,
    pub user_id: Uid,
    pub created_at: Ts,
    pub expires_at: Ts,
}

impl From<&ResetCode> for ResetCodeRow {
    fn from(code: &ResetCode) -> Self {
        Self {
            hash: code.hash.0.to_vec(),
            user_id: code.user.into(),
            created_at: code.created_at.into(),
            expires_at: code.expires_at.into(),
        }
    }
}
