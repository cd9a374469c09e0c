//! The database file, its folder, its locks, and how connections to it are opened.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

/// `busy_timeout` comes first, so that the rest waits for another process instead of failing. FULL: a commit that was acknowledged
/// survives a power cut. No mmap: a failing disk would end the process instead of one statement.
const ALL_CONNECTIONS: &str = "PRAGMA busy_timeout = 5000;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA mmap_size = 0;
    PRAGMA synchronous = FULL;";
const WRITER: &str = "PRAGMA journal_mode = WAL;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -16384;";
const READER: &str = "PRAGMA query_only = ON;
    PRAGMA cache_size = -4096;";

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It may write.
    Write,
    /// It only reads.
    Read,
}

/// Why the database file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file, its folder or a lock file can't be made or opened.
    #[error("{path} can't be opened: {cause}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// SQLite can't open it, or it isn't a database.
    #[error("{path} can't be opened as a database: {cause}")]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        cause: String,
    },
}

impl FileError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io {
            path: path.to_owned(),
            cause,
        }
    }
}

/// Makes the folder (0700) and the file (0600) if they don't exist. SQLite gives the same rights to the files beside it.
pub fn create(path: &Path) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        create_folder(folder).map_err(FileError::io(folder))?;
    }
    open_private(path).map_err(FileError::io(path))?;
    Ok(())
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a connection to the existing file.
pub fn open(path: &Path, purpose: Purpose) -> Result<SqliteConnection, FileError> {
    let not_a_database = |cause: String| FileError::NotADatabase {
        path: path.to_owned(),
        cause,
    };
    let name = path
        .to_str()
        .ok_or_else(|| not_a_database("the path is not UTF-8".to_owned()))?;
    let mut conn =
        SqliteConnection::establish(name).map_err(|error| not_a_database(error.to_string()))?;
    let purpose = match purpose {
        Purpose::Write => WRITER,
        Purpose::Read => READER,
    };
    conn.batch_execute(ALL_CONNECTIONS)
        .and_then(|()| conn.batch_execute(purpose))
        .map_err(|error| not_a_database(error.to_string()))?;
    Ok(conn)
}

/// The lock under which the file's mode and schema are changed; waits for whoever has it. Released when the file is dropped.
pub fn lock_for_setup(database: &Path) -> Result<File, FileError> {
    let path = beside(database, ".lock");
    let file = open_private(&path).map_err(FileError::io(&path))?;
    file.lock().map_err(FileError::io(&path))?;
    Ok(file)
}

/// The lock of the one server process on this file; `None` if another has it. Released when the file is dropped, also by the death of the process.
pub fn lock_for_serving(database: &Path) -> Result<Option<File>, FileError> {
    let path = beside(database, ".serving");
    let file = open_private(&path).map_err(FileError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(cause)) => Err(FileError::Io { path, cause }),
    }
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
