//! Links under which anybody can read a conversation.

mod create;
mod error;
mod manage;
mod open;

use std::sync::Arc;

pub use create::CreatedShare;
pub use error::SharesError;
pub use manage::ChangeShare;
pub use open::{MAX_POSITION, SharedPage};

use crate::Ports;

/// The use cases of links.
#[derive(Clone)]
pub struct Shares {
    ports: Arc<Ports>,
}

impl Shares {
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        Self { ports }
    }
}
