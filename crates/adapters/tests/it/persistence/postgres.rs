//! PostgreSQL.

use latchkey_test_support::contracts::Stores;

use super::databases::{PostgresDatabase, stores_of};

async fn fresh_stores() -> Stores {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    stores_of(&database, fresh)
}

latchkey_test_support::store_contract_tests!(crate::persistence::postgres::fresh_stores);
