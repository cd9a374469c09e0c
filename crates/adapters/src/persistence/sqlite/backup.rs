//! A consistent copy of the database while it is in use.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use diesel::{RunQueryDsl, sql_query, sql_types::Text};

use super::file::{self, FileError, Purpose};

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file of this name; nothing is overwritten.
    #[error("{0} exists; choose another name")]
    Exists(PathBuf),
    /// The copy can't be written.
    #[error("{path} can't be written: {cause}")]
    Target {
        /// The copy.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The database can't be opened.
    #[error(transparent)]
    Source(#[from] FileError),
    /// SQLite could not copy it.
    #[error("the copy failed: {0}")]
    Copy(#[source] diesel::result::Error),
    /// The program is ending.
    #[error("the copy was given up: {0}")]
    Interrupted(String),
}

/// Copies the database into the new file `target` (0600): its state at one instant, with commits going on meanwhile.
/// Returns when the copy is on the disk. Blocks.
pub fn copy(database: &Path, target: &Path) -> Result<(), BackupError> {
    let name = target.to_str().ok_or_else(|| BackupError::Target {
        path: target.to_owned(),
        cause: io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"),
    })?;
    let file = create_new(target)?;
    // SQLite counts the copy as writing, so a connection that only reads may not make it.
    let copied = file::open(database, Purpose::Write)
        .map_err(BackupError::from)
        .and_then(|mut conn| {
            // SQLite takes an empty file for a new one.
            sql_query("VACUUM INTO ?")
                .bind::<Text, _>(name)
                .execute(&mut conn)
                .map_err(BackupError::Copy)
        })
        .and_then(|_| sync(&file, target));
    if copied.is_err() {
        // A half copy is worse than none; the error that is told is the first.
        drop(fs::remove_file(target));
    }
    copied
}

fn create_new(target: &Path) -> Result<File, BackupError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(target).map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(target.to_owned()),
        _ => BackupError::Target {
            path: target.to_owned(),
            cause,
        },
    })
}

/// Brings the file and its name in the folder to the disk.
fn sync(file: &File, target: &Path) -> Result<(), BackupError> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    file.sync_all()
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|cause| BackupError::Target {
            path: target.to_owned(),
            cause,
        })
}
