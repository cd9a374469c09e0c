//! Conversations as a whole: taken out of the server, and into it.

mod export;
mod import;
mod reader;

use std::sync::Arc;

pub use export::{AccountExport, ExportedConversation};
pub use import::{Import, ImportError, ImportReport, MAX_IMPORTED_CONVERSATION, Skipped};
pub use reader::{ArchiveError, ConversationWalk, MessageReader};

use crate::Ports;

/// The use cases of conversations as a whole.
#[derive(Clone)]
pub struct Archive {
    ports: Arc<Ports>,
}

impl Archive {
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        Self { ports }
    }
}
