//! PostgreSQL: what a server, its restarts and the network between can do.

use std::{net::SocketAddr, time::Duration};

use latchkey_adapters::persistence::{Database, DatabaseKind, DatabaseSettings, connect};
use latchkey_domain::{
    Owner, PageRequest, StoreError,
    conversation::{BeginTurnError, BranchEnd, ConversationChange, ConversationLookup, Message},
    id::UserId,
};
use latchkey_test_support::{builders::Samples, contracts::Stores};

use super::{
    databases::{PostgresDatabase, migrated, stores_of, with_connections},
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

/// A conversation with which somebody just goes on is idle no more: it is passed over, and not waited for and then deleted all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tidying_takes_no_conversation_that_somebody_goes_on_with() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    let mut conversation = samples.conversation(user);
    conversation.temporary = true;
    let conversations = database.conversations();
    conversations
        .insert_conversation(&conversation)
        .await
        .unwrap();
    let later = samples.now().plus(Duration::from_hours(48));
    let somebody = fresh.client().await;
    let goes_on = "BEGIN; UPDATE conversations SET temporary = FALSE;";
    somebody.batch_execute(goes_on).await.unwrap();
    let deleted = conversations.delete_idle_conversations(later, 10);
    let deleted = tokio::time::timeout(Duration::from_secs(1), deleted);
    assert_eq!(deleted.await.expect("nobody waits").unwrap(), 0);
    somebody.batch_execute("COMMIT").await.unwrap();
    let deleted = conversations.delete_idle_conversations(later, 10).await;
    assert_eq!(deleted.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_vanished_is_noticed() {
    let fresh = PostgresDatabase::create().await;
    let proxy = Proxy::to(server_address(&fresh)).await;
    let database = with_connections(DatabaseSettings::new(through_url(&proxy, &fresh)), 1).await;
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
    let database = with_connections(fresh.settings(), 1).await;
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

/// Each costs one message to the server and one back.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_is_begun_by_one_statement_and_ended_by_one() {
    let fresh = PostgresDatabase::create().await;
    let database = with_connections(fresh.settings(), 1).await;
    let samples = Samples::new();
    let owner = Owner::User(add_user(&database, &samples).await);
    let key = samples.api_key(owner);
    let key = database.api_keys().insert_api_key(&key).await.unwrap();
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("Hello".to_owned());
    let observer = fresh.client().await;
    let last = "SELECT query FROM pg_stat_activity WHERE datname = current_database() \
        AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let last = async || -> String {
        let row = observer.query_one(last, &[]).await.unwrap();
        row.get(0)
    };
    let mut parent = None;
    for _ in 0..3 {
        let turn = samples.turn(&conversation, parent, "Hello", samples.instance());
        database.answers().begin_turn(&turn).await.unwrap();
        let statement = last().await;
        assert!(statement.starts_with("WITH begun"), "{statement}");
        let mut end = samples.completion(&turn, "Hi");
        end.used_key = Some(key.id);
        assert!(database.answers().finish_answer(&end).await.unwrap());
        let statement = last().await;
        assert!(statement.starts_with("WITH ledger"), "{statement}");
        parent = Some(turn.answer.id);
    }
}

/// Ends of one key's answers would else wait for each other's disk, one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_waits_for_nobody_who_holds_the_key() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let samples = Samples::new();
    let owner = Owner::User(add_user(&database, &samples).await);
    let key = samples.api_key(owner);
    let key = database.api_keys().insert_api_key(&key).await.unwrap();
    let conversation = samples.conversation(owner);
    let other = fresh.client().await;
    let hold = "BEGIN; UPDATE api_keys SET last_used_at = NULL;";
    other.batch_execute(hold).await.unwrap();
    let turn = samples.turn(&conversation, None, "Hello", samples.instance());
    database.answers().begin_turn(&turn).await.unwrap();
    let mut end = samples.completion(&turn, "Hi");
    end.used_key = Some(key.id);
    assert!(database.answers().finish_answer(&end).await.unwrap());
    other.batch_execute("COMMIT").await.unwrap();
}

/// What a message costs must not grow with what others wrote, also where the server planned while there was nothing yet.
#[tokio::test(flavor = "multi_thread")]
async fn no_statement_of_a_turn_looks_at_what_others_wrote() {
    let fresh = PostgresDatabase::create().await;
    let database = with_connections(fresh.settings(), 1).await;
    let samples = Samples::new();
    let owner = Owner::User(add_user(&database, &samples).await);
    let conversation = samples.conversation(owner);
    let id = &conversation.id;
    let (answers, repo, search) = (
        database.answers(),
        database.conversations(),
        database.search(),
    );
    let mut leaf = None;
    for round in 0..20 {
        // A plan is kept after five, from when there was next to nothing.
        if round == 10 {
            let other = samples.conversation(owner);
            let messages = (0..5_000).map(|_| samples.user_message(&other, None, "Hello"));
            let messages: Vec<Message> = messages.collect();
            let stored = database.archive().store_imported(&other, &messages).await;
            stored.unwrap();
        }
        let turn = samples.turn(&conversation, leaf, "Hello", samples.instance());
        let asked = turn.user_message.as_ref().unwrap().id;
        answers.begin_turn(&turn).await.unwrap();
        answers.request_stop(owner, id, asked).await.unwrap();
        let end = samples.completion(&turn, "Hi");
        assert!(answers.finish_answer(&end).await.unwrap());
        assert!(answers.finish_answer(&end).await.unwrap());
        for end in [BranchEnd::ShownLeaf, BranchEnd::Message(turn.answer.id)] {
            repo.find_branch(owner, id, end).await.unwrap();
        }
        repo.list_shown_path(owner, id).await.unwrap();
        let first = PageRequest::first(1);
        let page = repo.list_shown_page(owner, id, &first).await.unwrap();
        let second = first.after(page.next);
        repo.list_shown_page(owner, id, &second).await.unwrap();
        repo.find_message(owner, id, asked).await.unwrap();
        let change = ConversationChange {
            shown: Some(asked),
            ..ConversationChange::default()
        };
        let changed = repo.update_conversation(owner, id, &change, samples.now());
        assert!(changed.await.unwrap().is_some());
        assert_eq!(search.index_pending(10).await.unwrap(), 2);
        leaf = Some(turn.answer.id);
    }
    database.close().await;
    // A connection's count is complete when it has ended.
    let client = fresh.client().await;
    let others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
        AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    while !client.query(others, &[]).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let looked_at = "SELECT CAST(seq_tup_read + idx_tup_fetch AS bigint) FROM pg_stat_user_tables WHERE relname = 'messages'";
    let looked_at: i64 = client.query_one(looked_at, &[]).await.unwrap().get(0);
    assert!(looked_at < 50_000, "{looked_at} messages were looked at");
}
