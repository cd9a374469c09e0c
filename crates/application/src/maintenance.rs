//! What is tidied from time to time: expired sessions, personal access tokens and keys of requests, conversations beyond their owners' retention.

use latchkey_domain::StoreError;

use crate::Application;

/// Conversations that one round deletes at most, so that no transaction is long.
const CONVERSATIONS_A_ROUND: u32 = 100;

/// What a round of tidying did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tidied {
    /// Sessions that were over.
    pub sessions: u64,
    /// Personal access tokens that expired long ago.
    pub personal_tokens: u64,
    /// Keys of requests that are not recognised any more.
    pub once_keys: u64,
    /// Conversations whose retention had passed.
    pub conversations: u64,
}

/// Texts of turns that one part makes findable at most. With texts of a hundred words a part keeps SQLite's writer for ten to thirty
/// milliseconds, and turns wait so long; smaller ones would have the index merged more often.
pub(crate) const TEXTS_A_PART: u32 = 128;
/// Older conversations that one round makes findable at most.
const OLDER_A_ROUND: u32 = 10;

impl Application {
    /// Makes some of the texts of turns findable that wait for it. `true` when there may be more. Safe to run in several processes at once.
    ///
    /// # Errors
    /// [`StoreError`] when the store failed; what waits goes on waiting.
    pub async fn index_some_pending(&self) -> Result<bool, StoreError> {
        self.conversations.index_some_pending().await
    }

    /// Makes some of the conversations findable that were stored before there was a search. `false` when none is left. Safe to run in
    /// several processes at once.
    ///
    /// # Errors
    /// [`StoreError`] when the store failed; the round can be run again.
    pub async fn index_some_older_conversations(&self) -> Result<bool, StoreError> {
        let search = &self.conversations.ports().search;
        let indexed = search.index_older_conversations(OLDER_A_ROUND).await?;
        Ok(indexed > 0)
    }

    /// Tidies until nothing is due any more. Safe to run in several processes at once.
    ///
    /// # Errors
    /// [`StoreError`] when the store failed; what is left is tidied with the next round.
    pub async fn tidy_up(&self) -> Result<Tidied, StoreError> {
        Ok(Tidied {
            sessions: self.accounts.delete_expired_sessions().await?,
            personal_tokens: self.personal_tokens.delete_long_expired().await?,
            once_keys: self.chat.delete_expired_once_keys().await?,
            conversations: self.delete_idle_conversations().await?,
        })
    }

    async fn delete_idle_conversations(&self) -> Result<u64, StoreError> {
        let mut deleted = 0;
        loop {
            let round = self
                .conversations
                .delete_idle(CONVERSATIONS_A_ROUND)
                .await?;
            deleted += round;
            if round < u64::from(CONVERSATIONS_A_ROUND) {
                return Ok(deleted);
            }
        }
    }
}
