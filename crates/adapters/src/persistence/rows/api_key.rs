//! Rows of `api_keys`.

use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use latchkey_domain::{
    StoreError,
    api_key::{ApiKey, Fingerprint, KeyChange, KeyHint, KeyStatus, Provider, SealedSecret},
    time::Timestamp,
};

use super::{Reading, owner_columns};
use crate::persistence::{
    schema::api_keys,
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// A stored key.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub struct ApiKeyRow {
    pub id: Uid,
    pub user_id: Option<Uid>,
    pub team_id: Option<Uid>,
    pub provider: String,
    pub name: AnyText,
    pub hint: String,
    pub encrypted_key: Vec<u8>,
    pub data_key_version: i64,
    pub record_version: i64,
    pub fingerprint: Vec<u8>,
    pub status: String,
    pub status_detail: Option<AnyText>,
    pub is_active: bool,
    pub position: i32,
    pub created_at: Ts,
    pub updated_at: Ts,
    pub last_used_at: Option<Ts>,
    pub last_verified_at: Option<Ts>,
    pub expires_at: Option<Ts>,
    pub rotated_at: Option<Ts>,
}

/// What an owner's change writes.
#[expect(
    clippy::option_option,
    reason = "so Diesel tells what stays from what becomes NULL"
)]
#[derive(Debug, AsChangeset)]
#[diesel(table_name = api_keys)]
pub struct KeyChangeRow {
    pub name: Option<AnyText>,
    pub is_active: Option<bool>,
    pub expires_at: Option<Option<Ts>>,
    pub updated_at: Ts,
}

impl KeyChangeRow {
    /// The columns that `change` writes at `at`.
    pub fn new(change: &KeyChange, at: Timestamp) -> Self {
        Self {
            name: change.name.as_deref().map(AnyText::from),
            is_active: change.is_active,
            expires_at: change.expires_at.map(|expiry| expiry.map(Ts)),
            updated_at: at.into(),
        }
    }
}

impl From<&ApiKey> for ApiKeyRow {
    fn from(key: &ApiKey) -> Self {
        let (user_id, team_id) = owner_columns(key.owner);
        Self {
            id: key.id.into(),
            user_id,
            team_id,
            provider: key.provider.as_str().to_owned(),
            name: key.name.as_str().into(),
            hint: key.hint.as_str().to_owned(),
            encrypted_key: key.sealed.blob.clone(),
            data_key_version: key.sealed.data_key_version.into(),
            record_version: key.sealed.record_version.into(),
            fingerprint: key.fingerprint.0.to_vec(),
            status: key.status.as_str().to_owned(),
            status_detail: key.status_detail.as_deref().map(AnyText::from),
            is_active: key.is_active,
            position: key.position,
            created_at: key.created_at.into(),
            updated_at: key.updated_at.into(),
            last_used_at: key.last_used_at.map(Ts),
            last_verified_at: key.last_verified_at.map(Ts),
            expires_at: key.expires_at.map(Ts),
            rotated_at: key.rotated_at.map(Ts),
        }
    }
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: ApiKeyRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "api_keys",
            row: &row.id.0,
        };
        let sealed = SealedSecret {
            data_key_version: reading.number("data_key_version", row.data_key_version)?,
            record_version: reading.number("record_version", row.record_version)?,
            blob: row.encrypted_key,
        };
        Ok(Self {
            id: row.id.into(),
            owner: reading.owner(row.user_id, row.team_id)?,
            provider: reading.value("provider", parse_provider(&row.provider))?,
            name: row.name.into_text(),
            hint: KeyHint::from_stored(row.hint),
            sealed,
            fingerprint: Fingerprint(reading.bytes("fingerprint", &row.fingerprint)?),
            status: reading.value("status", KeyStatus::parse(&row.status))?,
            status_detail: row.status_detail.map(AnyText::into_text),
            is_active: row.is_active,
            position: row.position,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            last_used_at: row.last_used_at.map(Into::into),
            last_verified_at: row.last_verified_at.map(Into::into),
            expires_at: row.expires_at.map(Into::into),
            rotated_at: row.rotated_at.map(Into::into),
        })
    }
}

fn parse_provider(name: &str) -> Option<Provider> {
    (name == Provider::Anthropic.as_str()).then_some(Provider::Anthropic)
}
