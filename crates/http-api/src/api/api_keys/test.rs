//! `POST /api/api-keys/test` and `POST /api/api-keys/{id}/test`

use latchkey_application::Actor;
use latchkey_domain::secret::SecretText;
use utoipa::ToSchema;

use super::addressed_key;
use crate::{
    call::Call,
    json::{Fields, ReadBody, secret},
    reply::{Answer, Reply},
    views::{ApiKeyView, KeyTestView},
};

/// A key to test.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct TestApiKeyBody {
    /// The key.
    #[schema(value_type = String, pattern = "sk-ant-", min_length = 20, write_only)]
    api_key: SecretText,
}

impl ReadBody for TestApiKeyBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            api_key: fields.required("apiKey", secret)?,
        })
    }
}

/// Nothing more than the address says.
#[derive(ToSchema)]
pub struct TestStoredKeyBody {}

impl ReadBody for TestStoredKeyBody {
    fn read(_fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// Asks the provider about a key that isn't stored, and stores nothing.
pub async fn test_given_key(call: Call, actor: Actor) -> Answer {
    let body: TestApiKeyBody = call.body()?;
    let keys = &call.api.application.api_keys;
    let test = keys.test_given(&actor, body.api_key).await?;
    Reply::ok(&KeyTestView::of(test))
}

/// Asks the provider about a stored key, and records what it says.
pub async fn test_stored_key(call: Call, actor: Actor) -> Answer {
    let TestStoredKeyBody {} = call.body_or_empty()?;
    let id = addressed_key(&call)?;
    let key = call
        .api
        .application
        .api_keys
        .test_stored(&actor, id)
        .await?;
    Reply::ok(&ApiKeyView::of(&key, call.now()))
}
