//! What every [`IdSource`] promises.

use std::{collections::HashSet, sync::Arc, thread};

use latchkey_domain::system::IdSource;
use uuid::{Uuid, Variant};

/// What the suite is run against.
pub type IdSourceSetup = Arc<dyn IdSource>;

/// Makes a test of each case.
#[macro_export]
macro_rules! id_source_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { id_source, $factory;
            ids_are_uuids_of_version_7,
            each_id_is_greater_than_those_before,
            ids_of_many_threads_are_unique_and_grow,
        }
    };
}
pub use id_source_cases as cases;

/// "A new UUID of version 7."
pub fn ids_are_uuids_of_version_7(ids: &IdSourceSetup) {
    for _ in 0..1_000 {
        let id = ids.next_uuid();
        assert_eq!(
            (id.get_version_num(), id.get_variant()),
            (7, Variant::RFC4122)
        );
    }
}

/// "… unique, and greater than those that this source gave before."
pub fn each_id_is_greater_than_those_before(ids: &IdSourceSetup) {
    let given: Vec<Uuid> = (0..10_000).map(|_| ids.next_uuid()).collect();
    assert!(given.is_sorted_by(|a, b| a < b));
}

/// The same when many ask at once.
pub fn ids_of_many_threads_are_unique_and_grow(ids: &IdSourceSetup) {
    let draw = || (0..2_000).map(|_| ids.next_uuid()).collect::<Vec<Uuid>>();
    let given = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(draw)).collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        joined.collect::<Vec<_>>()
    });
    assert!(given.iter().all(|ids| ids.is_sorted_by(|a, b| a < b)));
    let all: HashSet<Uuid> = given.into_iter().flatten().collect();
    assert_eq!(all.len(), 8_000);
}
