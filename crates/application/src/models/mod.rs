//! The models that somebody can use.

mod error;
mod list;

use std::sync::Arc;

pub use error::ModelsError;
pub use list::ListedModel;

use crate::{Ports, api_keys::ApiKeys};

/// The use cases of models.
#[derive(Clone)]
pub struct Models {
    ports: Arc<Ports>,
    api_keys: ApiKeys,
}

impl Models {
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        let api_keys = ApiKeys::new(Arc::clone(&ports));
        Self { ports, api_keys }
    }
}
