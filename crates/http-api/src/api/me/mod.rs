//! One's own account.

pub mod account;
pub mod export;
pub mod password;
pub mod sessions;
pub mod update;
