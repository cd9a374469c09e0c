//! The errors that every store shares. An error says what its caller can do about it.

/// The cause of an error, for the log alone.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What a store answers when it can't do what was asked, whatever that was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store can't be reached, is too busy, or gave up waiting. The same call may succeed later.
    #[error("the store is unavailable")]
    Unavailable(#[source] BoxError),
    /// A stored value can't be what it is: the row was damaged or written by something else.
    #[error("{table}.{column} of {row} can't be read")]
    Corrupt {
        /// Table of the row.
        table: &'static str,
        /// Column of the value.
        column: &'static str,
        /// The row's id, as text.
        row: String,
    },
    /// There is no room left for what should be written; reads go on.
    #[error("the store is full")]
    Full(#[source] BoxError),
    /// A fault of the program or of the schema. Trying again doesn't help.
    #[error("the store failed")]
    Internal(#[source] BoxError),
}

impl StoreError {
    /// Whether the same call may succeed later without anybody changing anything.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Full(_) => true,
            Self::Corrupt { .. } | Self::Internal(_) => false,
        }
    }
}
