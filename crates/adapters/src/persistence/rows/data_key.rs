//! Rows of `data_keys`, `crypto_state` and `canaries`.

use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use latchkey_domain::{
    StoreError,
    api_key::{CryptoState, DataKey, KekCanary},
};

use super::{Reading, owner_columns};
use crate::persistence::{
    schema::{canaries, crypto_state, data_keys},
    sql_types::{Ts, Uid},
};

/// A wrapped data key.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = data_keys, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub struct DataKeyRow {
    pub id: Uid,
    pub user_id: Option<Uid>,
    pub team_id: Option<Uid>,
    pub version: i64,
    pub root_version: i64,
    pub wrapped: Vec<u8>,
    pub created_at: Ts,
}

impl From<&DataKey> for DataKeyRow {
    fn from(key: &DataKey) -> Self {
        let (user_id, team_id) = owner_columns(key.owner);
        Self {
            id: key.id.into(),
            user_id,
            team_id,
            version: key.version.into(),
            root_version: key.root_version.into(),
            wrapped: key.wrapped.clone(),
            created_at: key.created_at.into(),
        }
    }
}

impl TryFrom<DataKeyRow> for DataKey {
    type Error = StoreError;

    fn try_from(row: DataKeyRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "data_keys",
            row: &row.id.0,
        };
        Ok(Self {
            id: row.id.into(),
            owner: reading.owner(row.user_id, row.team_id)?,
            version: reading.number("version", row.version)?,
            root_version: reading.number("root_version", row.root_version)?,
            wrapped: row.wrapped,
            created_at: row.created_at.into(),
        })
    }
}

/// The one row of `crypto_state`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = crypto_state, check_for_backend(Pg, Sqlite))]
pub struct CryptoStateRow {
    pub id: i32,
    pub deployment: Vec<u8>,
    pub active_root_version: i64,
    pub min_root_version: i64,
}

impl From<&CryptoState> for CryptoStateRow {
    fn from(state: &CryptoState) -> Self {
        Self {
            id: 1,
            deployment: state.deployment.to_vec(),
            active_root_version: state.active_root_version.into(),
            min_root_version: state.min_root_version.into(),
        }
    }
}

/// A canary.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = canaries, check_for_backend(Pg, Sqlite))]
pub struct CanaryRow {
    pub root_version: i64,
    pub sealed: Vec<u8>,
}

impl From<&KekCanary> for CanaryRow {
    fn from(canary: &KekCanary) -> Self {
        Self {
            root_version: canary.root_version.into(),
            sealed: canary.sealed.clone(),
        }
    }
}

/// The crypto state of its row, which comes once beside each canary (and once without one if there is none).
pub fn crypto_state_of(
    rows: Vec<(CryptoStateRow, Option<CanaryRow>)>,
) -> Result<Option<CryptoState>, StoreError> {
    let mut state = None;
    for (row, canary) in rows {
        let reading = Reading {
            table: "crypto_state",
            row: &row.id,
        };
        if state.is_none() {
            state = Some(CryptoState {
                deployment: reading.bytes("deployment", &row.deployment)?,
                active_root_version: reading
                    .number("active_root_version", row.active_root_version)?,
                min_root_version: reading.number("min_root_version", row.min_root_version)?,
                canaries: Vec::new(),
            });
        }
        if let (Some(state), Some(canary)) = (&mut state, canary) {
            let reading = Reading {
                table: "canaries",
                row: &canary.root_version,
            };
            state.canaries.push(KekCanary {
                root_version: reading.number("root_version", canary.root_version)?,
                sealed: canary.sealed,
            });
        }
    }
    Ok(state)
}
