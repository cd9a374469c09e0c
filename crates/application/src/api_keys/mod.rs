//! The users' own keys: added, checked, sealed, listed, changed, deleted.

mod add;
mod check;
mod delete;
mod error;
mod list;
mod note;
mod open;
mod order;
mod test;
mod update;

use std::sync::Arc;

pub use add::AddApiKey;
pub use error::ApiKeysError;
pub(crate) use open::OpenKeyError;
pub use test::KeyTest;

use crate::Ports;

/// The use cases of keys.
#[derive(Clone)]
pub struct ApiKeys {
    ports: Arc<Ports>,
}

impl ApiKeys {
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        Self { ports }
    }
}
