//! Another service uses the rules of Latchkey alone: it brings its own clock, ids and audit, and needs no more.
//!
//! `cargo run -p latchkey-domain --example own_port`

use std::{
    sync::Mutex,
    time::{SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use latchkey_domain::{
    Owner, StoreError, Timestamp,
    api_key::ApiKeySecret,
    audit::{AuditAction, AuditEvent, AuditLog},
    id::{ApiKeyId, AuditEventId, UserId},
    secret::SecretText,
    system::{Clock, IdSource},
};
use uuid::Uuid;

/// The time of the machine.
struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        Timestamp::EPOCH.plus(since_epoch.unwrap_or_default())
    }
}

/// Ids from the `uuid` crate.
struct TimeOrderedIds;

impl IdSource for TimeOrderedIds {
    fn next_uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// An audit that lasts as long as the process.
#[derive(Default)]
struct AuditInMemory {
    lines: Mutex<Vec<AuditEvent>>,
}

impl AuditInMemory {
    fn locked(&self) -> Result<std::sync::MutexGuard<'_, Vec<AuditEvent>>, StoreError> {
        // The port says what its caller can do about it: nothing, if a writer panicked.
        self.lines
            .lock()
            .map_err(|_| StoreError::Internal("a writer panicked".into()))
    }
}

#[async_trait]
impl AuditLog for AuditInMemory {
    async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.locked()?.push(event.clone());
        Ok(())
    }

    async fn list_audit(&self, owner: Owner, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        let lines = self.locked()?;
        let newest_first = lines.iter().rev().filter(|line| line.owner == owner);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(newest_first.take(limit).cloned().collect())
    }
}

/// Accepts a key if it has the form of one, and notes that it was added.
async fn add_key(
    user: UserId,
    pasted: SecretText,
    audit: &dyn AuditLog,
) -> Result<String, Box<dyn std::error::Error>> {
    let secret = ApiKeySecret::parse(&pasted)?;
    let key = ApiKeyId::new(&TimeOrderedIds);
    let line = AuditEvent {
        id: AuditEventId::new(&TimeOrderedIds),
        at: MachineClock.now(),
        owner: Owner::User(user),
        actor: Some(user),
        action: AuditAction::KeyAdded,
        subject: Some(key.to_string()),
    };
    audit.append_audit(&line).await?;
    Ok(secret.hint().as_str().to_owned())
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let audit = AuditInMemory::default();
    let user = UserId::new(&TimeOrderedIds);
    for pasted in ["sk-ant-api03-an-example-key-4f2A\n", "hello"] {
        match add_key(user, SecretText::new(pasted.to_owned()), &audit).await {
            Ok(hint) => println!("added the key {hint}"),
            Err(refusal) => println!("refused: {refusal}"),
        }
    }
    for line in audit.list_audit(Owner::User(user), 10).await? {
        println!("{} {}", line.at, line.action.as_str());
    }
    Ok(())
}
