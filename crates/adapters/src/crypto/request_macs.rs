//! MACs by which repeated requests are recognised, each user's under a key of their own.

use latchkey_domain::{
    conversation::{NamedRequest, OnceKeyMac, RequestMac, RequestMacs},
    id::UserId,
};
use zeroize::Zeroizing;

use crate::crypto::{blob::kdf, keyring::SecretBytes, mac::hmac_sha256};

const INFO: &[u8] = b"latchkey/once/v1";
const KEY: &[u8] = b"key";
const REQUEST: &[u8] = b"request";

/// Makes MACs under keys that are derived from the keyring's fingerprint key.
pub struct HmacRequestMacs {
    secret: SecretBytes,
}

impl HmacRequestMacs {
    /// MACs under keys derived from `secret`, the keyring's fingerprint key.
    pub fn new(secret: &[u8]) -> Self {
        Self {
            secret: Zeroizing::new(secret.to_vec()),
        }
    }

    fn user_key(&self, user: UserId) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let user = user.as_uuid();
        let info: [&[u8]; 2] = [INFO, user.as_bytes()];
        kdf::expand(&self.secret, &[], &info, key.as_mut_slice());
        key
    }
}

impl RequestMacs for HmacRequestMacs {
    fn name(&self, user: UserId, key: &str, action: &str, body: &[u8]) -> NamedRequest {
        let user_key = self.user_key(user);
        let mac = |parts: &[&[u8]]| hmac_sha256(user_key.as_slice(), parts);
        // The length before the action, so that nothing slides from it into the body.
        let length = u64::try_from(action.len())
            .unwrap_or(u64::MAX)
            .to_be_bytes();
        NamedRequest {
            key: OnceKeyMac(mac(&[KEY, &[0], key.as_bytes()])),
            request: RequestMac(mac(&[REQUEST, &[0], &length, action.as_bytes(), body])),
        }
    }
}
