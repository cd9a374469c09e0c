//! A file per action: the body it takes, what that means as a command, and a handler of a few lines.

pub mod api_keys;
pub mod auth;
pub mod chat;
pub mod me;
pub mod models;
pub mod personal_tokens;
pub mod shares;
pub mod system;
pub mod usage;
