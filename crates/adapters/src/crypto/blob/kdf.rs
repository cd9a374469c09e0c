//! What is derived from a seal key for one blob: the key that encrypts it and the commitment.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::SealKey;

const INFO: &[u8] = b"byok/v1/";

/// The keys of one blob.
pub(super) struct MessageKeys {
    encryption_key: Zeroizing<[u8; 32]>,
    commitment: [u8; 32],
}

impl MessageKeys {
    pub(super) fn derive(key: &SealKey, nonce: &[u8; 24], aad_hash: &[u8; 32]) -> Self {
        let mut okm = Zeroizing::new([0; 64]);
        expand(key.expose(), nonce, &[INFO, aad_hash], okm.as_mut_slice());
        let mut keys = Self {
            encryption_key: Zeroizing::new([0; 32]),
            commitment: [0; 32],
        };
        let (encryption_key, commitment) = okm.split_at(32);
        keys.encryption_key.copy_from_slice(encryption_key);
        keys.commitment.copy_from_slice(commitment);
        keys
    }

    pub(super) fn encryption_key(&self) -> &[u8; 32] {
        &self.encryption_key
    }

    pub(super) fn commitment(&self) -> &[u8; 32] {
        &self.commitment
    }
}

/// HKDF-SHA256 of `ikm` into `okm`, which is no longer than 64 bytes.
pub(crate) fn expand(ikm: &[u8], salt: &[u8], info: &[&[u8]], okm: &mut [u8]) {
    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA256 gives up to 8,160 bytes; no caller asks for more than 64"
    )]
    Hkdf::<Sha256>::new(Some(salt), ikm)
        .expand_multi_info(info, okm)
        .expect("64 bytes fit");
}
