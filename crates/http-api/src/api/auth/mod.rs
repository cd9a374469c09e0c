//! Signing up, in and out.

pub mod login;
pub mod logout;
pub mod reauthenticate;
pub mod refresh;
pub mod register;
pub mod reset;
mod tokens;

pub use tokens::Delivery;
