//! PostgreSQL: what a server, its restarts and the network between can do.

use std::{net::SocketAddr, time::Duration};

use latchkey_adapters::persistence::{Database, DatabaseKind, DatabaseSettings, connect};
use latchkey_domain::{
    Owner, StoreError,
    conversation::{BeginTurnError, ConversationLookup},
    id::UserId,
};
use latchkey_test_support::{builders::Samples, contracts::Stores};

use super::{
    databases::{PostgresDatabase, migrated, stores_of},
    proxy::Proxy,
};

async fn fresh_stores() -> Stores {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    stores_of(&database, fresh)
}

latchkey_test_support::store_contract_tests!(crate::persistence::postgres::fresh_stores);

/// Fills the pool with as many connections as it may have.
async fn fill_pool(database: &Database, user: UserId) {
    let reads = (0..32).map(|_| {
        let users = database.users();
        tokio::spawn(async move { users.find_user(user).await.unwrap() })
    });
    for read in reads.collect::<Vec<_>>() {
        read.await.unwrap();
    }
}

/// A hundred reads and writes, each of which must succeed.
async fn use_it(database: &Database, samples: &Samples) {
    for n in 0..50 {
        let user = samples.user(&format!("later{n}"));
        database.users().insert_user(&user).await.unwrap();
        assert!(database.users().find_user(user.id).await.unwrap().is_some());
    }
}

async fn add_user(database: &Database, samples: &Samples) -> UserId {
    let user = samples.user("ada");
    database.users().insert_user(&user).await.unwrap();
    user.id
}

async fn through(proxy: &Proxy, fresh: &PostgresDatabase) -> Database {
    migrated(&DatabaseSettings::new(through_url(proxy, fresh))).await
}

fn server_address(fresh: &PostgresDatabase) -> SocketAddr {
    let url = url::Url::parse(&fresh.url()).unwrap();
    let addresses = url.socket_addrs(|| Some(5432)).unwrap();
    addresses.into_iter().next().expect("a server")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_restarted_server_gives_nobody_a_dead_connection() {
    let fresh = PostgresDatabase::create().await;
    let proxy = Proxy::to(server_address(&fresh)).await;
    let database = through(&proxy, &fresh).await;
    assert_eq!(database.kind(), DatabaseKind::Postgres);
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    fill_pool(&database, user).await;
    proxy.cut();
    // A server takes longer than this to come back.
    tokio::time::sleep(Duration::from_millis(150)).await;
    use_it(&database, &samples).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_vanished_is_noticed() {
    let fresh = PostgresDatabase::create().await;
    let proxy = Proxy::to(server_address(&fresh)).await;
    let settings = DatabaseSettings {
        max_connections: 1,
        ..DatabaseSettings::new(through_url(&proxy, &fresh))
    };
    let database = migrated(&settings).await;
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    proxy.silence();
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(database.users().find_user(user).await.unwrap().is_some());
    use_it(&database, &samples).await;
}

fn through_url(
    proxy: &Proxy,
    fresh: &PostgresDatabase,
) -> latchkey_adapters::persistence::DatabaseUrl {
    let mut url = url::Url::parse(&fresh.url()).unwrap();
    url.set_ip_host(proxy.address.ip()).unwrap();
    url.set_port(Some(proxy.address.port())).unwrap();
    url.as_str().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_that_the_server_ended_are_replaced() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    fill_pool(&database, user).await;
    let client = fresh.client().await;
    let others =
        "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let ended = client
        .query(&format!("SELECT pg_terminate_backend(pid) {others}"), &[])
        .await
        .unwrap();
    assert!(ended.len() > 4, "the pool was full: {}", ended.len());
    while !client
        .query(&format!("SELECT pid {others}"), &[])
        .await
        .unwrap()
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
    use_it(&database, &samples).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_transaction_whose_connection_was_ended_is_undone_and_the_next_is_clean() {
    let fresh = PostgresDatabase::create().await;
    let settings = DatabaseSettings {
        max_connections: 1,
        ..fresh.settings()
    };
    let database = migrated(&settings).await;
    let samples = Samples::new();
    let owner = Owner::User(add_user(&database, &samples).await);
    let conversation = samples.conversation(owner);
    let turn = samples.turn(&conversation, None, "Hello", samples.instance());

    let client = fresh.client().await;
    // It can write the conversation, and waits at the messages.
    client
        .batch_execute("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let (answers, begun) = (database.answers(), turn.clone());
    let begun = tokio::spawn(async move { answers.begin_turn(&begun).await });
    let waiting =
        "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while client
        .query(&format!("SELECT pg_terminate_backend(pid) {waiting}"), &[])
        .await
        .unwrap()
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
    let error = begun.await.unwrap().unwrap_err();
    assert!(
        matches!(error, BeginTurnError::Store(StoreError::Unavailable(_))),
        "{error:?}"
    );
    client.batch_execute("ROLLBACK").await.unwrap();
    let repo = database.conversations();
    let lookup = repo
        .find_conversation(owner, &conversation.id)
        .await
        .unwrap();
    assert_eq!(lookup, ConversationLookup::Unknown);
    database.answers().begin_turn(&turn).await.unwrap();
    let path = repo.list_shown_path(owner, &conversation.id).await.unwrap();
    assert_eq!(path.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_waits_too_long_for_a_lock_is_told_to_come_again() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    let client = fresh.client().await;
    client
        .batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let error = database.users().find_user(user).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = database.users().delete_user(user).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    client.batch_execute("ROLLBACK").await.unwrap();
    assert!(database.users().find_user(user).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_connection_has_its_limits_and_its_name() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    fill_pool(&database, user).await;
    let client = fresh.client().await;
    let names = client
        .query(
            "SELECT DISTINCT application_name FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
            &[],
        )
        .await
        .unwrap();
    let names: Vec<String> = names.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["latchkey"]);
    // Slower than a statement may be.
    client
        .batch_execute(
            "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$; \
             CREATE TRIGGER slowly BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION slowly()",
        )
        .await
        .unwrap();
    let line = samples.audit_event(user, latchkey_domain::audit::AuditAction::SignedIn);
    let error = database.audit().append_audit(&line).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_password_is_in_no_error() {
    for url in [
        "postgres://ada:CANARY-password@127.0.0.1:1/chat",
        "postgres://ada:CANARY-password@host.invalid/chat?connect_timeout=2",
        "postgres://ada:CANARY-password@127.0.0.1:1/chat?sslmode=require&sslrootcert=/no/such/file",
    ] {
        let settings = DatabaseSettings::new(url.parse().unwrap());
        let Err(error) = connect(&settings).await else {
            panic!("{url} was reached");
        };
        let texts = format!("{error} {error:?} {settings:?}");
        assert!(!texts.contains("CANARY"), "{texts}");
    }
}

/// The server of the tests has no certificate that anybody would trust, if it can do TLS at all.
#[tokio::test]
async fn who_asks_for_tls_never_gets_less() {
    let fresh = PostgresDatabase::create().await;
    for mode in ["require", "verify-full"] {
        let url = format!("{}?sslmode={mode}", fresh.url());
        let settings = DatabaseSettings::new(url.parse().unwrap());
        let Err(error) = connect(&settings).await else {
            panic!("connected without a certificate to trust");
        };
        assert!(error.to_string().to_lowercase().contains("tls"), "{error}");
    }
}
