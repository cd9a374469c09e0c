//! The database, whichever it is.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
};

use diesel::sql_types::BigInt;
use diesel_async::{
    RunQueryDsl, SimpleAsyncConnection, async_connection_wrapper::AsyncConnectionWrapper,
};
use latchkey_domain::{
    StoreError,
    api_key::{ApiKeyRepo, DataKeyRepo},
    archive::ArchiveRepo,
    audit::AuditLog,
    conversation::{AnswerRepo, ConversationRepo},
    personal_token::PersonalTokenRepo,
    search::SearchRepo,
    session::SessionRepo,
    share::ShareRepo,
    usage::UsageLedger,
    user::UserRepo,
};
use tokio::{runtime::Handle, task::spawn_blocking};

use super::{
    location::DatabaseUrl,
    migrate::{self, MigrateError},
    postgres,
    sqlite::{
        self,
        backup::{self, BackupError},
        file::{self, FileError},
    },
    statement::Statement,
};

/// The lock under which PostgreSQL's schema is changed.
const MIGRATION_LOCK: i64 = 0x6c61_7463_686b_0000;

/// Which database it is, and how much of it is used.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Most connections to PostgreSQL.
    pub max_connections: usize,
    /// Threads that read SQLite.
    pub sqlite_readers: usize,
}

impl DatabaseSettings {
    /// The usual settings for this database.
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            max_connections: 16,
            // More than the machine's cores only share less.
            sqlite_readers: available_parallelism().map_or(2, usize::from).clamp(2, 4),
        }
    }
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

/// Why the database can't be used. No text here has a password in it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The file can't be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another server process uses the file.
    #[error("{0} is in use by another latchkey server")]
    AlreadyServed(PathBuf),
    /// TLS can't be set up.
    #[error(transparent)]
    Tls(#[from] postgres::TlsError),
    /// The server can't be reached or refuses us.
    #[error("{url} can't be reached: {cause}")]
    Server {
        /// The address, without password.
        url: String,
        /// Why.
        cause: String,
    },
}

/// The database: all stores on it, and what an operator does with it.
///
/// Cheap to clone. Its methods may be awaited anywhere; the work runs on the runtime on which it was connected.
#[derive(Clone)]
pub struct Database {
    stores: Stores,
    serving: Arc<Mutex<Option<File>>>,
}

#[derive(Clone)]
enum Stores {
    Sqlite(Arc<sqlite::Db>),
    Postgres(Arc<postgres::Db>),
}

/// Opens the database; an SQLite file that doesn't exist is made. The schema may be old until [`Database::migrate`] was called.
///
/// Must be called on the runtime that lives as long as the program.
///
/// # Errors
/// [`ConnectError`] when the file can't be used or the server can't be reached.
pub async fn connect(settings: &DatabaseSettings) -> Result<Database, ConnectError> {
    let stores = match &settings.url {
        DatabaseUrl::Sqlite(path) => {
            let (path, readers) = (path.clone(), settings.sqlite_readers);
            let db = spawn_blocking(move || sqlite::Db::open(&path, readers))
                .await
                .map_err(|error| unreachable(&settings.url, &error))??;
            Stores::Sqlite(Arc::new(db))
        }
        DatabaseUrl::Postgres(url) => {
            let runtime = Handle::current();
            let server = postgres::Server::new(url, runtime.clone())?;
            let db = postgres::Db::new(server, settings.max_connections, runtime)
                .map_err(|error| unreachable(&settings.url, &error))?;
            let mut conn = db
                .connect()
                .await
                .map_err(|error| unreachable(&settings.url, &error))?;
            postgres::warn_unless_english(&mut conn)
                .await
                .map_err(|error| unreachable(&settings.url, &error))?;
            Stores::Postgres(Arc::new(db))
        }
    };
    Ok(Database {
        stores,
        serving: Arc::default(),
    })
}

fn unreachable(url: &DatabaseUrl, cause: &dyn std::error::Error) -> ConnectError {
    ConnectError::Server {
        url: url.to_string(),
        cause: cause.to_string(),
    }
}

macro_rules! stores {
    ($($(#[$doc:meta])* $name:ident: $port:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> Arc<dyn $port> {
            match &self.stores {
                Stores::Sqlite(db) => db.clone(),
                Stores::Postgres(db) => db.clone(),
            }
        }
    )*};
}

impl Database {
    stores! {
        /// Accounts.
        users: UserRepo;
        /// Sign-ins.
        sessions: SessionRepo;
        personal_tokens: PersonalTokenRepo;
        /// Provider keys.
        api_keys: ApiKeyRepo;
        /// Data keys and the crypto state.
        data_keys: DataKeyRepo;
        /// Conversations.
        conversations: ConversationRepo;
        /// Conversations as a whole.
        archive: ArchiveRepo;
        /// Links to conversations.
        shares: ShareRepo;
        /// The search.
        search: SearchRepo;
        /// Turns and running answers.
        answers: AnswerRepo;
        /// The ledger.
        usage: UsageLedger;
        /// The audit.
        audit: AuditLog;
    }

    /// Which database it is.
    pub fn kind(&self) -> DatabaseKind {
        match &self.stores {
            Stores::Sqlite(_) => DatabaseKind::Sqlite,
            Stores::Postgres(_) => DatabaseKind::Postgres,
        }
    }

    /// Brings the schema up to date. Safe when several processes do it at once: one does, the others wait.
    ///
    /// # Errors
    /// [`MigrateError::NewerSchema`] when a newer program has been here; else that it failed.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        match &self.stores {
            Stores::Sqlite(db) => {
                let path = db.path().to_owned();
                spawn_blocking(move || migrate_sqlite(&path))
                    .await
                    .map_err(not_begun)?
            }
            Stores::Postgres(db) => migrate_postgres(db).await,
        }
    }

    /// Says that this process serves from now on until it ends. On SQLite only one may.
    ///
    /// # Errors
    /// [`ConnectError::AlreadyServed`] when another process serves the same file.
    pub fn begin_serving(&self) -> Result<(), ConnectError> {
        let Stores::Sqlite(db) = &self.stores else {
            return Ok(());
        };
        let mut serving = self.serving.lock().unwrap_or_else(PoisonError::into_inner);
        if serving.is_none() {
            let lock = file::lock_for_serving(db.path())?;
            let lock = lock.ok_or_else(|| ConnectError::AlreadyServed(db.path().to_owned()))?;
            *serving = Some(lock);
        }
        Ok(())
    }

    /// Whether no other server process can be using this database: then what others seem to be doing was left by a dead one.
    pub fn is_exclusive(&self) -> bool {
        self.serving
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError`] when there is none.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let question = || Statement::<BigInt>::new("SELECT CAST(1 AS bigint)");
        let _: i64 = match &self.stores {
            Stores::Sqlite(db) => {
                db.read(async move |conn| Ok(question().get_result(conn).await?))
                    .await?
            }
            Stores::Postgres(db) => {
                db.read(async move |conn| Ok(question().get_result(conn).await?))
                    .await?
            }
        };
        Ok(())
    }

    /// Copies the database, as it is at one instant, into the new file `target`, while it is in use. SQLite only: `None` for a server,
    /// which has tools of its own.
    ///
    /// # Errors
    /// [`BackupError`] when the file exists or can't be written, or the database can't be read.
    pub async fn backup(&self, target: &Path) -> Option<Result<(), BackupError>> {
        let Stores::Sqlite(db) = &self.stores else {
            return None;
        };
        let (database, target) = (db.path().to_owned(), target.to_owned());
        let copied = spawn_blocking(move || backup::copy(&database, &target)).await;
        Some(copied.unwrap_or_else(|died| Err(BackupError::Interrupted(died.to_string()))))
    }

    /// Ends all work after what waits, and closes the database. What is asked for afterwards is refused.
    pub async fn close(&self) {
        match &self.stores {
            Stores::Sqlite(db) => {
                let db = db.clone();
                // It only fails when the runtime is going down, and then the threads end with the process.
                drop(spawn_blocking(move || db.close()).await);
            }
            Stores::Postgres(db) => db.close(),
        }
        let lock = self
            .serving
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(lock);
    }
}

fn migrate_sqlite(path: &Path) -> Result<(), MigrateError> {
    let lock = file::lock_for_setup(path).map_err(not_begun)?;
    let mut conn = file::open(path, file::Purpose::Write).map_err(not_begun)?;
    migrate::run(&mut conn, migrate::SQLITE)?;
    drop(lock);
    Ok(())
}

async fn migrate_postgres(db: &postgres::Db) -> Result<(), MigrateError> {
    let mut conn = db.connect().await.map_err(not_begun)?;
    // Waiting for another replica's migration, and a migration itself, may take longer than any statement of a request.
    conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0;")
        .await
        .map_err(not_begun)?;
    Statement::<()>::new("SELECT pg_advisory_lock(")
        .number(MIGRATION_LOCK)
        .sql(")")
        .execute(&mut conn)
        .await
        .map_err(not_begun)?;
    // The lock goes with the connection.
    let mut conn = AsyncConnectionWrapper::<postgres::Conn>::from(conn);
    spawn_blocking(move || migrate::run(&mut conn, migrate::POSTGRES))
        .await
        .map_err(not_begun)?
}

fn not_begun(error: impl std::fmt::Display) -> MigrateError {
    MigrateError::NotBegun(error.to_string())
}
