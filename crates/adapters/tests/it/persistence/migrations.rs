//! The schema: up, down and up again, by many at once, and never backwards by mistake.

use std::path::Path;

use diesel::{Connection, SqliteConnection};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper,
};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use latchkey_adapters::persistence::{DatabaseSettings, MigrateError, connect};
use tokio::task::{JoinSet, spawn_blocking};

use super::databases::{PostgresDatabase, SqliteFolder};

const UNKNOWN: &str = "99991231235959";

fn migrations(database: &str) -> FileBasedMigrations {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../migrations")
        .join(database);
    FileBasedMigrations::from_path(folder).unwrap()
}

/// Up, down, up; returns what `describe` says after each.
fn up_down_up<C>(
    conn: &mut C,
    database: &str,
    describe: impl Fn(&mut C) -> Vec<String>,
) -> [Vec<String>; 3]
where
    C: Connection + MigrationHarness<<C as Connection>::Backend>,
{
    let up = |conn: &mut C| {
        conn.run_pending_migrations(migrations(database)).unwrap();
        describe(conn)
    };
    let first = up(conn);
    conn.revert_all_migrations(migrations(database)).unwrap();
    let empty = describe(conn);
    [first, empty, up(conn)]
}

fn texts<C>(conn: &mut C, sql: &str) -> Vec<String>
where
    C: diesel::connection::LoadConnection,
    C::Backend: diesel::internal::migrations::DieselReserveSpecialization,
    diesel::dsl::SqlTypeOf<diesel::expression::SqlLiteral<diesel::sql_types::Text>>: Sized,
    diesel::query_builder::SqlQuery: for<'a> diesel::query_dsl::LoadQuery<'a, C, Line>,
{
    use diesel::RunQueryDsl;
    let lines: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
    lines.into_iter().map(|line| line.line).collect()
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

#[test]
fn sqlite_goes_up_down_and_up_again() {
    let folder = SqliteFolder::new();
    let file = folder.path().join("schema.db");
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let [first, empty, second] = up_down_up(&mut conn, "sqlite", |conn| {
        texts(
            conn,
            "SELECT sql AS line FROM sqlite_master WHERE sql IS NOT NULL \
             AND name <> '__diesel_schema_migrations' AND name NOT LIKE 'search\\_words\\_%' ESCAPE '\\' ORDER BY name",
        )
    });
    assert_eq!(empty, [""; 0]);
    assert_eq!(first, second);
    let tables: Vec<_> = first
        .iter()
        .filter(|sql| sql.starts_with("CREATE TABLE"))
        .collect();
    assert_eq!(tables.len(), 19);
    assert!(
        tables.iter().all(|sql| sql.ends_with("STRICT")),
        "{tables:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_goes_up_down_and_up_again() {
    let fresh = PostgresDatabase::create().await;
    let conn = AsyncPgConnection::establish(&fresh.url()).await.unwrap();
    let [first, empty, second] = spawn_blocking(move || {
        let mut conn = AsyncConnectionWrapper::<AsyncPgConnection>::from(conn);
        up_down_up(&mut conn, "postgres", |conn| {
            texts(
                conn,
                "SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line \
                 FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations' \
                 UNION ALL SELECT indexdef FROM pg_indexes \
                 WHERE schemaname = 'public' AND tablename <> '__diesel_schema_migrations' \
                 UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint \
                 WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> '__diesel_schema_migrations' \
                 ORDER BY 1",
            )
        })
    })
    .await
    .unwrap();
    assert_eq!(empty, [""; 0]);
    assert_eq!(first, second);
    for column in [
        "api_keys.id uuid NO gen_random_uuid()",
        "api_keys.created_at timestamp with time zone NO CURRENT_TIMESTAMP",
        "api_keys.encrypted_key bytea NO ",
        "api_keys.is_active boolean NO true",
        "api_keys.name character varying NO ",
        "api_keys FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE",
    ] {
        assert!(
            first.iter().any(|line| line == column),
            "{column} is missing"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_that_start_at_once_make_one_schema_on_sqlite() {
    for _ in 0..5 {
        let folder = SqliteFolder::new();
        start_at_once(&folder.settings()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_that_start_at_once_make_one_schema_on_postgres() {
    for _ in 0..3 {
        let fresh = PostgresDatabase::create().await;
        start_at_once(&fresh.settings()).await;
    }
}

async fn start_at_once(settings: &DatabaseSettings) {
    let mut starts = JoinSet::new();
    for _ in 0..8 {
        let settings = settings.clone();
        starts.spawn(async move {
            let database = connect(&settings).await.unwrap();
            database.migrate().await.unwrap();
            database.ping().await.unwrap();
        });
    }
    assert_eq!(starts.join_all().await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused_on_sqlite() {
    let folder = SqliteFolder::new();
    // Closed, not only dropped: its threads hold the file until they have ended.
    folder.database().await.close().await;
    let mut conn = SqliteConnection::establish(folder.file().to_str().unwrap()).unwrap();
    diesel::connection::SimpleConnection::batch_execute(
        &mut conn,
        &format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{UNKNOWN}')"),
    )
    .unwrap();
    refused(&folder.settings()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused_on_postgres() {
    let fresh = PostgresDatabase::create().await;
    drop(fresh.database().await);
    fresh
        .client()
        .await
        .batch_execute(&format!(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('{UNKNOWN}')"
        ))
        .await
        .unwrap();
    refused(&fresh.settings()).await;
}

async fn refused(settings: &DatabaseSettings) {
    let database = connect(settings).await.unwrap();
    match database.migrate().await {
        Err(MigrateError::NewerSchema { version }) => assert_eq!(version, UNKNOWN),
        other => panic!("not refused: {other:?}"),
    }
}
