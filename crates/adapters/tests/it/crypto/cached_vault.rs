//! The cache of opened keys, which never decides anything.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use latchkey_adapters::crypto::vault::{CachedVault, SealingVault};
use latchkey_domain::{
    api_key::{
        ApiKeySecret, Fingerprint, KeyVault, Provider, SealedSecret, SecretPlace, VaultError,
    },
    id::ApiKeyId,
    owner::Owner,
};
use tokio::sync::Notify;

use super::vault::{Fixture, assert_unreadable, secret};

/// Counts what is really opened, and can hold an opening back.
struct CountingVault {
    vault: SealingVault,
    opened: AtomicUsize,
    forgotten: Mutex<Vec<ApiKeyId>>,
    gate: Option<Gate>,
}

#[derive(Clone, Default)]
struct Gate {
    arrived: Arc<Notify>,
    released: Arc<Notify>,
}

impl CountingVault {
    fn new(fixture: &Fixture, gate: Option<Gate>) -> Arc<Self> {
        Arc::new(Self {
            vault: fixture.vault(),
            opened: AtomicUsize::new(0),
            forgotten: Mutex::default(),
            gate,
        })
    }

    fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl KeyVault for CountingVault {
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
        self.opened.fetch_add(1, Ordering::SeqCst);
        let secret = self.vault.open(place, sealed).await;
        if let Some(gate) = &self.gate {
            gate.arrived.notify_one();
            gate.released.notified().await;
        }
        secret
    }

    fn forget(&self, key: ApiKeyId) {
        self.forgotten.lock().unwrap().push(key);
    }

    fn fingerprint(&self, owner: Owner, provider: Provider, secret: &ApiKeySecret) -> Fingerprint {
        self.vault.fingerprint(owner, provider, secret)
    }
}

#[tokio::test]
async fn a_key_is_opened_once_while_its_row_stays_the_same() {
    let fixture = Fixture::new();
    let counting = CountingVault::new(&fixture, None);
    let vault = CachedVault::new(counting.clone());
    let place = fixture.place(fixture.owner());
    let sealed = vault.seal(place, &secret("one")).await.unwrap();
    for _ in 0..5 {
        assert_eq!(vault.open(place, &sealed).await.unwrap(), secret("one"));
    }
    assert_eq!(counting.opened(), 1);
}

#[tokio::test]
async fn the_row_that_the_request_read_decides() {
    let fixture = Fixture::new();
    let counting = CountingVault::new(&fixture, None);
    let vault = CachedVault::new(counting.clone());
    let place = fixture.place(fixture.owner());
    let sealed = vault.seal(place, &secret("one")).await.unwrap();
    vault.open(place, &sealed).await.unwrap();

    let same_version_other_seal = vault.seal(place, &secret("two")).await.unwrap();
    let opened = vault.open(place, &same_version_other_seal).await.unwrap();
    assert_eq!(opened, secret("two"));
    assert_eq!(vault.open(place, &sealed).await.unwrap(), secret("one"));
    let not_mine = SecretPlace {
        owner: fixture.owner(),
        ..place
    };
    assert_unreadable(&vault.open(not_mine, &sealed).await);
    assert_eq!(counting.opened(), 4);
}

#[tokio::test]
async fn what_does_not_open_is_not_kept() {
    let fixture = Fixture::new();
    let counting = CountingVault::new(&fixture, None);
    let vault = CachedVault::new(counting.clone());
    let place = fixture.place(fixture.owner());
    let mut sealed = vault.seal(place, &secret("one")).await.unwrap();
    sealed.blob[100] ^= 1;
    for _ in 0..2 {
        assert_unreadable(&vault.open(place, &sealed).await);
    }
    assert_eq!(counting.opened(), 2);
}

#[tokio::test]
async fn a_forgotten_key_and_all_keys_after_a_wipe_are_opened_anew() {
    let fixture = Fixture::new();
    let counting = CountingVault::new(&fixture, None);
    let vault = CachedVault::new(counting.clone());
    let place = fixture.place(fixture.owner());
    let sealed = vault.seal(place, &secret("one")).await.unwrap();
    vault.open(place, &sealed).await.unwrap();
    vault.forget(place.key);
    assert_eq!(*counting.forgotten.lock().unwrap(), [place.key]);
    vault.open(place, &sealed).await.unwrap();
    assert_eq!(counting.opened(), 2);
    vault.wipe();
    vault.open(place, &sealed).await.unwrap();
    assert_eq!(counting.opened(), 3);
}

#[tokio::test]
async fn a_key_forgotten_while_it_is_being_opened_is_not_kept() {
    let fixture = Fixture::new();
    let gate = Gate::default();
    let counting = CountingVault::new(&fixture, Some(gate.clone()));
    let vault = Arc::new(CachedVault::new(counting.clone()));
    let place = fixture.place(fixture.owner());
    let sealed = vault.seal(place, &secret("one")).await.unwrap();

    let opening = tokio::spawn({
        let (vault, sealed) = (Arc::clone(&vault), sealed.clone());
        async move { vault.open(place, &sealed).await }
    });
    gate.arrived.notified().await;
    vault.forget(place.key);
    gate.released.notify_one();
    assert_eq!(opening.await.unwrap().unwrap(), secret("one"));

    gate.released.notify_one();
    vault.open(place, &sealed).await.unwrap();
    assert_eq!(counting.opened(), 2);
}

#[tokio::test]
async fn a_key_is_not_kept_beyond_its_time() {
    let fixture = Fixture::new();
    let counting = CountingVault::new(&fixture, None);
    let vault = CachedVault::with_time_to_live(counting.clone(), Duration::from_nanos(1));
    let place = fixture.place(fixture.owner());
    let sealed = vault.seal(place, &secret("one")).await.unwrap();
    for _ in 0..3 {
        vault.open(place, &sealed).await.unwrap();
    }
    assert_eq!(counting.opened(), 3);
    vault.run_pending_tasks();
}
