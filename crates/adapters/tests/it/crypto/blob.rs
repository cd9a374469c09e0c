//! The sealed blob: one vector for ever, and everything that must not open.

use std::{fmt::Write, sync::Mutex};

use latchkey_adapters::{
    crypto::blob::{
        self, MAX_SECRET_LEN, OpenError, Place, SealContext, SealError, SealKey, SealKind, Sealer,
    },
    system::OsRandom,
};
use latchkey_domain::{
    id::{TeamId, UserId},
    owner::Owner,
    system::{Randomness, RandomnessError},
};
use latchkey_test_support::memory::system::SeededRandomness;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const SECRET: &[u8] = b"sk-ant-api03-TEST-TEST-TEST";

/// Randomness that gives the nonce of the known-answer vector.
struct VectorNonce;

impl Randomness for VectorNonce {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        for (byte, value) in bytes.iter_mut().zip(0x40..) {
            *byte = value;
        }
        Ok(())
    }
}

fn key() -> SealKey {
    SealKey::from_bytes(std::array::from_fn(|at| u8::try_from(at).unwrap()))
}

fn context() -> SealContext<'static> {
    SealContext {
        deployment: [0xD0; 16],
        kind: SealKind::Credential,
        place: Place {
            sealer: user(0xA1),
            row: Uuid::from_bytes([0xC1; 16]),
            label: "anthropic",
            record_version: 1,
        },
        key_version: 7,
    }
}

fn user(byte: u8) -> Sealer {
    Sealer::Owner(Owner::User(UserId::from_uuid(Uuid::from_bytes([byte; 16]))))
}

fn team(byte: u8) -> Sealer {
    Sealer::Owner(Owner::Team(TeamId::from_uuid(Uuid::from_bytes([byte; 16]))))
}

fn sealed(secret: &[u8]) -> Vec<u8> {
    blob::seal(&key(), &context(), secret, &OsRandom).unwrap()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn the_known_answer_never_changes() {
    let blob = blob::seal(&key(), &context(), SECRET, &VectorNonce).unwrap();

    assert_eq!(blob.len(), 272);
    assert_eq!(&blob[..8], [0xB7, 0x4B, 0x01, 0x01, 0, 0, 0, 7]);
    assert_eq!(blob[8], 0x40);
    assert_eq!(blob[31], 0x57);
    assert_eq!(
        hex(&blob[32..64]),
        "162c254d5a13b4536394da98d7b708f3301c6095e7714c153f302acdeebe7475"
    );
    assert_eq!(
        hex(&Sha256::digest(&blob)),
        "8737e18c8b31a5228a544af7f9e01d6e5fd327664893a89ac303d14434f92bc1"
    );
    assert_eq!(*blob::open(&key(), &context(), &blob).unwrap(), SECRET);
}

#[test]
fn each_single_flipped_bit_is_noticed() {
    let blob = sealed(SECRET);
    for at in 0..blob.len() {
        for bit in 0..8 {
            let mut damaged = blob.clone();
            damaged[at] ^= 1 << bit;
            let expected = match at {
                0..3 => OpenError::UnknownFormat,
                3 => OpenError::UnknownSuite,
                4..8 => {
                    let found = u32::from_be_bytes(damaged[4..8].try_into().unwrap());
                    OpenError::OtherKeyVersion { expected: 7, found }
                }
                8..64 => OpenError::Commitment,
                _ => OpenError::Tag,
            };
            let outcome = blob::open(&key(), &context(), &damaged);
            assert_eq!(outcome.unwrap_err(), expected, "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn each_truncation_is_no_blob_at_all() {
    let blob = sealed(SECRET);
    for len in 0..blob.len() {
        let outcome = blob::open(&key(), &context(), &blob[..len]);
        assert_eq!(outcome.unwrap_err(), OpenError::Shape, "{len} bytes");
    }
    // A longer blob cut by whole steps has the length of another, and is found out all the same.
    let long = sealed(&[b'x'; 1_000]);
    let shorter = blob::open(&key(), &context(), &long[..long.len() - 64]);
    assert_eq!(shorter.unwrap_err(), OpenError::Tag);
}

#[test]
fn each_extension_is_noticed() {
    let blob = sealed(SECRET);
    for more in 1..=4_200 {
        let extended = [blob.as_slice(), &vec![0; more]].concat();
        let expected = if more % 64 == 0 && extended.len() <= 4_176 {
            OpenError::Tag
        } else {
            OpenError::Shape
        };
        let outcome = blob::open(&key(), &context(), &extended);
        assert_eq!(outcome.unwrap_err(), expected, "{more} bytes more");
    }
}

#[test]
fn a_blob_opens_nowhere_else() {
    let here = context();
    let elsewhere = [
        SealContext {
            deployment: [0xD1; 16],
            ..here
        },
        SealContext {
            kind: SealKind::DataKey,
            ..here
        },
        SealContext {
            kind: SealKind::Canary,
            ..here
        },
        at(Place {
            sealer: user(0xA2),
            ..here.place
        }),
        at(Place {
            sealer: team(0xA1),
            ..here.place
        }),
        at(Place {
            sealer: Sealer::Deployment,
            ..here.place
        }),
        at(Place {
            row: Uuid::from_bytes([0xC2; 16]),
            ..here.place
        }),
        at(Place {
            label: "anthropi",
            ..here.place
        }),
        at(Place {
            label: "dek",
            ..here.place
        }),
        at(Place {
            record_version: 0,
            ..here.place
        }),
        at(Place {
            record_version: 2,
            ..here.place
        }),
    ];
    let blob = sealed(SECRET);
    for place in elsewhere {
        assert_ne!(place, here);
        let outcome = blob::open(&key(), &place, &blob);
        assert_eq!(outcome.unwrap_err(), OpenError::Commitment, "{place:?}");
    }
    let other_key = SealKey::from_bytes([9; 32]);
    let outcome = blob::open(&other_key, &here, &blob);
    assert_eq!(outcome.unwrap_err(), OpenError::Commitment);
}

fn at(place: Place<'static>) -> SealContext<'static> {
    SealContext { place, ..context() }
}

#[test]
fn the_same_secret_never_gives_the_same_bytes_and_its_length_is_hidden() {
    assert_ne!(sealed(SECRET), sealed(SECRET));
    for len in 20..=180 {
        assert_eq!(sealed(&vec![b'x'; len]).len(), 272);
    }
}

/// The system's randomness, which remembers what it gave.
#[derive(Default)]
struct Remembering(Mutex<Vec<[u8; 24]>>);

impl Randomness for Remembering {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        OsRandom.fill(bytes)?;
        // A nonce, and nothing else, is drawn.
        let nonce = <[u8; 24]>::try_from(&*bytes).unwrap();
        self.0.lock().unwrap().push(nonce);
        Ok(())
    }
}

/// A million where the compiler optimises (6 s); in debug each takes twenty times as long.
const SEALS: usize = if cfg!(debug_assertions) {
    20_000
} else {
    1_000_000
};

/// Each seal draws one nonce and uses it as it is; so a million draws, which are quick in debug too, stand for a
/// million seals, and the nonces of the seals are among them.
#[test]
fn no_nonce_comes_twice() {
    const NONCES: usize = 1_000_000;
    let random = Remembering::default();
    for seal in 0..SEALS {
        let blob = blob::seal(&key(), &context(), b"", &random).unwrap();
        let drawn = random.0.lock().unwrap();
        assert_eq!((drawn.len(), &drawn[seal][..]), (seal + 1, &blob[8..32]));
    }
    for _ in SEALS..NONCES {
        random.fill(&mut [0; 24]).unwrap();
    }
    let mut nonces = random.0.into_inner().unwrap();
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), NONCES);
}

#[test]
fn without_randomness_nothing_is_sealed() {
    let random = SeededRandomness::new(1);
    random.set_failing(true);
    let outcome = blob::seal(&key(), &context(), SECRET, &random);
    assert_eq!(outcome, Err(SealError::NoRandomness(RandomnessError)));
    assert!(SealKey::generate(&random).is_err());
}

#[test]
fn what_is_too_long_is_not_sealed() {
    let longest = vec![b'x'; MAX_SECRET_LEN];
    assert_eq!(
        *blob::open(&key(), &context(), &sealed(&longest)).unwrap(),
        longest
    );
    let longer = vec![b'x'; MAX_SECRET_LEN + 1];
    let outcome = blob::seal(&key(), &context(), &longer, &OsRandom);
    assert_eq!(outcome, Err(SealError::TooLong));
}

#[test]
fn every_length_comes_back() {
    let bytes: Vec<u8> = (0..=MAX_SECRET_LEN)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect();
    for len in 0..=MAX_SECRET_LEN {
        let secret = &bytes[..len];
        assert_eq!(
            *blob::open(&key(), &context(), &sealed(secret)).unwrap(),
            secret
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..5_000)) {
        prop_assert!(blob::open(&key(), &context(), &bytes).is_err());
    }

    #[test]
    fn any_secret_comes_back(secret in prop::collection::vec(any::<u8>(), 0..4_000)) {
        let opened = blob::open(&key(), &context(), &sealed(&secret)).unwrap();
        prop_assert_eq!(&*opened, &secret);
    }

    #[test]
    fn two_contexts_open_each_other_only_if_they_are_the_same(
        a in any_context(), b in any_context(), secret in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let blob = blob::seal(&key(), &a.borrowed(), &secret, &OsRandom).unwrap();
        let outcome = blob::open(&key(), &b.borrowed(), &blob);
        prop_assert_eq!(outcome.is_ok(), a == b);
    }
}

/// A context whose fields come from so few values that equal and nearly equal ones are drawn often.
#[derive(Debug, Clone, PartialEq)]
struct AnyContext {
    deployment: u8,
    kind: SealKind,
    sealer: Sealer,
    row: u8,
    label: String,
    record_version: u32,
    key_version: u32,
}

impl AnyContext {
    fn borrowed(&self) -> SealContext<'_> {
        SealContext {
            deployment: [self.deployment; 16],
            kind: self.kind,
            place: Place {
                sealer: self.sealer,
                row: Uuid::from_bytes([self.row; 16]),
                label: &self.label,
                record_version: self.record_version,
            },
            key_version: self.key_version,
        }
    }
}

fn any_context() -> impl Strategy<Value = AnyContext> {
    let kind = prop::sample::select(vec![SealKind::DataKey, SealKind::Credential]);
    let sealer = prop::sample::select(vec![user(1), user(2), team(1)]);
    (0..2u8, kind, sealer, 0..2u8, "[ab]{0,1}", 0..2u32, 0..2u32).prop_map(
        |(deployment, kind, sealer, row, label, record_version, key_version)| AnyContext {
            deployment,
            kind,
            sealer,
            row,
            label,
            record_version,
            key_version,
        },
    )
}
