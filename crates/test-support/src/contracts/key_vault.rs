//! What every [`KeyVault`] promises.

use std::{any::Any, collections::HashSet, sync::Arc};

use latchkey_domain::{
    api_key::{ApiKeySecret, KeyVault, Provider, SealedSecret, SecretPlace, VaultError},
    id::{ApiKeyId, TeamId, UserId},
    owner::Owner,
    secret::SecretText,
};

use super::all_at_once;
use crate::{
    builders::Samples,
    memory::{MemoryStore, system::SeededRandomness},
};

/// Three vaults over one store of data keys.
pub struct KeyVaultSetup {
    /// The vault.
    pub vault: Arc<dyn KeyVault>,
    /// The same in another process: same keyring, same data keys, nothing in memory yet.
    pub restarted: Arc<dyn KeyVault>,
    /// One with another keyring on the same data keys.
    pub foreign: Arc<dyn KeyVault>,
    /// The data keys of all three. Owners need no account here.
    pub data_keys: Arc<MemoryStore>,
    /// Where all three draw their randomness.
    pub randomness: Arc<SeededRandomness>,
    /// What lives exactly as long as the case.
    pub guard: Box<dyn Any + Send + Sync>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! key_vault_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { key_vault, $factory;
            what_was_sealed_opens,
            keys_of_every_length_open,
            a_seal_says_what_it_is_bound_to,
            the_bytes_show_nothing_of_the_secret,
            the_same_secret_is_never_sealed_to_the_same_bytes,
            another_process_opens_it,
            another_keyring_does_not,
            a_seal_opens_in_its_place_alone,
            what_opened_once_still_opens_in_its_place_alone,
            changed_bytes_dont_open,
            cut_or_lengthened_bytes_dont_open,
            swapped_seals_dont_open,
            another_data_key_doesnt_open_it,
            forgetting_leaves_the_sealed_bytes_good,
            twenty_first_seals_of_one_owner_all_open,
            without_its_store_the_vault_says_so,
            without_randomness_nothing_is_sealed,
            a_fingerprint_recognises_a_secret_of_one_owner,
            fingerprints_tell_another_keyring_nothing,
        }
    };
}
pub use key_vault_cases as cases;

/// "Opens what `seal` made for the same place."
pub async fn what_was_sealed_opens(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    for _ in 0..2 {
        let opened = setup.vault.open(case.place, &sealed).await.unwrap();
        assert_eq!(opened, case.secret);
    }
}

/// From the shortest key to the longest.
pub async fn keys_of_every_length_open(setup: &KeyVaultSetup) {
    for length in [
        20, 27, 108, 180, 189, 190, 191, 192, 193, 254, 255, 256, 257, 511, 512,
    ] {
        let mut case = Case::new();
        case.secret = secret(&format!("sk-ant-{}", "k".repeat(length - 7)));
        let sealed = case.seal(setup).await;
        let opened = setup.vault.open(case.place, &sealed).await.unwrap();
        assert_eq!(opened, case.secret, "{length}");
    }
}

/// "Version of the owner's data key …"; "Version of the row that they are bound to."
pub async fn a_seal_says_what_it_is_bound_to(setup: &KeyVaultSetup) {
    let mut case = Case::new();
    case.place.record_version = 7;
    let sealed = case.seal(setup).await;
    assert_eq!((sealed.record_version, sealed.data_key_version), (7, 1));
}

/// A sealed secret can't be read from its bytes.
pub async fn the_bytes_show_nothing_of_the_secret(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    let clear = case.secret.expose().as_bytes();
    for part in clear.windows(6) {
        let shows = sealed.blob.windows(6).any(|window| window == part);
        assert!(!shows, "six bytes of the secret stand in the seal");
    }
}

/// "The nonce is fresh each time and never the caller's."
pub async fn the_same_secret_is_never_sealed_to_the_same_bytes(setup: &KeyVaultSetup) {
    let case = Case::new();
    let mut blobs = HashSet::new();
    for _ in 0..100 {
        assert!(blobs.insert(case.seal(setup).await.blob));
    }
}

/// Nothing that opens a seal lives in one process alone.
pub async fn another_process_opens_it(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    let opened = setup.restarted.open(case.place, &sealed).await.unwrap();
    assert_eq!(opened, case.secret);
    let theirs = setup
        .restarted
        .seal(case.place, &case.secret)
        .await
        .unwrap();
    let opened = setup.vault.open(case.place, &theirs).await.unwrap();
    assert_eq!(opened, case.secret);
}

/// "Unreadable when the bytes … were sealed with a key that the keyring doesn't hold."
pub async fn another_keyring_does_not(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    unreadable(&setup.foreign, case.place, &sealed).await;
    let refused = setup.foreign.seal(case.place, &case.secret).await;
    let refused = refused.expect_err("the owner's data key can't be opened");
    assert!(matches!(refused, VaultError::Unreadable), "{refused:?}");
}

/// "A blob that is moved to another row, owner or version doesn't open there."
pub async fn a_seal_opens_in_its_place_alone(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    for other in case.other_places(setup).await {
        unreadable(&setup.restarted, other, &sealed).await;
    }
}

/// The same when a copy of the opened key may still be in memory.
pub async fn what_opened_once_still_opens_in_its_place_alone(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    setup.vault.open(case.place, &sealed).await.unwrap();
    for other in case.other_places(setup).await {
        unreadable(&setup.vault, other, &sealed).await;
    }
    let mut changed = sealed.clone();
    changed.blob.reverse();
    unreadable(&setup.vault, case.place, &changed).await;
}

/// "Unreadable when the bytes were changed": any bit of any byte.
pub async fn changed_bytes_dont_open(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    for position in 0..sealed.blob.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            if let Some(byte) = changed.blob.get_mut(position) {
                *byte ^= 1 << bit;
            }
            unreadable(&setup.vault, case.place, &changed).await;
        }
    }
}

/// The same for bytes that are missing or too many.
pub async fn cut_or_lengthened_bytes_dont_open(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    for length in 0..sealed.blob.len() {
        let mut cut = sealed.clone();
        cut.blob.truncate(length);
        unreadable(&setup.vault, case.place, &cut).await;
    }
    for more in [1, 16, 64, 5_000] {
        let mut longer = sealed.clone();
        longer.blob.extend(std::iter::repeat_n(0, more));
        unreadable(&setup.vault, case.place, &longer).await;
    }
}

/// The blobs of two keys of one owner are not interchangeable.
pub async fn swapped_seals_dont_open(setup: &KeyVaultSetup) {
    let case = Case::new();
    let other = SecretPlace {
        key: ApiKeyId::new(case.samples.ids()),
        ..case.place
    };
    let sealed = case.seal(setup).await;
    let others = setup.vault.seal(other, &case.secret).await.unwrap();
    unreadable(&setup.vault, case.place, &others).await;
    unreadable(&setup.vault, other, &sealed).await;
}

/// The data key is selected by its version; there is no trial.
pub async fn another_data_key_doesnt_open_it(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    for data_key_version in [0, 2, u32::MAX] {
        let other = SealedSecret {
            data_key_version,
            ..sealed.clone()
        };
        unreadable(&setup.vault, case.place, &other).await;
    }
}

/// "Wipes any opened copy … Sealed bytes are not touched."
pub async fn forgetting_leaves_the_sealed_bytes_good(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    setup.vault.open(case.place, &sealed).await.unwrap();
    setup.vault.forget(case.place.key);
    setup.vault.forget(ApiKeyId::new(case.samples.ids()));
    let opened = setup.vault.open(case.place, &sealed).await.unwrap();
    assert_eq!(opened, case.secret);
}

/// "… the newest data key of its owner, which is made if there is none": by one of twenty.
pub async fn twenty_first_seals_of_one_owner_all_open(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = all_at_once(20, |n| {
        let vault = [&setup.vault, &setup.restarted].into_iter().cycle().nth(n);
        let vault = vault.expect("it cycles").clone();
        let (place, secret) = (case.place, case.secret.clone());
        async move { vault.seal(place, &secret).await.unwrap() }
    })
    .await;
    for sealed in sealed {
        let opened = setup.restarted.open(case.place, &sealed).await.unwrap();
        assert_eq!(opened, case.secret);
    }
}

/// "Store when the owner's data key can't be read or made": not `Unreadable`, which would be the key's fault.
pub async fn without_its_store_the_vault_says_so(setup: &KeyVaultSetup) {
    let case = Case::new();
    let sealed = case.seal(setup).await;
    setup.data_keys.faults().fail_everything();
    let refused = setup.restarted.open(case.place, &sealed).await;
    let refused = refused.expect_err("the data key can't be read");
    assert!(matches!(refused, VaultError::Store(_)), "{refused:?}");
    let refused = setup.restarted.seal(Case::new().place, &case.secret).await;
    let refused = refused.expect_err("the data key can't be read");
    assert!(matches!(refused, VaultError::Store(_)), "{refused:?}");
    setup.data_keys.faults().heal();
    let opened = setup.restarted.open(case.place, &sealed).await.unwrap();
    assert_eq!(opened, case.secret);
}

/// "NoRandomness when the system has no random bytes."
pub async fn without_randomness_nothing_is_sealed(setup: &KeyVaultSetup) {
    let case = Case::new();
    setup.randomness.set_failing(true);
    let refused = setup.vault.seal(case.place, &case.secret).await;
    let refused = refused.expect_err("there is no randomness");
    assert!(matches!(refused, VaultError::NoRandomness), "{refused:?}");
    setup.randomness.set_failing(false);
    case.seal(setup).await;
}

/// "… equal for the same secret of the same owner, unrelated for another owner."
pub async fn a_fingerprint_recognises_a_secret_of_one_owner(setup: &KeyVaultSetup) {
    let case = Case::new();
    let of = |vault: &Arc<dyn KeyVault>, owner, secret: &ApiKeySecret| {
        vault.fingerprint(owner, Provider::Anthropic, secret)
    };
    let owner = case.place.owner;
    let before = of(&setup.vault, owner, &case.secret);
    case.seal(setup).await;
    let fingerprint = of(&setup.vault, owner, &case.secret);
    assert_eq!(before, fingerprint, "the owner's data keys don't matter");
    assert_eq!(of(&setup.restarted, owner, &case.secret), fingerprint);
    let bob = Owner::User(UserId::new(case.samples.ids()));
    let team = Owner::Team(TeamId::from_uuid(owner.uuid()));
    let others = [
        of(&setup.vault, bob, &case.secret),
        of(&setup.vault, team, &case.secret),
        of(&setup.vault, owner, &case.samples.api_key_secret()),
    ];
    let all: HashSet<_> = others.into_iter().chain([fingerprint]).collect();
    assert_eq!(all.len(), 4, "none says anything about another");
}

/// "A keyed hash of a secret."
pub async fn fingerprints_tell_another_keyring_nothing(setup: &KeyVaultSetup) {
    let case = Case::new();
    case.seal(setup).await;
    let [ours, theirs] = [&setup.vault, &setup.foreign]
        .map(|vault| vault.fingerprint(case.place.owner, Provider::Anthropic, &case.secret));
    assert_ne!(ours, theirs);
}

/// One secret and the place where it belongs.
struct Case {
    samples: Samples,
    place: SecretPlace,
    secret: ApiKeySecret,
}

impl Case {
    fn new() -> Self {
        let samples = Samples::new();
        let place = SecretPlace {
            owner: Owner::User(UserId::new(samples.ids())),
            key: ApiKeyId::new(samples.ids()),
            provider: Provider::Anthropic,
            record_version: 1,
        };
        Self {
            secret: samples.api_key_secret(),
            samples,
            place,
        }
    }

    async fn seal(&self, setup: &KeyVaultSetup) -> SealedSecret {
        setup.vault.seal(self.place, &self.secret).await.unwrap()
    }

    /// Places that differ in one part each; their owners have data keys of their own.
    async fn other_places(&self, setup: &KeyVaultSetup) -> Vec<SecretPlace> {
        let bob = Owner::User(UserId::new(self.samples.ids()));
        let team = Owner::Team(TeamId::from_uuid(self.place.owner.uuid()));
        let places = vec![
            SecretPlace {
                owner: bob,
                ..self.place
            },
            SecretPlace {
                owner: team,
                ..self.place
            },
            SecretPlace {
                key: ApiKeyId::new(self.samples.ids()),
                ..self.place
            },
            SecretPlace {
                record_version: 2,
                ..self.place
            },
            SecretPlace {
                record_version: 0,
                ..self.place
            },
        ];
        for place in &places {
            setup.vault.seal(*place, &self.secret).await.unwrap();
        }
        places
    }
}

fn secret(text: &str) -> ApiKeySecret {
    ApiKeySecret::parse(&SecretText::new(text.to_owned())).expect("a well-formed key")
}

async fn unreadable(vault: &Arc<dyn KeyVault>, place: SecretPlace, sealed: &SealedSecret) {
    match vault.open(place, sealed).await {
        Err(VaultError::Unreadable) => {}
        Err(other) => panic!("not Unreadable but {other:?}"),
        Ok(_) => panic!("it opened"),
    }
}
