//! Conversations: made, listed, read, changed, deleted.

mod change;
mod create;
mod delete;
mod error;
mod read;

use std::sync::Arc;

pub use create::CreateConversation;
pub use error::ConversationsError;

use crate::Ports;

/// The use cases of conversations.
#[derive(Clone)]
pub struct Conversations {
    ports: Arc<Ports>,
}

impl Conversations {
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        Self { ports }
    }

    pub(crate) fn ports(&self) -> &Ports {
        &self.ports
    }
}
