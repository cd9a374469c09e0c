//! SQLite: the embedded database, on threads of its own (docs/adr/0002-sqlite-on-its-own-threads.md).

pub mod backup;
mod connection;
pub mod file;
mod job;
mod queue;
mod reader;
mod writer;

/// Inserts rows. A statement costs no message here, so it is the prepared one for one row, again and again.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {
        for row in $rows {
            diesel::insert_into($table)
                .values(row)
                .execute($conn)
                .await?;
        }
    };
}

/// As `insert_all`, but rows whose key stands already are left out.
macro_rules! insert_missing {
    ($conn:expr, $table:expr, $rows:expr) => {
        for row in $rows {
            diesel::insert_into($table)
                .values(row)
                .on_conflict_do_nothing()
                .execute($conn)
                .await?;
        }
    };
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

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use diesel::SqliteConnection;
use latchkey_domain::StoreError;

pub use self::connection::Conn;
use self::{
    file::{FileError, Purpose},
    job::Job,
    queue::{AbandonOnExit, NotQueued, Queue},
};
use super::{failure::Failure, work::Work};

/// The dialect.
pub type Backend = diesel::sqlite::Sqlite;

/// Jobs that may wait for the writer, and for the readers.
const QUEUE_ROOM: usize = 4_096;

// What differs from PostgreSQL in a statement:
/// conversations of a user that were idle for longer than the user's retention,
const IDLE_TOO_LONG: [&str; 2] = [
    "conversations.updated_at < ",
    " - users.retention_days * 86400000000",
];
/// how a list of numbers is given,
const ANY_OF: [&str; 2] = [" IN (SELECT value FROM json_each('[' || ", " || ']'))"];
/// and how two that take rows away don't take the same, or wait for each other.
const SKIP_LOCKED: &str = "";
const SKIP_LOCKED_CONVERSATIONS: &str = "";
const LOCKED: &str = "";

/// SQLite refuses at once, and doesn't wait, when two give a new file its mode. So of those that start at once one goes first.
fn open_writer(path: &Path) -> Result<SqliteConnection, FileError> {
    let _alone = file::lock_for_setup(path)?;
    file::open(path, Purpose::Write)
}

/// The embedded database: one connection that writes, several that read.
pub struct Db {
    path: PathBuf,
    writer: Arc<Queue<Box<dyn Job>>>,
    readers: Arc<Queue<Box<dyn Job>>>,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    writer: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
}

impl Db {
    /// Opens the file, which is made if it doesn't exist, and starts the threads. Blocks for a moment.
    pub fn open(path: &Path, readers: usize) -> Result<Self, FileError> {
        let path = std::path::absolute(path).map_err(|cause| FileError::Io {
            path: path.to_owned(),
            cause,
        })?;
        file::create(&path)?;
        let db = Self {
            writer: Arc::new(Queue::new(QUEUE_ROOM)),
            readers: Arc::new(Queue::new(QUEUE_ROOM)),
            threads: Mutex::default(),
            path,
        };
        // The writer comes first: it puts the file into the mode that readers need.
        let conn = Conn::new(open_writer(&db.path)?);
        let queue = AbandonOnExit(db.writer.clone());
        let writer = db.start("sqlite-writer", move || writer::write_all(conn, &queue.0))?;
        let mut threads = Threads {
            writer: Some(writer),
            readers: Vec::new(),
        };
        let readers = readers.max(1);
        for _ in 0..readers {
            let conn = Conn::new(file::open(&db.path, Purpose::Read)?);
            let queue = AbandonOnExit(db.readers.clone());
            let reader = db.start("sqlite-reader", move || {
                reader::read_all(conn, &queue.0, readers);
            })?;
            threads.readers.push(reader);
        }
        *db.threads.lock().unwrap_or_else(PoisonError::into_inner) = threads;
        Ok(db)
    }

    fn start(
        &self,
        name: &str,
        run: impl FnOnce() + Send + 'static,
    ) -> Result<JoinHandle<()>, FileError> {
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)
            .map_err(|cause| FileError::Io {
                path: self.path.clone(),
                cause,
            })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` on a connection that can't write. Each of its statements sees one state of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
            + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
            + Send
            + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, result) = job::job(work);
        self.readers.push(job).await.map_err(unavailable)?;
        result.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Runs `work` in a transaction, which is on the disk when this returns. A caller that leaves doesn't stop it.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
            + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
            + Send
            + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, result) = job::job(work);
        self.writer.push(job).await.map_err(unavailable)?;
        result.await.unwrap_or_else(|_| Err(closed()))
    }

    /// As [`write`](Self::write), for work of a single statement.
    pub async fn write_statement<T, E, F>(&self, work: F) -> Result<T, E>
    where
        for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
            + Work<&'c mut Conn, Result<T, Failure<E>>, Running: Send>
            + Send
            + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write(work).await
    }

    /// Ends the threads after the work that waits, and closes the file. Blocks until that is done.
    pub fn close(&self) {
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        self.readers.close();
        for reader in threads.readers {
            drop(reader.join());
        }
        // The last connection that closes tidies the log up, which a reader couldn't.
        self.writer.close();
        if let Some(writer) = threads.writer {
            drop(writer.join());
        }
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        self.readers.close();
        self.writer.close();
    }
}

fn unavailable<E: From<StoreError>>(error: NotQueued) -> E {
    StoreError::Unavailable(Box::new(error)).into()
}

fn closed<E: From<StoreError>>() -> E {
    unavailable(NotQueued::Closed)
}

/// What must not be done by two at once. The one writer sees to that here.
async fn lock_until_commit(_conn: &mut Conn, _key: i64) -> diesel::QueryResult<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
