//! The embedded database.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use latchkey_adapters::{
    persistence::{BackupError, ConnectError, DatabaseKind, DatabaseSettings, connect},
    system::UuidV7Ids,
};
use latchkey_domain::{
    Owner, StoreError, conversation::ConversationQuery, id::InstanceId, page::PageRequest,
};
use latchkey_test_support::{builders::Samples, contracts::Stores};

use super::databases::{SqliteFolder, migrated, stores_of};

async fn fresh_stores() -> Stores {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    stores_of(&database, folder)
}

latchkey_test_support::store_contract_tests!(crate::persistence::sqlite::fresh_stores);

fn raw(file: &Path) -> SqliteConnection {
    SqliteConnection::establish(file.to_str().unwrap()).unwrap()
}

fn number(conn: &mut SqliteConnection, sql: &str) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        number: i64,
    }
    let found: Number = diesel::RunQueryDsl::get_result(
        diesel::sql_query(format!("SELECT ({sql}) AS number")),
        conn,
    )
    .unwrap();
    found.number
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    database.begin_serving().unwrap();
    let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let data = folder.file().parent().unwrap().to_owned();
    assert_eq!(rights(&data), 0o700);
    let files: Vec<_> = fs::read_dir(&data).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        assert_eq!(rights(&file.path()), 0o600, "{file:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_serves_a_file_and_others_may_use_it() {
    let folder = SqliteFolder::new();
    let (first, second) = (folder.database().await, folder.database().await);
    assert_eq!(first.kind(), DatabaseKind::Sqlite);
    assert!(!first.is_exclusive());
    first.begin_serving().unwrap();
    first.begin_serving().unwrap();
    assert!(first.is_exclusive());
    let refused = second.begin_serving();
    assert!(
        matches!(refused, Err(ConnectError::AlreadyServed(_))),
        "{refused:?}"
    );
    assert!(!second.is_exclusive());
    let user = Samples::new().user("added-beside");
    second.users().insert_user(&user).await.unwrap();
    assert!(first.users().find_user(user.id).await.unwrap().is_some());
    first.close().await;
    second.begin_serving().unwrap();
}

/// Several connections of several processes write in turn; nobody is told that the file is locked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_openers_write_beside_each_other() {
    let folder = SqliteFolder::new();
    let (first, second) = (folder.database().await, folder.database().await);
    let samples = Arc::new(Samples::new());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..100 {
        let database = if n % 2 == 0 {
            first.clone()
        } else {
            second.clone()
        };
        let user = samples.user(&format!("user{n}"));
        tasks.spawn(async move { database.users().insert_user(&user).await.unwrap() });
    }
    assert_eq!(tasks.join_all().await.len(), 100);
    assert_eq!(
        number(&mut raw(&folder.file()), "SELECT COUNT(*) FROM users"),
        100
    );
    let admins = "SELECT COUNT(*) FROM users WHERE role = 'admin'";
    assert_eq!(number(&mut raw(&folder.file()), admins), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_whole_while_others_write() {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    let samples = Arc::new(Samples::new());
    let owner = Owner::User(add_user(&database, &samples).await);
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (database, samples, stop) = (database.clone(), samples.clone(), stop.clone());
        writers.spawn(async move {
            let mut written = 0_usize;
            while !AtomicBool::load(&stop, Ordering::SeqCst) {
                let conversation = samples.conversation(owner);
                let turn = samples.turn(&conversation, None, "Hello", samples.instance());
                database.answers().begin_turn(&turn).await.unwrap();
                written += 1;
            }
            written
        });
    }
    let mut backups = Vec::new();
    for n in 0..5 {
        let target = folder.path().join(format!("backup{n}.db"));
        database.backup(&target).await.unwrap().unwrap();
        backups.push(target);
    }
    stop.store(true, Ordering::SeqCst);
    let written: usize = writers.join_all().await.into_iter().sum();
    assert!(written > 0);
    for backup in backups {
        let mut copy = raw(&backup);
        assert_eq!(
            number(
                &mut copy,
                "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"
            ),
            0
        );
        assert_eq!(
            number(&mut copy, "SELECT COUNT(*) FROM pragma_foreign_key_check"),
            0
        );
        let turns = number(&mut copy, "SELECT COUNT(*) FROM conversations");
        assert_eq!(
            number(&mut copy, "SELECT COUNT(*) FROM messages"),
            turns * 2
        );
        assert_eq!(number(&mut copy, "SELECT COUNT(*) FROM answers"), turns);
        drop(copy);
        let url = format!("sqlite://{}", backup.display()).parse().unwrap();
        let restored = migrated(&DatabaseSettings::new(url)).await;
        let query = ConversationQuery {
            pinned: None,
            page: PageRequest::first(100),
        };
        let listed = restored
            .conversations()
            .list_conversations(owner, &query)
            .await;
        listed.unwrap();
    }
}

async fn add_user(
    database: &latchkey_adapters::persistence::Database,
    samples: &Samples,
) -> latchkey_domain::id::UserId {
    let user = samples.user("ada");
    database.users().insert_user(&user).await.unwrap();
    user.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_overwrites_nothing_and_leaves_no_half() {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    let target = folder.path().join("backup.db");
    fs::write(&target, "precious").unwrap();
    let refused = database.backup(&target).await.unwrap();
    assert!(
        matches!(refused, Err(BackupError::Exists(_))),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    let nowhere = folder.path().join("no/such/folder.db");
    let refused = database.backup(&nowhere).await.unwrap();
    assert!(
        matches!(refused, Err(BackupError::Target { .. })),
        "{refused:?}"
    );
    let target = folder.path().join("good.db");
    database.backup(&target).await.unwrap().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&target).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

/// One damaged row keeps no other answer from its end.
#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_answer_that_cant_be_read_keeps_no_other_from_its_end() {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    let answers = database.answers();
    let mut begun = Vec::new();
    for _ in 0..2 {
        let conversation = samples.conversation(user);
        let turn = samples.turn(&conversation, None, "Hello", samples.instance());
        answers.begin_turn(&turn).await.unwrap();
        begun.push(turn.answer.id);
    }
    raw(&folder.file())
        .batch_execute(
            "PRAGMA busy_timeout = 5000; \
             UPDATE messages SET key_receipt = '?' WHERE seq = (SELECT MIN(seq) FROM messages WHERE role = 'assistant')",
        )
        .unwrap();
    let now = samples.now();
    let taken = answers.take_over_answers(InstanceId::new(&UuidV7Ids), now, now, true, 10);
    let taken: Vec<_> = taken.await.unwrap();
    let taken: Vec<_> = taken.iter().map(|(running, _)| running.message).collect();
    assert_eq!(taken, begun.split_off(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_cant_be_read_is_named() {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    let user = add_user(&database, &Samples::new()).await;
    raw(&folder.file())
        .batch_execute("UPDATE users SET default_model = 'no model!'")
        .unwrap();
    let read = database.users().find_user(user).await;
    match read {
        Err(StoreError::Corrupt { table, column, row }) => {
            assert_eq!(
                (table, column, row),
                ("users", "default_model", user.to_string())
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_account_every_row_of_it_goes_but_ledger_and_audit() {
    let folder = SqliteFolder::new();
    let database = folder.database().await;
    let samples = Samples::new();
    let user = add_user(&database, &samples).await;
    let owner = Owner::User(user);
    database
        .sessions()
        .insert_session(&samples.session(user))
        .await
        .unwrap();
    database
        .personal_tokens()
        .insert_personal_token(&samples.personal_token(user))
        .await
        .unwrap();
    database
        .users()
        .insert_reset_code(&samples.reset_code(user))
        .await
        .unwrap();
    database
        .api_keys()
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    database
        .data_keys()
        .insert_data_key(&samples.data_key(owner, 1))
        .await
        .unwrap();
    let conversation = samples.conversation(owner);
    let turn = samples.turn(&conversation, None, "Hello", samples.instance());
    let turn = samples.once(turn, user, 1);
    database.answers().begin_turn(&turn).await.unwrap();
    let entry = samples.journal_entry(&turn, 0, "event: ping\ndata: {}\n\n");
    database.answers().append_journal(&entry).await.unwrap();
    database
        .usage()
        .append_usage(&[samples.usage_event(user)])
        .await
        .unwrap();
    let tables = [
        "users",
        "sessions",
        "personal_tokens",
        "reset_codes",
        "api_keys",
        "data_keys",
        "conversations",
        "messages",
        "answers",
        "answer_journal",
        "once_keys",
    ];
    let mut conn = raw(&folder.file());
    let mut rows = |table| number(&mut conn, &format!("SELECT COUNT(*) FROM {table}"));
    for table in tables {
        assert!(rows(table) > 0, "{table} was never filled");
    }
    assert!(database.users().delete_user(user).await.unwrap());
    for table in tables {
        assert_eq!(rows(table), 0, "{table}");
    }
    assert_eq!(rows("usage_events"), 1);
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let folder = SqliteFolder::new();
    let settings = folder.settings();
    fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    fs::write(
        folder.file(),
        "this is a letter, not a database, and long enough to be read as one".repeat(100),
    )
    .unwrap();
    let Err(refused) = connect(&settings).await else {
        panic!("a letter was opened");
    };
    assert!(refused.to_string().contains("not a database"), "{refused}");
}
