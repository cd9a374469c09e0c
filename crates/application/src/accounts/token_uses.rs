//! Notes when personal access tokens are used.

use std::{
    collections::HashSet,
    error::Error,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use latchkey_domain::{Timestamp, id::PersonalTokenId, personal_token::PersonalToken};

use crate::Ports;

/// Writes uses beside the requests: none waits for it, and none fails because of it.
#[derive(Clone, Default)]
pub(super) struct TokenUses {
    /// Tokens whose use is being written, so that many requests at once write it once.
    being_written: Arc<Mutex<HashSet<PersonalTokenId>>>,
}

impl TokenUses {
    /// Notes that `token` is used at `now`, unless one was noted in the last minute.
    pub(super) fn note(&self, ports: &Arc<Ports>, token: &PersonalToken, now: Timestamp) {
        if !token.is_use_worth_noting(now) || !self.being_written().insert(token.id) {
            return;
        }
        let (uses, ports, id) = (self.clone(), Arc::clone(ports), token.id);
        tokio::spawn(async move {
            let marked = ports.personal_tokens.mark_personal_token_used(id, now);
            if let Err(error) = marked.await {
                let cause: &dyn Error = &error;
                tracing::warn!(cause, token = %id, "the use of a personal access token could not be noted");
            }
            uses.being_written().remove(&id);
        });
    }

    fn being_written(&self) -> MutexGuard<'_, HashSet<PersonalTokenId>> {
        self.being_written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
