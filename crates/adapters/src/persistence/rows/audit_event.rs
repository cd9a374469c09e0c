//! Rows of `audit_events`.

use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use latchkey_domain::{
    StoreError,
    audit::{AuditAction, AuditEvent},
};

use super::{Reading, owner_columns};
use crate::persistence::{
    schema::audit_events,
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// A line of the audit.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub struct AuditEventRow {
    pub id: Uid,
    pub at: Ts,
    pub owner_user_id: Option<Uid>,
    pub owner_team_id: Option<Uid>,
    pub actor: Option<Uid>,
    pub action: String,
    pub subject: Option<AnyText>,
}

impl From<&AuditEvent> for AuditEventRow {
    fn from(event: &AuditEvent) -> Self {
        let (owner_user_id, owner_team_id) = owner_columns(event.owner);
        Self {
            id: event.id.into(),
            at: event.at.into(),
            owner_user_id,
            owner_team_id,
            actor: event.actor.map(Uid::from),
            action: event.action.as_str().to_owned(),
            subject: event.subject.as_deref().map(AnyText::from),
        }
    }
}

impl TryFrom<AuditEventRow> for AuditEvent {
    type Error = StoreError;

    fn try_from(row: AuditEventRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "audit_events",
            row: &row.id.0,
        };
        Ok(Self {
            id: row.id.into(),
            at: row.at.into(),
            owner: reading.owner(row.owner_user_id, row.owner_team_id)?,
            actor: row.actor.map(Into::into),
            action: reading.value("action", AuditAction::parse(&row.action))?,
            subject: row.subject.map(AnyText::into_text),
        })
    }
}
