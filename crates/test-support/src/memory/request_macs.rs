//! MACs of requests in memory.

use latchkey_domain::{
    conversation::{NamedRequest, OnceKeyMac, RequestMac, RequestMacs},
    id::UserId,
};

use super::digest::digest;

/// MACs under a secret that a test chooses.
pub struct MemoryRequestMacs {
    secret: String,
}

impl MemoryRequestMacs {
    /// MACs under this secret.
    pub fn new(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
        }
    }
}

impl RequestMacs for MemoryRequestMacs {
    fn name(&self, user: UserId, key: &str, action: &str, body: &[u8]) -> NamedRequest {
        let (secret, user) = (self.secret.as_bytes(), user.as_uuid().into_bytes());
        NamedRequest {
            key: OnceKeyMac(digest(&[secret, b"key", &user, key.as_bytes()])),
            request: RequestMac(digest(&[
                secret,
                b"request",
                &user,
                action.as_bytes(),
                body,
            ])),
        }
    }
}
