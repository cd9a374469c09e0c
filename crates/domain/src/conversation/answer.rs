//! Running answers: who writes them, and until when.

use std::time::Duration;

use super::ConversationId;
use crate::{
    id::{InstanceId, MessageId},
    owner::Owner,
    time::Timestamp,
};

/// How long a writer may be silent before its answer counts as abandoned. Writers renew it each second.
pub const LEASE: Duration = Duration::from_secs(30);

/// An answer that is being written, by one process, under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningAnswer {
    /// The answer's message.
    pub message: MessageId,
    /// Whose conversation it is in.
    pub owner: Owner,
    /// The conversation.
    pub conversation: ConversationId,
    /// The process that writes it.
    pub holder: InstanceId,
    /// From when on anybody may end it as interrupted.
    pub lease_until: Timestamp,
    /// Whether somebody asked for it to be stopped.
    pub stop_requested: bool,
}
