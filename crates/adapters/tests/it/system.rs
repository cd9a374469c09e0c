//! Clock, ids and randomness of the operating system.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use latchkey_adapters::system::{OsRandom, SystemClock, UuidV7Ids};
use latchkey_domain::system::{Clock, IdSource, Randomness};
use latchkey_test_support::contracts::{id_source::IdSourceSetup, randomness::RandomnessSetup};

fn ids() -> IdSourceSetup {
    Arc::new(UuidV7Ids)
}

fn randomness() -> RandomnessSetup {
    Arc::new(OsRandom)
}

latchkey_test_support::contract_tests!(id_source, crate::system::ids);
latchkey_test_support::contract_tests!(randomness, crate::system::randomness);

#[test]
fn the_clock_shows_the_systems_time_in_microseconds() {
    let micros = || {
        i64::try_from(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_micros(),
        )
        .unwrap()
    };
    let (before, now, after) = (micros(), SystemClock.now().as_micros(), micros());
    assert!((before..=after).contains(&now));
}

#[test]
fn each_id_is_greater_than_the_one_before_and_none_comes_twice() {
    let mut last = UuidV7Ids.next_uuid();
    assert_eq!(last.get_version_num(), 7);
    for _ in 0..100_000 {
        let next = UuidV7Ids.next_uuid();
        assert!(next > last, "{next} after {last}");
        last = next;
    }
    let ids: HashSet<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    (0..10_000)
                        .map(|_| UuidV7Ids.next_uuid())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    });
    assert_eq!(ids.len(), 40_000);
}

#[test]
fn random_bytes_fill_the_whole_buffer_and_differ() {
    let draw = || {
        let mut bytes = [0_u8; 4_096];
        OsRandom.fill(&mut bytes).unwrap();
        bytes
    };
    let (one, two) = (draw(), draw());
    assert_ne!(one, two);
    for block in one.chunks(64) {
        assert!(block.iter().any(|&byte| byte != 0));
    }
}
