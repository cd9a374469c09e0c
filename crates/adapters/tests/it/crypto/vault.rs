//! The vault: one data key per owner, and seals bound to their row.

use std::{collections::HashSet, sync::Arc};

use latchkey_adapters::crypto::{
    keyring::Keyring,
    vault::{CachedVault, SealingVault, VaultParts},
};
use latchkey_domain::{
    api_key::{ApiKeySecret, KeyVault, Provider, SealedSecret, SecretPlace, VaultError},
    id::{ApiKeyId, TeamId, UserId},
    owner::Owner,
    secret::SecretText,
};
use latchkey_test_support::memory::system::{ManualClock, SeededRandomness, SequentialIds};

use super::data_keys::DataKeysInMemory;

pub struct Fixture {
    data_keys: Arc<DataKeysInMemory>,
    random: Arc<SeededRandomness>,
    keyring: Arc<Keyring>,
    ids: Arc<SequentialIds>,
}

impl Fixture {
    pub fn new() -> Self {
        let random = Arc::new(SeededRandomness::new(7));
        Self {
            data_keys: Arc::default(),
            keyring: Arc::new(Keyring::generate(random.as_ref()).unwrap()),
            random,
            ids: Arc::new(SequentialIds::new()),
        }
    }

    /// A vault as a freshly started server has it: nothing opened yet.
    pub fn vault(&self) -> SealingVault {
        self.vault_with(Arc::clone(&self.keyring))
    }

    pub fn vault_with(&self, keyring: Arc<Keyring>) -> SealingVault {
        SealingVault::new(
            keyring,
            VaultParts {
                data_keys: self.data_keys.clone(),
                clock: Arc::new(ManualClock::new()),
                ids: self.ids.clone(),
                random: self.random.clone(),
            },
        )
    }

    pub fn owner(&self) -> Owner {
        Owner::User(UserId::new(self.ids.as_ref()))
    }

    pub fn place(&self, owner: Owner) -> SecretPlace {
        SecretPlace {
            owner,
            key: ApiKeyId::new(self.ids.as_ref()),
            provider: Provider::Anthropic,
            record_version: 1,
        }
    }
}

pub fn secret(tail: &str) -> ApiKeySecret {
    ApiKeySecret::parse(&SecretText::new(format!("sk-ant-api03-{tail}-AAAAAAAAAA"))).unwrap()
}

pub fn assert_unreadable(outcome: &Result<ApiKeySecret, VaultError>) {
    assert!(
        matches!(outcome, Err(VaultError::Unreadable)),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn what_is_sealed_opens_also_after_a_restart() {
    let fixture = Fixture::new();
    let place = fixture.place(fixture.owner());
    let sealed = fixture.vault().seal(place, &secret("one")).await.unwrap();
    assert_eq!((sealed.data_key_version, sealed.record_version), (1, 1));
    let opened = fixture.vault().open(place, &sealed).await.unwrap();
    assert_eq!(opened, secret("one"));
}

#[tokio::test]
async fn an_owner_gets_one_data_key_however_many_ask_at_once() {
    let fixture = Fixture::new();
    let vault = Arc::new(fixture.vault());
    let owner = fixture.owner();
    let sealing: Vec<_> = (0..20)
        .map(|number| {
            let (vault, place) = (Arc::clone(&vault), fixture.place(owner));
            tokio::spawn(async move {
                let secret = secret(&number.to_string());
                (place, vault.seal(place, &secret).await.unwrap(), secret)
            })
        })
        .collect();
    for task in sealing {
        let (place, sealed, secret) = task.await.unwrap();
        assert_eq!(fixture.vault().open(place, &sealed).await.unwrap(), secret);
    }
    assert_eq!(fixture.data_keys.rows.lock().unwrap().len(), 1);
    let other = fixture.owner();
    vault
        .seal(fixture.place(other), &secret("x"))
        .await
        .unwrap();
    assert_eq!(fixture.data_keys.rows.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn the_vault_that_loses_the_race_uses_the_winners_data_key() {
    let fixture = Fixture::new();
    let owner = fixture.owner();
    let (first, second) = (fixture.vault(), fixture.vault());
    let (a, b) = (fixture.place(owner), fixture.place(owner));
    let (one, two) = (secret("one"), secret("two"));
    let (sealed_a, sealed_b) = tokio::join!(first.seal(a, &one), second.seal(b, &two));
    assert_eq!(fixture.data_keys.rows.lock().unwrap().len(), 1);
    assert_eq!(
        fixture.vault().open(a, &sealed_a.unwrap()).await.unwrap(),
        one
    );
    assert_eq!(
        fixture.vault().open(b, &sealed_b.unwrap()).await.unwrap(),
        two
    );
}

#[tokio::test]
async fn a_seal_opens_at_its_place_alone() {
    let fixture = Fixture::new();
    let vault = fixture.vault();
    let owner = fixture.owner();
    let team = Owner::Team(TeamId::from_uuid(owner.uuid()));
    let here = fixture.place(owner);
    let sealed = vault.seal(here, &secret("one")).await.unwrap();
    // The other owners have data keys of their own.
    let neighbour = fixture.owner();
    for owner in [neighbour, team] {
        vault
            .seal(fixture.place(owner), &secret("two"))
            .await
            .unwrap();
    }
    let elsewhere = [
        fixture.place(owner),
        SecretPlace {
            owner: neighbour,
            ..here
        },
        SecretPlace {
            owner: team,
            ..here
        },
        SecretPlace {
            owner: fixture.owner(),
            ..here
        },
        SecretPlace {
            record_version: 2,
            ..here
        },
    ];
    for place in elsewhere {
        assert_unreadable(&vault.open(place, &sealed).await);
        let renumbered = SealedSecret {
            record_version: place.record_version,
            ..sealed.clone()
        };
        assert_unreadable(&vault.open(place, &renumbered).await);
    }
    let unknown_data_key = SealedSecret {
        data_key_version: 2,
        ..sealed.clone()
    };
    assert_unreadable(&vault.open(here, &unknown_data_key).await);
    assert_eq!(vault.open(here, &sealed).await.unwrap(), secret("one"));
}

#[tokio::test]
async fn an_old_seal_written_back_over_a_replaced_row_does_not_open() {
    let fixture = Fixture::new();
    let vault = CachedVault::new(Arc::new(fixture.vault()));
    let old_row = fixture.place(fixture.owner());
    let old = vault.seal(old_row, &secret("old")).await.unwrap();
    assert_eq!(vault.open(old_row, &old).await.unwrap(), secret("old"));
    let row = SecretPlace {
        record_version: 2,
        ..old_row
    };
    let new = vault.seal(row, &secret("new")).await.unwrap();
    assert_eq!(vault.open(row, &new).await.unwrap(), secret("new"));

    let written_back = SealedSecret {
        blob: old.blob,
        ..new.clone()
    };
    assert_unreadable(&vault.open(row, &written_back).await);
    assert_eq!(vault.open(row, &new).await.unwrap(), secret("new"));
}

#[tokio::test]
async fn a_data_key_moved_or_swapped_with_a_secret_does_not_open() {
    let fixture = Fixture::new();
    let (ada, bob) = (fixture.owner(), fixture.owner());
    let (of_ada, of_bob) = (fixture.place(ada), fixture.place(bob));
    let vault = fixture.vault();
    let sealed = vault.seal(of_ada, &secret("ada")).await.unwrap();
    vault.seal(of_bob, &secret("bob")).await.unwrap();

    let rows = fixture.data_keys.rows.lock().unwrap().clone();
    let swap = |wrapped: Vec<u8>| fixture.data_keys.rows.lock().unwrap()[0].wrapped = wrapped;
    swap(rows[1].wrapped.clone());
    assert_unreadable(&fixture.vault().open(of_ada, &sealed).await);
    swap(sealed.blob.clone());
    assert_unreadable(&fixture.vault().open(of_ada, &sealed).await);
    swap(rows[0].wrapped.clone());
    assert_eq!(
        fixture.vault().open(of_ada, &sealed).await.unwrap(),
        secret("ada")
    );
    let wrapped_as_secret = SealedSecret {
        blob: rows[0].wrapped.clone(),
        ..sealed
    };
    assert_unreadable(&fixture.vault().open(of_ada, &wrapped_as_secret).await);
}

#[tokio::test]
async fn a_data_key_that_does_not_open_is_never_replaced_by_a_new_one() {
    let fixture = Fixture::new();
    let place = fixture.place(fixture.owner());
    fixture.vault().seal(place, &secret("one")).await.unwrap();
    let other_keyring = Arc::new(Keyring::generate(fixture.random.as_ref()).unwrap());
    let stranger = fixture.vault_with(other_keyring);
    let outcome = stranger.seal(place, &secret("two")).await;
    assert!(matches!(outcome, Err(VaultError::Unreadable)));
    assert_eq!(fixture.data_keys.rows.lock().unwrap().len(), 1);
    fixture.data_keys.rows.lock().unwrap()[0].root_version = 2;
    let outcome = fixture.vault().seal(place, &secret("two")).await;
    assert!(matches!(outcome, Err(VaultError::Unreadable)));
}

#[tokio::test]
async fn without_randomness_nothing_is_sealed_and_no_data_key_made() {
    let fixture = Fixture::new();
    let vault = fixture.vault();
    let place = fixture.place(fixture.owner());
    fixture.random.set_failing(true);
    let outcome = vault.seal(place, &secret("one")).await;
    assert!(matches!(outcome, Err(VaultError::NoRandomness)));
    assert!(fixture.data_keys.rows.lock().unwrap().is_empty());
    fixture.random.set_failing(false);
    vault.seal(place, &secret("one")).await.unwrap();
    fixture.random.set_failing(true);
    let outcome = vault.seal(place, &secret("one")).await;
    assert!(matches!(outcome, Err(VaultError::NoRandomness)));
}

#[tokio::test]
async fn data_keys_are_read_once_a_minute_and_again_after_a_wipe() {
    let fixture = Fixture::new();
    let vault = fixture.vault();
    let place = fixture.place(fixture.owner());
    let sealed = vault.seal(place, &secret("one")).await.unwrap();
    vault.open(place, &sealed).await.unwrap();
    let reads = fixture.data_keys.reads();
    for _ in 0..10 {
        vault.seal(place, &secret("one")).await.unwrap();
        vault.open(place, &sealed).await.unwrap();
    }
    assert_eq!(fixture.data_keys.reads(), reads);
    vault.wipe();
    vault.open(place, &sealed).await.unwrap();
    assert_eq!(fixture.data_keys.reads(), reads + 1);
}

#[tokio::test]
async fn the_same_secret_is_recognised_within_one_owner_alone() {
    let fixture = Fixture::new();
    let vault = fixture.vault();
    let ada = fixture.owner();
    let team = Owner::Team(TeamId::from_uuid(ada.uuid()));
    let print =
        |owner, secret: &ApiKeySecret| vault.fingerprint(owner, Provider::Anthropic, secret);
    let one = secret("one");
    assert_eq!(
        print(ada, &one),
        fixture.vault().fingerprint(ada, Provider::Anthropic, &one)
    );
    let all = [
        print(ada, &one),
        print(ada, &secret("two")),
        print(fixture.owner(), &one),
        print(team, &one),
    ];
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 4);
}
