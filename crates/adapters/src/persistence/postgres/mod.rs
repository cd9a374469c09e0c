//! PostgreSQL, through a pool of connections.

mod language;
mod pool;
mod tls;

/// Inserts rows, at least one, in one statement.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        diesel::insert_into($table)
            .values($rows)
            .execute($conn)
            .await?;
    }};
}

/// As `insert_all`, but rows whose key stands already are left out.
macro_rules! insert_missing {
    ($conn:expr, $table:expr, $rows:expr) => {{
        diesel::insert_into($table)
            .values($rows)
            .on_conflict_do_nothing()
            .execute($conn)
            .await?;
    }};
}

#[path = "../repos/answer.rs"]
mod answer;
#[path = "../repos/api_key.rs"]
mod api_key;
#[path = "../repos/archive.rs"]
mod archive;
#[path = "../repos/audit.rs"]
mod audit;
#[path = "../repos/conversation.rs"]
mod conversation;
#[path = "../repos/data_key.rs"]
mod data_key;
#[path = "../repos/personal_token.rs"]
mod personal_token;
#[path = "../repos/search.rs"]
mod search;
#[path = "search.rs"]
mod search_words;
#[path = "../repos/session.rs"]
mod session;
#[path = "../repos/share.rs"]
mod share;
mod turn;
#[path = "../repos/usage.rs"]
mod usage;
#[path = "../repos/user.rs"]
mod user;

use deadpool::managed::Object;
use diesel::result::{DatabaseErrorKind, Error as SqlError};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager,
    pooled_connection::PoolableConnection,
};
use latchkey_domain::StoreError;
use tokio::runtime::Handle;

pub use self::language::warn_unless_english;
use self::pool::{Pool, PoolError, Pooled};
pub use self::{
    pool::{ConnectionFailed, Server},
    tls::TlsError,
};
use super::{
    failure::{Failure, store_error},
    statement::Statement,
    work::Work,
};

/// A connection.
pub type Conn = AsyncPgConnection;
/// The dialect.
pub type Backend = diesel::pg::Pg;

// What differs from SQLite in a statement:
/// conversations of a user that were idle for longer than the user's retention,
const IDLE_TOO_LONG: [&str; 2] = [
    "conversations.updated_at < ",
    " - users.retention_days * interval '1 day'",
];
/// how two that take rows away don't take the same,
const SKIP_LOCKED: &str = " FOR UPDATE SKIP LOCKED";
/// how they don't take a conversation that somebody goes on with, and look again at one that somebody has just gone on with,
const SKIP_LOCKED_CONVERSATIONS: &str = " FOR UPDATE OF conversations SKIP LOCKED";
/// how they wait for each other,
const LOCKED: &str = " FOR UPDATE";
/// and how a list of numbers is given.
const ANY_OF: [&str; 2] = [" = ANY(CAST(string_to_array(", ", ',') AS bigint[]))"];

/// The database, behind a pool.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    runtime: Handle,
}

impl Db {
    /// The database behind a pool of at most `most` connections; work runs on `runtime`.
    pub fn new(
        server: Server,
        most: usize,
        runtime: Handle,
    ) -> Result<Self, deadpool::managed::BuildError> {
        let pool = server.pool(most)?;
        Ok(Self { pool, runtime })
    }

    /// A connection outside of the pool, without its limits on time: for migrations.
    pub async fn connect(&self) -> Result<Conn, ConnectionFailed> {
        self.pool.manager().connect().await
    }

    /// Runs `work` on a connection, without a transaction: each of its statements sees one state of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
            + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
            + Send
            + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        run_without_transaction(&self.pool, work).await
    }

    /// Runs `work` in a transaction. A caller that leaves doesn't stop it.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
            + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
            + Send
            + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        self.runtime
            .spawn(async move { run_in_transaction(&pool, work).await })
            .await
            .unwrap_or_else(|died| Err(StoreError::Internal(died.into()).into()))
    }

    /// As [`write`](Self::write), for work of a single statement, which is a transaction of its own: three messages less.
    pub async fn write_statement<T, E, F>(&self, work: F) -> Result<T, E>
    where
        for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
            + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
            + Send
            + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        self.runtime
            .spawn(async move { run_without_transaction(&pool, work).await })
            .await
            .unwrap_or_else(|died| Err(StoreError::Internal(died.into()).into()))
    }

    /// Closes the pool; work that runs has its connection to the end.
    pub fn close(&self) {
        self.pool.close();
    }
}

async fn run_without_transaction<T, E, F>(pool: &Pool, work: F) -> Result<T, E>
where
    for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
        + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
        + Send,
    E: From<StoreError>,
{
    let mut conn = pool.get().await.map_err(no_connection)?;
    let failure = match work(&mut conn).await {
        Ok(value) => return Ok(value),
        Err(failure) => failure,
    };
    let is_doubtful = is_of_the_connection(&failure);
    let error = port_error(failure, &mut conn);
    if is_doubtful {
        drop(Object::take(conn));
    }
    Err(error)
}

/// Whether these may be a connection's last words. The driver learns that it was closed only after them, and nobody shall get it until then.
fn is_of_the_connection<E>(failure: &Failure<E>) -> bool {
    use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand, Unknown};
    let Failure::Sql(SqlError::DatabaseError(kind, _)) = failure else {
        return false;
    };
    matches!(kind, ClosedConnection | UnableToSendCommand | Unknown)
}

async fn run_in_transaction<T, E, F>(pool: &Pool, work: F) -> Result<T, E>
where
    for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
        + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
        + Send,
    E: From<StoreError>,
{
    let mut conn = begin(pool).await?;
    match work(&mut conn).await {
        Ok(value) => match AnsiTransactionManager::commit_transaction(&mut *conn).await {
            Ok(()) => Ok(value),
            Err(error) => Err(port_error(Failure::Sql(error), &mut conn)),
        },
        Err(failure) => {
            // If that fails too the connection is dead, and the server rolls back what it had begun.
            drop(AnsiTransactionManager::rollback_transaction(&mut *conn).await);
            Err(port_error(failure, &mut conn))
        }
    }
}

/// A connection in a transaction. Nothing was done before `BEGIN`, so a connection that turns out to be dead there is replaced.
async fn begin(pool: &Pool) -> Result<Pooled, StoreError> {
    loop {
        let mut conn = pool.get().await.map_err(no_connection)?;
        match AnsiTransactionManager::begin_transaction(&mut *conn).await {
            Ok(()) => return Ok(conn),
            Err(_) if Object::metrics(&conn).recycle_count > 0 => drop(Object::take(conn)),
            Err(error) => return Err(store_error(error)),
        }
    }
}

/// The failure for the caller of the port. If the connection went with it, the database was unavailable, whatever the last words were.
fn port_error<E: From<StoreError>>(failure: Failure<E>, conn: &mut Conn) -> E {
    match failure {
        Failure::Sql(error) if !is_of_the_program(&error) && conn.is_broken() => {
            StoreError::Unavailable(Box::new(error)).into()
        }
        failure => failure.into_port_error(),
    }
}

/// Whether the error is about the statement, and not about the connection under it.
fn is_of_the_program(error: &SqlError) -> bool {
    !matches!(
        error,
        SqlError::DatabaseError(..) | SqlError::BrokenTransactionManager
    )
}

fn no_connection(error: PoolError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// Until the end of this transaction nobody else has the lock `key`: for what must not be done by two at once and has no row to lock.
async fn lock_until_commit(conn: &mut Conn, key: i64) -> diesel::QueryResult<()> {
    Statement::<()>::new("SELECT pg_advisory_xact_lock(")
        .number(key)
        .sql(")")
        .execute(conn)
        .await?;
    Ok(())
}
