//! The audit.

use async_trait::async_trait;
use diesel::{
    BoxableExpression, ExpressionMethods, QueryDsl, SelectableHelper, insert_into,
    sql_types::{Bool, Nullable},
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError,
    audit::{AuditEvent, AuditLog},
};

use super::{Backend, Db};
use crate::persistence::{rows::audit_event::AuditEventRow, schema::audit_events, sql_types::Uid};

type Condition = Box<dyn BoxableExpression<audit_events::table, Backend, SqlType = Nullable<Bool>>>;

/// That a line is about a thing of `owner`.
fn is_of(owner: Owner) -> Condition {
    match owner {
        Owner::User(id) => Box::new(audit_events::owner_user_id.eq(Uid::from(id))),
        Owner::Team(id) => Box::new(audit_events::owner_team_id.eq(Uid::from(id))),
    }
}

#[async_trait]
impl AuditLog for Db {
    async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let row = AuditEventRow::from(event);
        self.write_statement(async move |conn| {
            insert_into(audit_events::table)
                .values(row)
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    async fn list_audit(&self, owner: Owner, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        self.read(async move |conn| {
            let rows = audit_events::table
                .filter(is_of(owner))
                .order(audit_events::seq.desc())
                .limit(limit.into())
                .select(AuditEventRow::as_select())
                .load(conn)
                .await?;
            Ok(rows
                .into_iter()
                .map(AuditEvent::try_from)
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
