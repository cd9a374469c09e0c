//! The ledger.

use async_trait::async_trait;
use diesel::sql_types::{BigInt, Date, Nullable, Text};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    StoreError,
    usage::{UsageEvent, UsageGroup, UsageGroupBy, UsageLedger, UsageQuery},
};

use super::{Conn, Db};
use crate::persistence::{
    failure::Failure,
    rows::usage_event::{UsageEventRow, UsageGroupRow},
    schema::usage_events,
    sql_types::DbUuid,
    statement::Statement,
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

type Summary = (
    Nullable<Date>,
    Nullable<Text>,
    Nullable<DbUuid>,
    Nullable<Text>,
    Nullable<Text>,
    Sums,
);
type Sums = (
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
);

/// The sums, per combination of the members by which the query groups. A sum that doesn't fit is an error on both databases.
fn summary(query: &UsageQuery) -> Statement<Summary> {
    let grouped = |by| query.group_by.contains(&by);
    let member = |by: UsageGroupBy, sql, none| if grouped(by) { sql } else { none };
    let by_key = grouped(UsageGroupBy::Key);
    let mut statement = Statement::new("SELECT ")
        .sql(member(UsageGroupBy::Day, "day", "CAST(NULL AS date)"))
        .sql(member(
            UsageGroupBy::Model,
            ", model",
            ", CAST(NULL AS text)",
        ))
        .sql(member(
            UsageGroupBy::Key,
            ", key_id",
            ", CAST(NULL AS uuid)",
        ))
        .sql(if by_key {
            ", MAX(last_name)"
        } else {
            ", CAST(NULL AS text)"
        })
        .sql(member(
            UsageGroupBy::Conversation,
            ", conversation",
            ", CAST(NULL AS text)",
        ))
        .sql(
            ", COUNT(*), COUNT(input), COUNT(cost_nano_usd)\
             , CAST(COALESCE(SUM(input), 0) AS bigint), CAST(COALESCE(SUM(output), 0) AS bigint)\
             , CAST(COALESCE(SUM(cache_read), 0) AS bigint)\
             , CAST(COALESCE(SUM(cache_write_5m), 0) AS bigint)\
             , CAST(COALESCE(SUM(cache_write_1h), 0) AS bigint)\
             , CAST(COALESCE(SUM(thinking), 0) AS bigint)\
             , CAST(COALESCE(SUM(web_searches), 0) AS bigint)\
             , CAST(COALESCE(SUM(web_fetches), 0) AS bigint)\
             , CAST(COALESCE(SUM(cost_nano_usd), 0) AS bigint) FROM (SELECT usage_events.*",
        );
    if by_key {
        // The last name of a key within its group.
        statement = columns(
            statement.sql(", FIRST_VALUE(key_name) OVER (PARTITION BY "),
            query,
            "",
        )
        .sql(" ORDER BY key_name IS NULL, at DESC, id DESC) AS last_name");
    }
    statement = statement
        .sql(" FROM usage_events WHERE user_id = ")
        .uuid(query.user)
        .sql(" AND day >= ")
        .date(query.from)
        .sql(" AND day <= ")
        .date(query.to)
        .sql(") AS events");
    if query.group_by.is_empty() {
        statement
    } else {
        statement = columns(statement.sql(" GROUP BY "), query, "");
        columns(statement.sql(" ORDER BY "), query, " NULLS FIRST")
    }
}

/// The columns by which the query groups, each followed by `ending`.
fn columns<ST>(
    mut statement: Statement<ST>,
    query: &UsageQuery,
    ending: &'static str,
) -> Statement<ST> {
    for (index, by) in query.group_by.iter().enumerate() {
        if index > 0 {
            statement = statement.sql(", ");
        }
        statement = statement
            .sql(match by {
                UsageGroupBy::Day => "day",
                UsageGroupBy::Model => "model",
                UsageGroupBy::Key => "key_id",
                UsageGroupBy::Conversation => "conversation",
            })
            .sql(ending);
    }
    statement
}
