//! The seal around stored keys: what was sealed opens, at its place alone, and nothing else does.
#![no_main]

use latchkey_adapters::crypto::blob::{
    self, MAX_SECRET_LEN, Place, SealContext, SealError, SealKey, SealKind, Sealer,
};
use latchkey_fuzz::{Given, number};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|data: &[u8]| {
    opens_only_if_it_was_sealed(data);
    comes_back_unless_it_was_touched(data);
});

fn opens_only_if_it_was_sealed(blob: &[u8]) {
    if let Ok(secret) = blob::open(&key(), &context(1), blob) {
        let nonce = Given(blob[8..32].to_vec());
        assert_eq!(
            blob::seal(&key(), &context(1), &secret, &nonce).as_deref(),
            Ok(blob),
            "two blobs for one nonce, place and secret"
        );
    }
}

fn comes_back_unless_it_was_touched(secret: &[u8]) {
    let chance = number(secret);
    let random = Given(secret.iter().rev().copied().collect());
    let sealed = blob::seal(&key(), &context(1), secret, &random);
    if secret.len() > MAX_SECRET_LEN {
        return assert_eq!(sealed, Err(SealError::TooLong));
    }
    let blob = sealed.expect("a secret of this length fits");
    assert_eq!((blob.len() - 80) % 64, 0, "the length is hidden");
    assert!(blob.len() <= secret.len() + 66 + 80 || blob.len() == 192 + 80);
    let opened = blob::open(&key(), &context(1), &blob);
    assert_eq!(opened.as_ref().map(|opened| &opened[..]), Ok(secret));

    assert!(
        blob::open(&key(), &context(2), &blob).is_err(),
        "another row"
    );
    let mut touched = blob.clone();
    let at = usize::try_from(chance >> 3).unwrap_or_default() % touched.len();
    touched[at] ^= 1 << (chance & 7);
    assert!(blob::open(&key(), &context(1), &touched).is_err(), "a bit");
    assert!(
        blob::open(&key(), &context(1), &blob[..at]).is_err(),
        "cut off"
    );
}

fn key() -> SealKey {
    SealKey::from_bytes([0x42; 32])
}

fn context(record_version: u32) -> SealContext<'static> {
    SealContext {
        deployment: [0xD0; 16],
        kind: SealKind::Credential,
        place: Place {
            sealer: Sealer::Deployment,
            row: Uuid::from_bytes([0xC1; 16]),
            label: "anthropic",
            record_version,
        },
        key_version: 7,
    }
}
