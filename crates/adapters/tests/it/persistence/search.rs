//! Words that are written later: of what was stored before there was a search, and of turns.

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use latchkey_adapters::persistence::Database;
use latchkey_domain::{
    Owner,
    conversation::BeginTurn,
    page::PageRequest,
    search::{ConversationSearch, SearchWords},
};
use latchkey_test_support::builders::Samples;

use super::databases::{PostgresDatabase, SqliteFolder};

/// How the database looks where only older programs have been.
const FORGET_ALL: &str = "DELETE FROM search_texts; UPDATE conversations SET searchable = (1 = 0);";

#[tokio::test(flavor = "multi_thread")]
async fn older_conversations_are_indexed_on_sqlite() {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    let owner = three_conversations(&database).await;
    let file = folder.file();
    let mut raw = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    raw.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;")
        .unwrap();
    raw.batch_execute(FORGET_ALL).unwrap();
    index_again(&database, owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_conversations_are_indexed_on_postgres() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let owner = three_conversations(&database).await;
    fresh
        .client()
        .await
        .batch_execute(FORGET_ALL)
        .await
        .unwrap();
    index_again(&database, owner).await;
}

async fn three_conversations(database: &Database) -> Owner {
    let samples = Samples::new();
    let user = samples.user("ada");
    database.users().insert_user(&user).await.unwrap();
    let owner = Owner::User(user.id);
    let answers = database.answers();
    for at in 0..3 {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some(format!("walrus {at}"));
        // More messages than are read at once.
        let mut parent = None;
        for n in 0..40 {
            let text = format!("message {n}");
            let turn = samples.turn(&conversation, parent, &text, samples.instance());
            answers.begin_turn(&turn).await.unwrap();
            let end = samples.completion(&turn, &format!("answer {n}"));
            assert!(answers.finish_answer(&end).await.unwrap());
            parent = Some(turn.answer.id);
        }
    }
    while database.search().index_pending(100).await.unwrap() == 100 {}
    assert_eq!(found(database, owner, "answer 39").await, 3);
    owner
}

/// A few at a time, each as a whole, and nothing twice.
async fn index_again(database: &Database, owner: Owner) {
    assert_eq!(found(database, owner, "walrus").await, 0);
    assert_eq!(found(database, owner, "answer 39").await, 0);
    let search = database.search();
    for (indexed, left) in [(2, 2), (1, 3), (0, 3)] {
        assert_eq!(search.index_older_conversations(2).await.unwrap(), indexed);
        for text in ["walrus", "message 0", "answer 39"] {
            assert_eq!(found(database, owner, text).await, left, "{text}");
        }
    }
}

/// How the schema was before words were written behind the answers.
const NOTHING_WAITS_YET: &str = "DROP TABLE search_pending; \
    DELETE FROM __diesel_schema_migrations WHERE version = '20261123000013';";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_ran_during_the_upgrade_is_found_on_sqlite() {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    let (turn, samples) = running_answer(&database).await;
    let mut raw = SqliteConnection::establish(folder.file().to_str().unwrap()).unwrap();
    raw.batch_execute(&format!("PRAGMA busy_timeout = 5000; {NOTHING_WAITS_YET}"))
        .unwrap();
    database.migrate().await.unwrap();
    end_and_find(&database, &samples, &turn).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_ran_during_the_upgrade_is_found_on_postgres() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let (turn, samples) = running_answer(&database).await;
    let raw = fresh.client().await;
    raw.batch_execute(NOTHING_WAITS_YET).await.unwrap();
    database.migrate().await.unwrap();
    end_and_find(&database, &samples, &turn).await;
}

/// An answer that runs, to a question that can be found already.
async fn running_answer(database: &Database) -> (BeginTurn, Samples) {
    let (turn, samples) = begun_turn(database).await;
    assert_eq!(database.search().index_pending(100).await.unwrap(), 1);
    (turn, samples)
}

/// The first turn of somebody, who asks about a walrus.
async fn begun_turn(database: &Database) -> (BeginTurn, Samples) {
    let samples = Samples::new();
    let user = samples.user("ada");
    database.users().insert_user(&user).await.unwrap();
    let conversation = samples.conversation(user.id);
    let turn = samples.turn(&conversation, None, "walrus", samples.instance());
    database.answers().begin_turn(&turn).await.unwrap();
    (turn, samples)
}

async fn end_and_find(database: &Database, samples: &Samples, turn: &BeginTurn) {
    let end = samples.completion(turn, "penguin");
    assert!(database.answers().finish_answer(&end).await.unwrap());
    assert_eq!(database.search().index_pending(100).await.unwrap(), 1);
    for text in ["walrus", "penguin"] {
        assert_eq!(
            found(database, turn.conversation.owner, text).await,
            1,
            "{text}"
        );
    }
}

async fn found(database: &Database, owner: Owner, text: &str) -> usize {
    let search = ConversationSearch {
        words: SearchWords::parse(text),
        pinned: None,
        page: PageRequest::first(100),
    };
    let page = database.search().search_conversations(owner, &search).await;
    page.unwrap().items.len()
}

/// Whoever searches finds what another replica is just making findable: its rows are waited for, not passed over.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_replica_indexes_is_waited_for() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let (turn, _) = begun_turn(&database).await;
    let other = fresh.client().await;
    let lock = "BEGIN; SELECT seq FROM search_pending FOR UPDATE;";
    other.batch_execute(lock).await.unwrap();
    let search = database.search();
    let indexed = tokio::spawn(async move { search.index_pending(10).await });
    let waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let observer = fresh.client().await;
    while observer.query(waiting, &[]).await.unwrap().is_empty() {
        assert!(!indexed.is_finished(), "it passed the rows over");
    }
    other.batch_execute("COMMIT").await.unwrap();
    assert_eq!(indexed.await.unwrap().unwrap(), 1);
    assert_eq!(found(&database, turn.conversation.owner, "walrus").await, 1);
}

/// Who deletes a message while its words are being written deletes these, too.
#[tokio::test(flavor = "multi_thread")]
async fn no_words_outlive_a_conversation_that_is_deleted_meanwhile() {
    let fresh = PostgresDatabase::create().await;
    let database = fresh.database().await;
    let samples = Samples::new();
    let user = samples.user("ada");
    database.users().insert_user(&user).await.unwrap();
    let owner = Owner::User(user.id);
    for _ in 0..50 {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some("walrus".to_owned());
        let turn = samples.turn(&conversation, None, "walrus", samples.instance());
        database.answers().begin_turn(&turn).await.unwrap();
        let (search, conversations) = (database.search(), database.conversations());
        let id = conversation.id.clone();
        let now = samples.now();
        let indexed = tokio::spawn(async move { search.index_pending(10).await.unwrap() });
        let deleted = conversations.delete_conversation(owner, &id, now).await;
        assert!(deleted.unwrap());
        indexed.await.unwrap();
    }
    let left = "SELECT COUNT(*) FROM search_texts";
    let left = fresh.client().await.query_one(left, &[]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 0);
}
