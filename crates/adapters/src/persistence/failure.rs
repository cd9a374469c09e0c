//! How a statement fails, and what the caller of a port can do about it.

use diesel::result::{DatabaseErrorKind, Error as SqlError};
use latchkey_domain::{BoxError, StoreError};

/// Why a unit of work is given up; whatever it wrote is undone. `E` is the error of the port's method.
#[derive(Debug)]
pub enum Failure<E> {
    /// A rule forbids it.
    Refused(E),
    /// The database failed, or something in it can't be read.
    Store(StoreError),
    /// A statement failed.
    Sql(SqlError),
}

impl<E> From<SqlError> for Failure<E> {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl<E> From<StoreError> for Failure<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E: From<StoreError>> Failure<E> {
    /// The error for the caller of the port.
    pub fn into_port_error(self) -> E {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Store(error) => error.into(),
            Self::Sql(error) => store_error(error).into(),
        }
    }
}

/// What a failed statement means for whoever asked for it.
pub fn store_error(error: SqlError) -> StoreError {
    let wrap = match &error {
        SqlError::DatabaseError(kind, information) => match kind {
            DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction => StoreError::Unavailable,
            DatabaseErrorKind::Unknown => meaning_of(information.message()),
            _ => StoreError::Internal,
        },
        _ => StoreError::Internal,
    };
    wrap(Box::new(error))
}

/// Diesel gives no error code for these, so the text decides. SQLite's texts are fixed in its source (`sqlite3ErrStr`);
/// PostgreSQL's are so unless `lc_messages` says otherwise, and then the worst is a 500 where a 503 was right.
fn meaning_of(message: &str) -> fn(BoxError) -> StoreError {
    const FULL: [&str; 2] = ["database or disk is full", "No space left on device"];
    const UNAVAILABLE: [&str; 11] = [
        // SQLite
        "database is locked",
        "database table is locked",
        "disk I/O error",
        "unable to open database file",
        // PostgreSQL
        "canceling statement due to",
        "deadlock detected",
        "terminating connection",
        "the database system is",
        "too many clients",
        "remaining connection slots",
        "too many connections",
    ];
    let has_one_of = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    if has_one_of(&FULL) {
        StoreError::Full
    } else if has_one_of(&UNAVAILABLE) {
        StoreError::Unavailable
    } else {
        StoreError::Internal
    }
}
