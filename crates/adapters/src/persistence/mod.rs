//! Databases: the stores of the domain, on SQLite and on PostgreSQL.
//!
//! [`connect`] opens either; a [`Database`] hands out the stores. One schema (`schema.rs`) and one set of queries (`repos/`) serve
//! both: each file of `repos/` is plain code that is mounted twice, under `sqlite` and under `postgres`, which give it the
//! connection, the transaction and the few fragments that differ. `rows/` knows columns, `repos/` knows queries, `statement/` holds the few
//! statements that the query builder can't say.

#![expect(
    clippy::duplicate_mod,
    reason = "the queries are mounted once per database (docs/adr/0001)"
)]

mod constraint;
mod database;
mod failure;
mod location;
mod migrate;
mod page;
mod postgres;
mod rows;
mod schema;
mod sql_types;
mod sqlite;
mod statement;
mod text;
mod work;

pub use self::{
    database::{ConnectError, Database, DatabaseKind, DatabaseSettings, connect},
    location::{DatabaseUrl, InvalidDatabaseUrl},
    migrate::MigrateError,
    sqlite::backup::BackupError,
};
