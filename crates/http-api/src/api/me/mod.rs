//! One's own account.

pub mod account;
pub mod password;
pub mod sessions;
pub mod update;
