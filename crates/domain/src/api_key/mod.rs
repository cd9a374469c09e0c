//! The users' own provider keys: their shape, their state, their store and the vault that seals them.

mod data_key;
mod repo;
mod shape;
mod status;
mod vault;

pub use data_key::{CryptoState, DataKey, DataKeyRepo, KekCanary};
pub use repo::{ApiKeyRepo, InsertApiKeyError, KeyChange, KeyVerification, OrderApiKeysError};
pub use shape::{ApiKeySecret, KeyHint, MalformedKey};
pub use status::KeyStatus;
pub use vault::{Fingerprint, KeyVault, SealedSecret, SecretPlace, VaultError};

#[cfg(feature = "mocks")]
pub use {data_key::MockDataKeyRepo, repo::MockApiKeyRepo, vault::MockKeyVault};

use crate::{id::ApiKeyId, owner::Owner, time::Timestamp};

/// Most characters of a key's name.
pub const MAX_KEY_NAME_CHARS: usize = 100;
/// Most keys of one owner.
pub const MAX_KEYS_PER_OWNER: usize = 50;

/// Whose API a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Anthropic.
    Anthropic,
}

impl Provider {
    /// The provider's name at the edges and in the sealed blob's context.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
        }
    }
}

/// A stored key: everything but the secret, which is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// Who owns it.
    pub owner: Owner,
    /// Whose API it is for.
    pub provider: Provider,
    /// What its owner calls it.
    pub name: String,
    /// The last characters of the secret, to tell keys apart.
    pub hint: KeyHint,
    /// The secret, sealed to this row and version.
    pub sealed: SealedSecret,
    /// Keyed hash by which the same secret of the same owner is recognised.
    pub fingerprint: Fingerprint,
    /// What the provider said of it last.
    pub status: KeyStatus,
    /// The provider's words for that, scrubbed.
    pub status_detail: Option<String>,
    /// Whether its owner lets it be used.
    pub is_active: bool,
    /// Its place in the order of use; the lowest is used first.
    pub position: i32,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it last paid for a call.
    pub last_used_at: Option<Timestamp>,
    /// When the provider last said what it thinks of it.
    pub last_verified_at: Option<Timestamp>,
    /// From when on it isn't used any more.
    pub expires_at: Option<Timestamp>,
    /// When its secret was last replaced.
    pub rotated_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether the key may be used at `now`: active and not expired. Its last status doesn't matter; a key that
    /// was out of credit yesterday may have some today.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.is_active && !self.is_expired(now)
    }

    /// Whether the key's own date has passed.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expiry| now >= expiry)
    }

    /// The status to show at `now`.
    pub fn status_at(&self, now: Timestamp) -> KeyStatus {
        if self.is_expired(now) {
            KeyStatus::Expired
        } else {
            self.status
        }
    }

    /// Where the secret belongs; the seal is bound to it.
    pub fn place(&self) -> SecretPlace {
        SecretPlace {
            owner: self.owner,
            key: self.id,
            provider: self.provider,
            record_version: self.sealed.record_version,
        }
    }
}

/// The first key in order of use that is usable at `now`.
pub fn first_usable(keys: &[ApiKey], now: Timestamp) -> Option<&ApiKey> {
    keys.iter()
        .filter(|key| key.is_usable(now))
        .min_by_key(|key| (key.position, key.created_at, key.id))
}
