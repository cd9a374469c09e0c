//! The store of links.

use async_trait::async_trait;

use super::{Share, ShareTokenHash};
use crate::{
    error::StoreError,
    id::{MessageId, ShareId},
    owner::Owner,
    time::Timestamp,
};

/// A change of a link; what is `None` stays, `Some(None)` takes away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShareChange {
    /// From now on it shows the conversation up to this message, under this title.
    pub shows: Option<(MessageId, Option<String>)>,
    /// From when on it is void.
    pub expires_at: Option<Option<Timestamp>>,
}

/// Stores links. They go with their conversation, and it with its owner's account. The owner stands in every WHERE clause but that of
/// [`find_share`](Self::find_share). Every method is one transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ShareRepo: Send + Sync {
    /// Inserts a new link.
    ///
    /// # Errors
    /// [`InsertShareError::NothingToShow`] when its owner has no such conversation, or that no such message;
    /// [`InsertShareError::TooMany`] when the owner has [`MAX_SHARES_PER_OWNER`](super::MAX_SHARES_PER_OWNER) links.
    async fn insert_share(&self, share: &Share) -> Result<(), InsertShareError>;

    /// One of the owner's links.
    async fn find_own_share(&self, owner: Owner, id: ShareId) -> Result<Option<Share>, StoreError>;

    /// All links of `owner`, newest first; expired ones, too.
    async fn list_shares(&self, owner: Owner) -> Result<Vec<Share>, StoreError>;

    /// Changes a link at `at` and returns it; `None` if the owner has none with this id. `updated_at` becomes `at` if it shows something
    /// else from now on.
    async fn update_share(
        &self,
        owner: Owner,
        id: ShareId,
        change: &ShareChange,
        at: Timestamp,
    ) -> Result<Option<Share>, StoreError>;

    /// Ends a link; `false` if the owner has none with this id.
    async fn delete_share(&self, owner: Owner, id: ShareId) -> Result<bool, StoreError>;

    /// The link whose secret has this hash. Also an expired one is returned: the rules judge, not the query.
    async fn find_share(&self, hash: ShareTokenHash) -> Result<Option<Share>, StoreError>;
}

/// Why a link was not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertShareError {
    /// There is no such conversation or message.
    #[error("there is nothing to show")]
    NothingToShow,
    /// The owner has as many links as one may have.
    #[error("too many links")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
