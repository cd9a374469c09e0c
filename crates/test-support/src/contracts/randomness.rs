//! What every [`Randomness`] promises.

use std::{collections::HashSet, sync::Arc};

use latchkey_domain::system::Randomness;

/// What the suite is run against.
pub type RandomnessSetup = Arc<dyn Randomness>;

/// Makes a test of each case.
#[macro_export]
macro_rules! randomness_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { randomness, $factory;
            every_byte_is_filled,
            no_two_fills_are_equal,
        }
    };
}
pub use randomness_cases as cases;

/// "Fills `bytes` with random bytes": all of them, whatever their number.
pub fn every_byte_is_filled(randomness: &RandomnessSetup) {
    randomness.fill(&mut []).unwrap();
    for length in [1, 16, 24, 31, 32, 33, 1_000] {
        let mut ever_set = vec![0_u8; length];
        for _ in 0..64 {
            let mut bytes = vec![0; length];
            randomness.fill(&mut bytes).unwrap();
            ever_set
                .iter_mut()
                .zip(bytes)
                .for_each(|(seen, byte)| *seen |= byte);
        }
        assert!(ever_set.iter().all(|seen| *seen != 0), "{length} bytes");
    }
}

/// "… random bytes fit for keys."
pub fn no_two_fills_are_equal(randomness: &RandomnessSetup) {
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        let mut bytes = [0; 16];
        randomness.fill(&mut bytes).unwrap();
        assert!(seen.insert(bytes));
    }
}
