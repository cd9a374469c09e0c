//! The embedded database.

use latchkey_test_support::contracts::Stores;

use super::databases::{SqliteFolder, stores_of};

async fn fresh_stores() -> Stores {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    stores_of(&database, folder)
}

latchkey_test_support::store_contract_tests!(crate::persistence::sqlite::fresh_stores);
