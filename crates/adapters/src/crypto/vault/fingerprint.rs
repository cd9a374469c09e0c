//! Fingerprints: the same key of the same owner is recognised, without telling that two owners hold the same key.

use latchkey_domain::{
    api_key::{ApiKeySecret, Fingerprint, Provider},
    owner::Owner,
};
use zeroize::Zeroizing;

use crate::crypto::{
    blob::{Sealer, kdf},
    mac::hmac_sha256,
};

const INFO: &[u8] = b"byok/fp/v1";

/// The first 16 bytes of HMAC-SHA256 over provider, zero byte and key, under a key of the owner's own.
pub(super) fn fingerprint(
    fingerprint_key: &[u8],
    owner: Owner,
    provider: Provider,
    secret: &ApiKeySecret,
) -> Fingerprint {
    let owner_key = owner_key(fingerprint_key, owner);
    let [provider, secret] = [provider.as_str(), secret.expose()].map(str::as_bytes);
    let mac = hmac_sha256(owner_key.as_slice(), &[provider, &[0], secret]);
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(mac.split_at(16).0);
    Fingerprint(fingerprint)
}

fn owner_key(fingerprint_key: &[u8], owner: Owner) -> Zeroizing<[u8; 32]> {
    let sealer = Sealer::Owner(owner);
    let id = sealer.uuid();
    let info: [&[u8]; 3] = [INFO, &[sealer.type_code()], id.as_bytes()];
    let mut key = Zeroizing::new([0; 32]);
    kdf::expand(fingerprint_key, &[], &info, key.as_mut_slice());
    key
}
