//! Migrations: inside the binary, run at the start, one process at a time.

use diesel::{Connection, backend::Backend, migration::MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use latchkey_domain::BoxError;

/// The schema for PostgreSQL.
pub const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
/// The schema for SQLite.
pub const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Why the schema is not what this program needs.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer program has been here.
    #[error(
        "the database's schema is newer than this program: it has migration {version}, which this program doesn't know. Start the newer program, or restore a backup from before the update"
    )]
    NewerSchema {
        /// The first version that isn't known here.
        version: String,
    },
    /// A migration can't be read, run or recorded.
    #[error("a migration failed: {0}")]
    Failed(String),
    /// The lock of migrations, or the connection for them, can't be had.
    #[error("migrations can't begin: {0}")]
    NotBegun(String),
}

/// Runs what is missing. The caller holds a lock that nobody else has on this database.
pub fn run<C>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<(), MigrateError>
where
    C: Connection + MigrationHarness<<C as Connection>::Backend>,
    <C as Connection>::Backend: Backend,
{
    refuse_newer_schema(conn, &migrations)?;
    conn.run_pending_migrations(migrations).map_err(failed)?;
    Ok(())
}

fn refuse_newer_schema<C>(conn: &mut C, migrations: &EmbeddedMigrations) -> Result<(), MigrateError>
where
    C: Connection + MigrationHarness<<C as Connection>::Backend>,
    <C as Connection>::Backend: Backend,
{
    let known = MigrationSource::<C::Backend>::migrations(migrations).map_err(failed)?;
    let applied = conn.applied_migrations().map_err(failed)?;
    let unknown = applied.iter().rev().find(|version| {
        !known
            .iter()
            .any(|migration| migration.name().version() == **version)
    });
    match unknown {
        None => Ok(()),
        Some(version) => Err(MigrateError::NewerSchema {
            version: version.to_string(),
        }),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn failed(error: BoxError) -> MigrateError {
    MigrateError::Failed(error.to_string())
}
