//! What people used, and what it cost them.

mod summary;

use std::sync::Arc;

use crate::Ports;

/// The use cases of usage.
#[derive(Clone)]
pub struct Usage {
    ports: Arc<Ports>,
}

impl Usage {
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        Self { ports }
    }
}
