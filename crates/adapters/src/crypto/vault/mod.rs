//! The vault: seals the users' provider keys, each owner's with a data key of its own.

mod cached;
mod fingerprint;
mod wiping_cache;

pub use cached::CachedVault;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use latchkey_domain::{
    api_key::{
        ApiKeySecret, DataKey, DataKeyRepo, Fingerprint, KeyVault, Provider, SealedSecret,
        SecretPlace, VaultError,
    },
    id::{ApiKeyId, DataKeyId},
    owner::Owner,
    secret::SecretText,
    system::{Clock, IdSource, Randomness},
};

use super::{
    blob::{self, OpenError, Place, SealContext, SealError, SealKey, SealKind, Sealer},
    keyring::Keyring,
};
use wiping_cache::WipingCache;

/// Most data keys that are held open.
const MAX_DATA_KEYS: u64 = 1_000;
/// How long one is held open.
const DATA_KEY_TTL: Duration = Duration::from_mins(1);
/// Version of an owner's first data key.
const FIRST_DATA_KEY: u32 = 1;

/// What the vault needs beside its keyring.
pub struct VaultParts {
    /// Where the wrapped data keys are.
    pub data_keys: Arc<dyn DataKeyRepo>,
    /// The time of new data keys.
    pub clock: Arc<dyn Clock>,
    /// Ids of new data keys.
    pub ids: Arc<dyn IdSource>,
    /// Nonces and data keys.
    pub random: Arc<dyn Randomness>,
}

/// Seals with the owner's data key, which the root keyring wraps.
pub struct SealingVault {
    keyring: Arc<Keyring>,
    parts: VaultParts,
    opened: WipingCache<(Owner, u32), OpenDataKey>,
    newest: WipingCache<Owner, OpenDataKey>,
}

/// A data key, unwrapped.
#[derive(Clone)]
struct OpenDataKey {
    version: u32,
    key: SealKey,
}

impl SealingVault {
    /// A vault over this keyring, which has been proved to be the database's.
    pub fn new(keyring: Arc<Keyring>, parts: VaultParts) -> Self {
        Self {
            keyring,
            parts,
            opened: WipingCache::new(MAX_DATA_KEYS, DATA_KEY_TTL),
            newest: WipingCache::new(MAX_DATA_KEYS, DATA_KEY_TTL),
        }
    }

    /// Wipes data keys whose time is over. To be called about every ten seconds: nothing else does it for keys that
    /// nobody asks for any more.
    pub fn run_pending_tasks(&self) {
        self.opened.run_pending_tasks();
        self.newest.run_pending_tasks();
    }

    /// Wipes all opened data keys, at shutdown.
    pub fn wipe(&self) {
        self.opened.wipe();
        self.newest.wipe();
    }

    /// The data key that seals for `owner` now; the owner's first is made here.
    async fn newest_data_key(&self, owner: Owner) -> Result<OpenDataKey, VaultError> {
        if let Some(key) = self.newest.get(&owner) {
            return Ok(key);
        }
        let stored = match self.parts.data_keys.find_newest_data_key(owner).await? {
            Some(stored) => stored,
            None => self.make_data_key(owner).await?,
        };
        let key = self.unwrap(&stored)?;
        self.newest.insert(owner, key.clone());
        Ok(key)
    }

    /// The owner's data key of this version.
    async fn data_key(&self, owner: Owner, version: u32) -> Result<OpenDataKey, VaultError> {
        if let Some(key) = self.opened.get(&(owner, version)) {
            return Ok(key);
        }
        let Some(stored) = self.parts.data_keys.find_data_key(owner, version).await? else {
            tracing::warn!(
                version,
                "a sealed secret names a data key that its owner doesn't have"
            );
            return Err(VaultError::Unreadable);
        };
        let key = self.unwrap(&stored)?;
        self.opened.insert((owner, version), key.clone());
        Ok(key)
    }

    /// Stores a first data key for `owner`. If another request was first, its key is the one.
    async fn make_data_key(&self, owner: Owner) -> Result<DataKey, VaultError> {
        let random = self.parts.random.as_ref();
        let root_version = self.keyring.active_version();
        let root_key = self.root_key(root_version)?;
        let mut key = DataKey {
            id: DataKeyId::new(self.parts.ids.as_ref()),
            owner,
            version: FIRST_DATA_KEY,
            root_version,
            wrapped: Vec::new(),
            created_at: self.parts.clock.now(),
        };
        let secret = SealKey::generate(random).map_err(|_| VaultError::NoRandomness)?;
        key.wrapped = blob::seal(&root_key, &self.wrap_context(&key), secret.expose(), random)
            .map_err(unsealed)?;
        Ok(self.parts.data_keys.insert_data_key(&key).await?)
    }

    fn unwrap(&self, stored: &DataKey) -> Result<OpenDataKey, VaultError> {
        let root_key = self.root_key(stored.root_version)?;
        let secret = blob::open(&root_key, &self.wrap_context(stored), &stored.wrapped)
            .map_err(|kind| unreadable("data key", stored.id, kind))?;
        let key = SealKey::from_slice(&secret)
            .ok_or_else(|| unreadable("data key", stored.id, OpenError::Padding))?;
        Ok(OpenDataKey {
            version: stored.version,
            key,
        })
    }

    fn root_key(&self, version: u32) -> Result<SealKey, VaultError> {
        self.keyring.wrapping_key(version).ok_or_else(|| {
            tracing::error!(
                root_version = version,
                "the keyring does not hold a root key that is in use"
            );
            VaultError::Unreadable
        })
    }

    fn wrap_context(&self, key: &DataKey) -> SealContext<'static> {
        SealContext {
            deployment: self.keyring.deployment(),
            kind: SealKind::DataKey,
            place: Place {
                sealer: Sealer::Owner(key.owner),
                row: key.id.as_uuid(),
                label: "dek",
                record_version: key.version,
            },
            key_version: key.root_version,
        }
    }

    fn secret_context(&self, place: &SecretPlace, data_key_version: u32) -> SealContext<'static> {
        SealContext {
            deployment: self.keyring.deployment(),
            kind: SealKind::Credential,
            place: Place {
                sealer: Sealer::Owner(place.owner),
                row: place.key.as_uuid(),
                label: place.provider.as_str(),
                record_version: place.record_version,
            },
            key_version: data_key_version,
        }
    }
}

#[async_trait]
impl KeyVault for SealingVault {
    async fn seal(
        &self,
        place: SecretPlace,
        secret: &ApiKeySecret,
    ) -> Result<SealedSecret, VaultError> {
        let data_key = self.newest_data_key(place.owner).await?;
        let context = self.secret_context(&place, data_key.version);
        let random = self.parts.random.as_ref();
        let blob = blob::seal(&data_key.key, &context, secret.expose().as_bytes(), random)
            .map_err(unsealed)?;
        Ok(SealedSecret {
            blob,
            data_key_version: data_key.version,
            record_version: place.record_version,
        })
    }

    async fn open(
        &self,
        place: SecretPlace,
        sealed: &SealedSecret,
    ) -> Result<ApiKeySecret, VaultError> {
        if sealed.record_version != place.record_version {
            tracing::warn!(key = %place.key, "a sealed secret is of another version than its row");
            return Err(VaultError::Unreadable);
        }
        let data_key = self.data_key(place.owner, sealed.data_key_version).await?;
        let context = self.secret_context(&place, data_key.version);
        let secret = blob::open(&data_key.key, &context, &sealed.blob)
            .map_err(|kind| unreadable("api key", place.key, kind))?;
        std::str::from_utf8(&secret)
            .ok()
            .and_then(|text| ApiKeySecret::parse(&SecretText::new(text.to_owned())).ok())
            .ok_or_else(|| unreadable("api key", place.key, OpenError::Padding))
    }

    /// Nothing to do: this vault keeps no opened secret.
    fn forget(&self, _: ApiKeyId) {}

    fn fingerprint(&self, owner: Owner, provider: Provider, secret: &ApiKeySecret) -> Fingerprint {
        fingerprint::fingerprint(self.keyring.fingerprint_key(), owner, provider, secret)
    }
}

/// The one error for whatever is wrong with a seal. What it was stands in the log, without any of the bytes.
fn unreadable(what: &'static str, id: impl std::fmt::Display, kind: OpenError) -> VaultError {
    tracing::warn!(what, %id, reason = %kind, "a seal does not open");
    VaultError::Unreadable
}

fn unsealed(error: SealError) -> VaultError {
    match error {
        SealError::NoRandomness(_) => VaultError::NoRandomness,
        SealError::TooLong => {
            // No key is longer than 512 characters, so this can't be.
            tracing::error!("a secret was too long to be sealed");
            VaultError::Unreadable
        }
    }
}
