//! The cache of opened keys in front of a vault.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use latchkey_domain::{
    api_key::{
        ApiKeySecret, Fingerprint, KeyVault, Provider, SealedSecret, SecretPlace, VaultError,
    },
    id::ApiKeyId,
    owner::Owner,
};

use super::wiping_cache::WipingCache;

/// How long an opened key may be kept.
const TTL: Duration = Duration::from_mins(5);
/// Most keys that are kept open.
const MAX_KEYS: u64 = 10_000;

/// Keeps opened keys for five minutes.
///
/// It is never an authority: every look-up brings the row as the request read it, and only an entry that was opened
/// from exactly that place, version and seal counts. A row that was replaced, moved or written back is opened anew.
pub struct CachedVault {
    vault: Arc<dyn KeyVault>,
    opened: WipingCache<ApiKeyId, OpenedKey>,
    forgotten: AtomicU64,
}

/// An opened key, with what it was opened from.
#[derive(Clone)]
struct OpenedKey {
    place: SecretPlace,
    sealed: SealedSecret,
    secret: ApiKeySecret,
}

impl CachedVault {
    /// A cache in front of `vault`.
    pub fn new(vault: Arc<dyn KeyVault>) -> Self {
        Self::with_time_to_live(vault, TTL)
    }

    /// A cache that keeps keys for another time.
    pub fn with_time_to_live(vault: Arc<dyn KeyVault>, time_to_live: Duration) -> Self {
        Self {
            vault,
            opened: WipingCache::new(MAX_KEYS, time_to_live),
            forgotten: AtomicU64::new(0),
        }
    }

    /// Wipes keys whose time is over. To be called about every ten seconds: nothing else does it for keys that
    /// nobody asks for any more.
    pub fn run_pending_tasks(&self) {
        self.opened.run_pending_tasks();
    }

    /// Wipes all opened keys, at shutdown.
    pub fn wipe(&self) {
        self.opened.wipe();
    }

    /// Keeps `opened`, unless some key was forgotten since `seen`: then this may be the one, deleted while it was
    /// being opened.
    fn keep(&self, opened: OpenedKey, seen: u64) {
        let id = opened.place.key;
        self.opened.insert(id, opened);
        if self.forgotten.load(Ordering::SeqCst) != seen {
            self.opened.remove(&id);
        }
    }
}

#[async_trait]
impl KeyVault for CachedVault {
    async fn seal(
        &self,
        place: SecretPlace,
        secret: &ApiKeySecret,
    ) -> Result<SealedSecret, VaultError> {
        self.vault.seal(place, secret).await
    }

    async fn open(
        &self,
        place: SecretPlace,
        sealed: &SealedSecret,
    ) -> Result<ApiKeySecret, VaultError> {
        let cached = self.opened.get(&place.key);
        if let Some(opened) = cached.filter(|it| it.place == place && it.sealed == *sealed) {
            return Ok(opened.secret);
        }
        let seen = self.forgotten.load(Ordering::SeqCst);
        let secret = self.vault.open(place, sealed).await?;
        let opened = OpenedKey {
            place,
            sealed: sealed.clone(),
            secret: secret.clone(),
        };
        self.keep(opened, seen);
        Ok(secret)
    }

    fn forget(&self, key: ApiKeyId) {
        // First the count, then the entry: see `keep`.
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.opened.remove(&key);
        self.vault.forget(key);
    }

    fn fingerprint(&self, owner: Owner, provider: Provider, secret: &ApiKeySecret) -> Fingerprint {
        self.vault.fingerprint(owner, provider, secret)
    }
}
