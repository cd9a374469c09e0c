//! Reading a conversation under a link.

use std::{collections::HashMap, sync::Arc};

use latchkey_domain::{
    archive::branch_of, conversation::Message, rate_limit::LimitName, share::Share,
};

use super::{Shares, SharesError};
use crate::{
    ClientAddress,
    archive::{ArchiveError, MessageReader},
    limits,
};

/// The last place at which a page can begin.
pub const MAX_POSITION: u32 = 1_000_000;

/// Some messages of a conversation, for whoever has the link.
#[derive(Debug, Clone)]
pub struct SharedPage {
    /// The link.
    pub share: Share,
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// The place of the first that follows; `None` if none does.
    pub next: Option<u32>,
}

impl Shares {
    /// The messages under a link, from the one at `position` (the first is 0) on.
    ///
    /// # Errors
    /// [`SharesError::NotFound`] when there is no such link, it was ended or is over, or its conversation is gone;
    /// [`SharesError::LimitReached`] when too many were opened from this address.
    pub async fn open(
        &self,
        secret: &str,
        address: &ClientAddress,
        position: u32,
    ) -> Result<SharedPage, SharesError> {
        let ports = &self.ports;
        let subject = limits::address(address);
        ports.limiter.take(LimitName::SharedReads, &subject).await?;
        let hash = ports.share_tokens.recognise(secret);
        let hash = hash.ok_or(SharesError::NotFound)?;
        let found = ports.shares.find_share(hash).await?;
        let now = ports.clock.now();
        let share = found.filter(|share| !share.is_expired(now));
        let share = share.ok_or(SharesError::NotFound)?;
        let outline = ports
            .archive
            .outline_conversation(share.owner, &share.conversation)
            .await?;
        let branch = branch_of(&outline, share.leaf);
        let outline: HashMap<_, _> = outline.into_iter().map(|one| (one.id, one)).collect();
        let skipped = usize::try_from(position).unwrap_or(usize::MAX);
        let shown: Vec<_> = branch
            .into_iter()
            .skip(skipped)
            .filter_map(|id| outline.get(&id).copied())
            .collect();
        let left = shown.len();
        let conversation = share.conversation.clone();
        let mut reader = MessageReader::new(Arc::clone(ports), share.owner, conversation, shown);
        let messages = match reader.next().await {
            Ok(messages) => messages.unwrap_or_default(),
            Err(ArchiveError::Gone) => return Err(SharesError::NotFound),
            Err(ArchiveError::Store(error)) => return Err(error.into()),
        };
        let read = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let goes_on = messages.len() < left;
        Ok(SharedPage {
            share,
            messages,
            next: goes_on.then_some(position.saturating_add(read)),
        })
    }
}
