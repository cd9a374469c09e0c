//! Links in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    id::ShareId,
    owner::Owner,
    share::{
        InsertShareError, MAX_SHARES_PER_OWNER, Share, ShareChange, ShareRepo, ShareTokenHash,
    },
    time::Timestamp,
};

use super::{MemoryStore, store::State};

#[async_trait]
impl ShareRepo for MemoryStore {
    async fn insert_share(&self, share: &Share) -> Result<(), InsertShareError> {
        self.enter("insert_share").await?;
        let mut state = self.state();
        let own = state.own_shares(share.owner).count();
        if own >= MAX_SHARES_PER_OWNER {
            return Err(InsertShareError::TooMany);
        }
        let stored = state.conversation(share.owner, &share.conversation);
        if stored
            .and_then(|stored| stored.message(share.leaf))
            .is_none()
        {
            return Err(InsertShareError::NothingToShow);
        }
        state.shares.push(share.clone());
        Ok(())
    }

    async fn find_own_share(&self, owner: Owner, id: ShareId) -> Result<Option<Share>, StoreError> {
        self.enter("find_own_share").await?;
        let state = self.state();
        let found = state.own_shares(owner).find(|share| share.id == id);
        Ok(found.cloned())
    }

    async fn list_shares(&self, owner: Owner) -> Result<Vec<Share>, StoreError> {
        self.enter("list_shares").await?;
        let state = self.state();
        let mut own: Vec<Share> = state.own_shares(owner).cloned().collect();
        own.sort_by_key(|share| std::cmp::Reverse((share.created_at, share.id)));
        Ok(own)
    }

    async fn update_share(
        &self,
        owner: Owner,
        id: ShareId,
        change: &ShareChange,
        at: Timestamp,
    ) -> Result<Option<Share>, StoreError> {
        self.enter("update_share").await?;
        let mut state = self.state();
        if !state.own_shares(owner).any(|share| share.id == id) {
            return Ok(None);
        }
        let share = state.shares.iter_mut().find(|share| share.id == id);
        Ok(share.map(|share| {
            if let Some((leaf, title)) = &change.shows {
                share.leaf = *leaf;
                share.title.clone_from(title);
                share.updated_at = at;
            }
            share.expires_at = change.expires_at.unwrap_or(share.expires_at);
            share.clone()
        }))
    }

    async fn delete_share(&self, owner: Owner, id: ShareId) -> Result<bool, StoreError> {
        self.enter("delete_share").await?;
        let mut state = self.state();
        let is_there = state.own_shares(owner).any(|share| share.id == id);
        state.shares.retain(|share| !is_there || share.id != id);
        Ok(is_there)
    }

    async fn find_share(&self, hash: ShareTokenHash) -> Result<Option<Share>, StoreError> {
        self.enter("find_share").await?;
        let state = self.state();
        let found = state.shares.iter().find(|share| share.hash == hash);
        let living = found.filter(|share| {
            state
                .conversation(share.owner, &share.conversation)
                .is_some()
        });
        Ok(living.cloned())
    }
}

impl State {
    /// The links to conversations of `owner` that are there.
    fn own_shares(&self, owner: Owner) -> impl Iterator<Item = &Share> {
        self.shares.iter().filter(move |share| {
            share.owner == owner && self.conversation(owner, &share.conversation).is_some()
        })
    }
}
