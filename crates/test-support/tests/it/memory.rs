//! Every contract suite against the in-memory implementation.

use std::future::{Ready, ready};

use latchkey_test_support::{contracts::Stores, memory::MemoryStore, store_contract_tests};

fn fresh_stores() -> Ready<Stores> {
    ready(MemoryStore::new().stores())
}

store_contract_tests!(crate::memory::fresh_stores);
