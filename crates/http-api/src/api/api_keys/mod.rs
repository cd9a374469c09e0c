//! The users' own keys.

pub mod add;
pub mod delete;
pub mod order;
pub mod show;
pub mod test;
pub mod update;

use latchkey_application::api_keys::ApiKeysError;
use latchkey_domain::id::ApiKeyId;

use crate::call::Call;

/// The key that the address names. What can't be an id is no key's.
fn addressed_key(call: &Call) -> Result<ApiKeyId, ApiKeysError> {
    ApiKeyId::parse(call.param("id")).ok_or(ApiKeysError::NotFound)
}

/// Reads a key's name.
fn key_name(text: &str) -> Result<String, latchkey_domain::user::InvalidName> {
    latchkey_domain::user::parse_label(text, latchkey_domain::api_key::MAX_KEY_NAME_CHARS)
}
