//! What Latchkey does: one use case per file, over the domain's ports alone.
//!
//! A service per area; each takes an [`Actor`] where somebody must be signed in, or a
//! [`SignedIn`](latchkey_domain::session::SignedIn) where a personal access token isn't enough. Nothing here knows a database, an
//! HTTP framework or a format.

pub mod accounts;
mod actor;
pub mod api_keys;
pub mod archive;
mod audit;
pub mod chat;
pub mod conversations;
mod limits;
mod maintenance;
pub mod models;
pub mod personal_tokens;
mod policy;
mod ports;
pub mod shares;
pub mod usage;

use std::sync::Arc;

pub use actor::{Actor, ClientAddress, Credential};
pub use maintenance::Tidied;
pub use policy::{Policy, SignupMode};
pub use ports::Ports;

use accounts::Accounts;
use api_keys::ApiKeys;
use archive::Archive;
use chat::Chat;
use conversations::Conversations;
use models::Models;
use personal_tokens::PersonalTokens;
use shares::Shares;
use usage::Usage;

/// All use cases, wired to the same ports.
#[derive(Clone)]
pub struct Application {
    /// Accounts, sessions and passwords.
    pub accounts: Accounts,
    /// Personal access tokens.
    pub personal_tokens: PersonalTokens,
    /// The users' own keys.
    pub api_keys: ApiKeys,
    /// Conversations and their messages.
    pub conversations: Conversations,
    /// Conversations as a whole.
    pub archive: Archive,
    /// Links under which anybody can read a conversation.
    pub shares: Shares,
    /// Sending messages and running answers.
    pub chat: Chat,
    /// The models that a key can use.
    pub models: Models,
    /// Tokens and money.
    pub usage: Usage,
}

impl Application {
    /// The use cases over `ports`, under the operator's `policy`.
    pub fn new(ports: Ports, policy: Policy) -> Self {
        let ports = Arc::new(ports);
        let policy = Arc::new(policy);
        Self {
            accounts: Accounts::new(Arc::clone(&ports), Arc::clone(&policy)),
            personal_tokens: PersonalTokens::new(Arc::clone(&ports)),
            api_keys: ApiKeys::new(Arc::clone(&ports)),
            conversations: Conversations::new(Arc::clone(&ports)),
            archive: Archive::new(Arc::clone(&ports)),
            shares: Shares::new(Arc::clone(&ports)),
            chat: Chat::new(Arc::clone(&ports), Arc::clone(&policy)),
            models: Models::new(Arc::clone(&ports)),
            usage: Usage::new(ports),
        }
    }
}
