//! Stores that fail and wait as the test says.

use latchkey_domain::{StoreError, user::InsertUserError};
use latchkey_test_support::{builders::Samples, memory::MemoryStore};

#[tokio::test]
async fn a_failing_call_does_nothing_and_the_next_succeeds() {
    let (store, samples) = (MemoryStore::new(), Samples::new());
    let users = store.stores().users;
    let user = samples.user("ada");
    store.faults().fail("insert_user", 1);
    let failed = users.insert_user(&user).await;
    assert!(matches!(
        failed,
        Err(InsertUserError::Store(StoreError::Unavailable(_)))
    ));
    assert_eq!(users.find_user(user.id).await.unwrap(), None);
    users.insert_user(&user).await.unwrap();
    assert_eq!(store.faults().calls("insert_user"), 2);
}

#[tokio::test]
async fn a_store_that_is_down_fails_until_it_is_healed() {
    let (store, samples) = (MemoryStore::new(), Samples::new());
    let stores = store.stores();
    store.faults().fail_everything();
    for _ in 0..3 {
        assert!(
            stores
                .users
                .find_user(samples.user("ada").id)
                .await
                .is_err()
        );
        assert!(stores.data_keys.find_crypto_state().await.is_err());
    }
    store.faults().heal();
    assert_eq!(stores.data_keys.find_crypto_state().await.unwrap(), None);
}

#[tokio::test]
async fn a_paused_call_waits_until_the_pause_ends() {
    let (store, samples) = (MemoryStore::new(), Samples::new());
    let users = store.stores().users;
    let user = samples.user("ada");
    let mut pause = store.faults().pause("insert_user");
    let insert = tokio::spawn({
        let (users, user) = (users.clone(), user.clone());
        async move { users.insert_user(&user).await.unwrap() }
    });
    pause.reached(1).await;
    assert_eq!(users.find_user(user.id).await.unwrap(), None);
    assert!(!insert.is_finished());
    pause.end();
    insert.await.unwrap();
    assert_eq!(
        users.find_user(user.id).await.unwrap().map(|user| user.id),
        Some(user.id)
    );
}

#[test]
#[should_panic(expected = "no store has a method insert_usr")]
fn a_misspelt_method_is_a_slip_of_the_test() {
    MemoryStore::new().faults().fail("insert_usr", 1);
}

#[tokio::test]
async fn a_dump_shows_what_is_stored() {
    let (store, samples) = (MemoryStore::new(), Samples::new());
    let stores = store.stores();
    let user = samples.user("ada");
    stores.users.insert_user(&user).await.unwrap();
    let conversation = samples.conversation(user.id);
    let turn = samples.turn(&conversation, None, "find me", samples.instance());
    stores.answers.begin_turn(&turn).await.unwrap();
    let dump = store.dump();
    assert!(dump.contains("find me") && dump.contains("ada@example.org"));
}
