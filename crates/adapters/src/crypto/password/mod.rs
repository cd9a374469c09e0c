//! Passwords: the slow hash, and the judge of their strength.

mod hasher;
mod settings;
mod strength;

pub use hasher::{Argon2Hasher, HasherSetupError};
pub use settings::{Argon2Settings, TooCheap};
pub use strength::Strength;
