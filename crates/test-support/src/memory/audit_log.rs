//! The audit in memory.

use std::cmp::Reverse;

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    audit::{AuditEvent, AuditLog},
    owner::Owner,
};

use super::MemoryStore;

#[async_trait]
impl AuditLog for MemoryStore {
    async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.enter("append_audit").await?;
        self.state().audit.push(event.clone());
        Ok(())
    }

    async fn list_audit(&self, owner: Owner, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        self.enter("list_audit").await?;
        let state = self.state();
        let own = state.audit.iter().filter(|event| event.owner == owner);
        let mut events: Vec<AuditEvent> = own.cloned().collect();
        events.sort_by_key(|event| Reverse((event.at, event.id)));
        events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(events)
    }
}
