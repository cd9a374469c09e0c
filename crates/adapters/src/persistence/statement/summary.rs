//! Statements about the ledger.

use diesel::sql_types::{BigInt, Date, Nullable, Text};
use latchkey_domain::usage::{UsageEvent, UsageGroupBy, UsageQuery};

use super::Statement;
use crate::persistence::sql_types::DbUuid;

/// The columns of a group.
pub type Summary = (
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
    BigInt,
);

/// Takes the keys' names from those of these rows whose user is gone.
pub fn forget_names_of_nobody(events: &[UsageEvent]) -> Statement<()> {
    let start = Statement::new(
        "UPDATE usage_events SET key_name = NULL WHERE key_name IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = usage_events.user_id) AND usage_events.id IN (NULL",
    );
    let ids = events.iter().map(|event| event.id);
    ids.fold(start, |statement, id| statement.sql(", ").uuid(id))
        .sql(")")
}

/// The sums, per combination of the members by which the query groups. A sum that doesn't fit is an error on both databases.
pub fn summary(query: &UsageQuery) -> Statement<Summary> {
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
             , CAST(COALESCE(SUM(cost_nano_usd), 0) AS bigint)\
             , CAST(COALESCE(SUM(saved_nano_usd), 0) AS bigint) FROM (SELECT usage_events.*",
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
