//! The root keyring: the secrets of one deployment, kept in one file beside the database and never in it.
//!
//! The root keys wrap the owners' data keys. The other secrets (fingerprints, audit chain, tokens) are random values
//! of their own: replacing a root key touches data keys alone, and a leaked token secret opens nothing.

mod canary;
mod error;
mod file;
mod sound;

pub use canary::UnprovenKeyring;
pub use error::{KeyringError, WeakSecret};
pub use file::{OpenedKeyring, open_or_create};

use std::{collections::BTreeMap, fmt};

use latchkey_domain::system::{Randomness, RandomnessError};
use zeroize::Zeroizing;

use super::blob::{SealKey, kdf};

/// What the wrapping keys are derived for.
const KEK_INFO: &[u8] = b"byok/kek/v1";

/// A secret of 32 bytes or more, wiped when dropped.
pub type SecretBytes = Zeroizing<Vec<u8>>;

/// The secrets of one deployment.
pub struct Keyring {
    deployment: [u8; 16],
    active: u32,
    min_decrypt: u32,
    root_keys: BTreeMap<u32, SecretBytes>,
    fingerprint_key: SecretBytes,
    audit_key: SecretBytes,
    access_tokens: AccessTokenSecrets,
    refresh_secret: SecretBytes,
}

/// The secrets that sign access tokens: one signs, all verify.
pub struct AccessTokenSecrets {
    /// Id of the secret that signs.
    pub signing: String,
    /// All secrets that verify, by id.
    pub secrets: BTreeMap<String, SecretBytes>,
}

impl Keyring {
    /// A keyring of fresh secrets, with root key 1.
    ///
    /// # Errors
    /// [`RandomnessError`] when the system has no random bytes.
    pub fn generate(random: &dyn Randomness) -> Result<Self, RandomnessError> {
        let secret = || {
            let mut bytes = Zeroizing::new(vec![0; 32]);
            random.fill(&mut bytes).map(|()| bytes)
        };
        let mut deployment = [0; 16];
        random.fill(&mut deployment)?;
        let first_signer = "1".to_owned();
        Ok(Self {
            deployment,
            active: 1,
            min_decrypt: 1,
            root_keys: BTreeMap::from([(1, secret()?)]),
            fingerprint_key: secret()?,
            audit_key: secret()?,
            access_tokens: AccessTokenSecrets {
                signing: first_signer.clone(),
                secrets: BTreeMap::from([(first_signer, secret()?)]),
            },
            refresh_secret: secret()?,
        })
    }

    /// The id that keyring and database share.
    pub const fn deployment(&self) -> [u8; 16] {
        self.deployment
    }

    /// Version of the root key that wraps new data keys.
    pub const fn active_version(&self) -> u32 {
        self.active
    }

    /// The oldest version that still opens.
    pub const fn min_version(&self) -> u32 {
        self.min_decrypt
    }

    /// The wrapping key of this root version; `None` if the keyring doesn't hold it or may not use it any more.
    pub fn wrapping_key(&self, version: u32) -> Option<SealKey> {
        if version < self.min_decrypt {
            return None;
        }
        let root = self.root_keys.get(&version)?;
        let mut bytes = Zeroizing::new([0; 32]);
        kdf::expand(root, &self.deployment, &[KEK_INFO], bytes.as_mut_slice());
        Some(SealKey::from_bytes(*bytes))
    }

    /// The key of the fingerprints.
    pub fn fingerprint_key(&self) -> &[u8] {
        &self.fingerprint_key
    }

    /// The key of the audit log's chain.
    pub fn audit_key(&self) -> &[u8] {
        &self.audit_key
    }

    /// The secrets that sign access tokens.
    pub const fn access_tokens(&self) -> &AccessTokenSecrets {
        &self.access_tokens
    }

    /// The secret from which refresh tokens are derived.
    pub fn refresh_secret(&self) -> &[u8] {
        &self.refresh_secret
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("active", &self.active)
            .field("min_decrypt", &self.min_decrypt)
            .field("versions", &self.root_keys.keys())
            .finish_non_exhaustive()
    }
}
