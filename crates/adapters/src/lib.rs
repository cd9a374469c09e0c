//! How the ports are done outside: databases, the provider, cryptography, limits, the system.
//!
//! Each folder implements the ports of the domain's folder of the same noun; none of them knows HTTP routes.

pub mod crypto;
pub mod import;
pub mod limits;
pub mod llm;
pub mod persistence;
pub mod system;

mod json_text;
