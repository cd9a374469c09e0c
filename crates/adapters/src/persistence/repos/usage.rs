//! The ledger.

use async_trait::async_trait;
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    StoreError,
    usage::{UsageEvent, UsageGroup, UsageLedger, UsageQuery},
};

use super::{Conn, Db};
use crate::persistence::{
    failure::Failure,
    rows::usage_event::{UsageEventRow, UsageGroupRow},
    schema::usage_events,
    statement::summary::summary,
};

#[async_trait]
impl UsageLedger for Db {
    async fn append_usage(&self, events: &[UsageEvent]) -> Result<(), StoreError> {
        let rows = usage_rows(events)?;
        self.write_statement(async move |conn| append_rows(conn, rows).await)
            .await
    }

    async fn summarize_usage(&self, query: &UsageQuery) -> Result<Vec<UsageGroup>, StoreError> {
        let query = query.clone();
        self.read(async move |conn| {
            let groups = summary(&query).load::<UsageGroupRow>(conn).await?;
            let groups = groups
                .into_iter()
                .map(|group| group.into_group(&query.group_by));
            Ok(groups.collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// The rows of these events.
pub(super) fn usage_rows(events: &[UsageEvent]) -> Result<Vec<UsageEventRow>, StoreError> {
    events.iter().map(UsageEventRow::try_from).collect()
}

/// Adds rows; those that stand already stay as they are.
pub(super) async fn append_rows(
    conn: &mut Conn,
    mut rows: Vec<UsageEventRow>,
) -> Result<(), Failure<StoreError>> {
    // Nearly always it is one, and a statement for one row stays prepared.
    if rows.len() == 1 {
        let only = rows.swap_remove(0);
        insert_missing!(conn, usage_events::table, [only]);
    } else if !rows.is_empty() {
        insert_missing!(conn, usage_events::table, rows);
    }
    Ok(())
}
