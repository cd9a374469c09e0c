//! Personal access tokens, made and deleted by who is signed in; how one signs somebody in is `accounts::authenticate`.

mod create;
mod delete;
mod error;
mod list;

use std::sync::Arc;

pub use create::{CreatePersonalToken, CreatedPersonalToken};
pub use error::PersonalTokensError;

use crate::Ports;

/// The use cases of personal access tokens.
#[derive(Clone)]
pub struct PersonalTokens {
    ports: Arc<Ports>,
}

impl PersonalTokens {
    pub(crate) fn new(ports: Arc<Ports>) -> Self {
        Self { ports }
    }
}
