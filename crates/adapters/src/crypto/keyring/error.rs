//! What can be wrong with a keyring. The texts name files and versions and never a part of a secret; each says the way out.

use std::{io, path::PathBuf};

use latchkey_domain::system::RandomnessError;

use super::UnprovenKeyring;

/// Why there is no keyring to start with.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The file is not there, and the database needs it.
    #[error(
        "the keyring {} is missing, and this database holds keys that only it can open; put the file back from where \
         it is kept (it is not part of the database's backup), or start with an empty database", path.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The file can't be read or written.
    #[error("the keyring {} can't be {action}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// There is a file already where a new keyring should be written.
    #[error("there is a keyring at {} already; it was left as it is", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner may read the file.
    #[error(
        "the keyring {path} can be read by others (mode {mode:03o}); run: chmod 600 {path}", path = path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not a keyring.
    #[error(
        "{} is not a keyring: {problem} at line {line}, column {column}; put the file back from where it is kept",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, without any of its text.
        problem: &'static str,
        /// Line of the problem.
        line: usize,
        /// Column of the problem.
        column: usize,
    },
    /// A secret in the file must not be used.
    #[error("the keyring {}: {secret} {problem}; make it from 32 random bytes", path.display())]
    Weak {
        /// The file.
        path: PathBuf,
        /// Which secret.
        secret: String,
        /// What is wrong with it.
        problem: WeakSecret,
    },
    /// The file names a version or id that it doesn't hold.
    #[error("the keyring {}: {name} is {value}, but the file holds no such key that may be used", path.display())]
    NotHeld {
        /// The file.
        path: PathBuf,
        /// The field.
        name: &'static str,
        /// What it names.
        value: String,
    },
    /// It is sound but not this database's.
    #[error("the keyring {} does not fit this database: {source}", path.display())]
    Unproven {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: UnprovenKeyring,
    },
    /// No keyring could be made.
    #[error("no keyring could be made: {0}")]
    NoRandomness(#[from] RandomnessError),
}

/// Why a secret must not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// It isn't base64.
    #[error("is not base64")]
    NotBase64,
    /// It has another length than it must have.
    #[error("has {found} bytes where 32 are needed")]
    WrongLength {
        /// How many it has.
        found: usize,
    },
    /// It is one byte again and again.
    #[error("is one byte repeated")]
    OneByte,
    /// It has too few different bytes to be random.
    #[error("has only {distinct} different bytes")]
    TooUniform {
        /// How many.
        distinct: usize,
    },
    /// It is a sample that everybody can read.
    #[error("is a published sample")]
    PublishedSample,
}
