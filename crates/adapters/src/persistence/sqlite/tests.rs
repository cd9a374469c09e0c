//! What group commit promises: together when it goes well, alone when it doesn't.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, Sender, channel},
};

use diesel::{
    ExpressionMethods, QueryableByName, SqliteConnection, debug_query, insert_into, sql_query,
    sql_types::Text,
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use latchkey_domain::{
    Owner, StoreError, Timestamp,
    conversation::{ConversationId, OnceKeyMac},
    id::{ApiKeyId, MessageId, UserId},
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Backend, Conn, Db, file};
use crate::persistence::{
    failure::Failure,
    migrate,
    schema::canaries,
    statement::{
        branch::{newest_below, one_message, shown_page, shown_path, this_message, turns},
        once::{delete_free_once_keys, once_key},
        turn::{ask_to_stop, journal_from, note_use, renew_lease},
    },
};

pub(super) struct Fixture {
    db: std::sync::Arc<Db>,
    path: PathBuf,
    _folder: TempDir,
}

/// A step of SQLite's plan for a statement.
#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// How a job ends after it wrote.
type End = fn() -> Result<(), Failure<StoreError>>;
type Written = JoinHandle<Result<(), StoreError>>;

impl Fixture {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{}.db", Uuid::nil()));
        let db = Db::open(&path, 1).unwrap();
        let mut conn = file::open(&path, file::Purpose::Write).unwrap();
        migrate::run(&mut conn, migrate::SQLITE).unwrap();
        Self {
            db: std::sync::Arc::new(db),
            path,
            _folder: folder,
        }
    }

    /// The steps of SQLite's plan for a statement.
    pub(super) async fn plan_of(&self, statement: String) -> Vec<String> {
        let steps: Vec<Step> = self
            .db
            .read::<_, StoreError, _>(async move |conn| {
                let plan = sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
                Ok(plan.load(conn).await?)
            })
            .await
            .unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    }

    /// Keeps the writer busy until the sender is dropped or used, so that what is written meanwhile waits together.
    async fn hold_writer(&self) -> (Sender<()>, Written) {
        let (release, released): (_, Receiver<()>) = channel();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let db = self.db.clone();
        let held = tokio::spawn(async move {
            db.write(async move |_: &mut Conn| {
                begun.send(()).unwrap();
                released.recv().unwrap_err();
                Ok(())
            })
            .await
        });
        has_begun.await.unwrap();
        (release, held)
    }

    /// Writes a row with this number, then does what `end` does. Returns when the job waits in the queue, or is done.
    async fn write(&self, number: i64, end: End) -> Written {
        let before = self.db.writer.waiting();
        let db = self.db.clone();
        let written = tokio::spawn(async move {
            db.write(async move |conn| {
                insert_number(conn, number).await?;
                end()
            })
            .await
        });
        // With nobody holding the writer, it may have come and gone already.
        while self.db.writer.waiting() == before && !written.is_finished() {
            tokio::task::yield_now().await;
        }
        written
    }

    async fn numbers(&self) -> Vec<i64> {
        self.db
            .read::<_, StoreError, _>(async |conn| {
                use diesel::QueryDsl;
                Ok(canaries::table
                    .select(canaries::root_version)
                    .order(canaries::root_version)
                    .load(conn)
                    .await?)
            })
            .await
            .unwrap()
    }
}

async fn insert_number(conn: &mut Conn, number: i64) -> Result<(), Failure<StoreError>> {
    insert_into(canaries::table)
        .values((
            canaries::root_version.eq(number),
            canaries::sealed.eq(vec![0; 16]),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "one of three ends of a job")]
fn keep() -> Result<(), Failure<StoreError>> {
    Ok(())
}

fn give_up() -> Result<(), Failure<StoreError>> {
    Err(Failure::Refused(StoreError::Internal("given up".into())))
}

fn die() -> Result<(), Failure<StoreError>> {
    panic!("in the middle of a job")
}

/// Rows that another connection sees: the committed ones.
fn committed(path: &std::path::Path) -> i64 {
    use diesel::{Connection, QueryDsl};
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    diesel::RunQueryDsl::get_result(canaries::table.count(), &mut conn).unwrap()
}

#[tokio::test]
async fn a_job_that_fails_or_dies_is_undone_alone() {
    let fixture = Fixture::new();
    let (release, held) = fixture.hold_writer().await;
    let mut jobs = Vec::new();
    let ends: [End; 5] = [keep, give_up, keep, die, keep];
    for (number, end) in (1..).zip(ends) {
        jobs.push(fixture.write(number, end).await);
    }
    drop(release);
    held.await.unwrap().unwrap();
    let mut outcomes = Vec::new();
    for job in jobs {
        outcomes.push(job.await.unwrap().is_ok());
    }
    assert_eq!(outcomes, [true, false, true, false, true]);
    assert_eq!(fixture.numbers().await, [1, 3, 5]);
}

#[tokio::test]
async fn what_waits_together_is_committed_together() {
    let fixture = Fixture::new();
    let (release, held) = fixture.hold_writer().await;
    let mut jobs = Vec::new();
    for number in 1..=20 {
        jobs.push(fixture.write(number, keep).await);
    }
    let (db, path) = (fixture.db.clone(), fixture.path.clone());
    let last = tokio::spawn(async move {
        db.write(async move |conn| {
            use diesel::QueryDsl;
            let seen: i64 = canaries::table.count().get_result(conn).await?;
            Ok::<_, Failure<StoreError>>((seen, committed(&path)))
        })
        .await
    });
    while fixture.db.writer.waiting() < 21 {
        tokio::task::yield_now().await;
    }
    drop(release);
    held.await.unwrap().unwrap();
    assert_eq!(
        last.await.unwrap().unwrap(),
        (20, 0),
        "the twenty before it are written and none is committed yet"
    );
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    assert_eq!(committed(&fixture.path), 20);
}

#[tokio::test]
async fn when_the_commit_fails_nobody_is_told_that_it_went_well() {
    let fixture = Fixture::new();
    let (release, held) = fixture.hold_writer().await;
    let innocent = fixture.write(1, keep).await;
    let db = fixture.db.clone();
    let culprit = tokio::spawn(async move {
        db.write::<_, StoreError, _>(async move |conn| {
            conn.batch_execute(
                "PRAGMA defer_foreign_keys = ON; \
                 INSERT INTO reset_codes VALUES (zeroblob(32), zeroblob(16), 0, 0)",
            )
            .await?;
            Ok(())
        })
        .await
    });
    while fixture.db.writer.waiting() < 2 {
        tokio::task::yield_now().await;
    }
    drop(release);
    held.await.unwrap().unwrap();
    innocent.await.unwrap().unwrap_err();
    culprit.await.unwrap().unwrap_err();
    assert_eq!(fixture.numbers().await, [0; 0]);
    fixture.write(2, keep).await.await.unwrap().unwrap();
    assert_eq!(fixture.numbers().await, [2], "the writer goes on");
}

#[tokio::test]
async fn when_there_is_no_room_the_callers_know_and_reads_go_on() {
    let fixture = Fixture::new();
    fixture.write(0, keep).await.await.unwrap().unwrap();
    limit_pages(&fixture.db, "PRAGMA max_page_count = 1").await;
    let (release, held) = fixture.hold_writer().await;
    let mut jobs = Vec::new();
    for number in 1..=8 {
        let db = fixture.db.clone();
        let before = fixture.db.writer.waiting();
        jobs.push(tokio::spawn(async move {
            let large = vec![0_u8; 40_000];
            db.write::<_, StoreError, _>(async move |conn| {
                insert_into(canaries::table)
                    .values((
                        canaries::root_version.eq(number),
                        canaries::sealed.eq(large),
                    ))
                    .execute(conn)
                    .await?;
                Ok(())
            })
            .await
        }));
        while fixture.db.writer.waiting() == before {
            tokio::task::yield_now().await;
        }
    }
    drop(release);
    held.await.unwrap().unwrap();
    for job in jobs {
        let error = job.await.unwrap().unwrap_err();
        assert!(
            matches!(error, StoreError::Full(_) | StoreError::Unavailable(_)),
            "{error:?}"
        );
    }
    assert_eq!(fixture.numbers().await, [0], "reads go on");
    limit_pages(&fixture.db, "PRAGMA max_page_count = 100000").await;
    fixture.write(9, keep).await.await.unwrap().unwrap();
    assert_eq!(fixture.numbers().await, [0, 9]);
}

async fn limit_pages(db: &Db, pragma: &'static str) {
    db.write::<_, StoreError, _>(async move |conn| Ok(conn.batch_execute(pragma).await?))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_caller_that_leaves_doesnt_stop_the_work() {
    let fixture = Fixture::new();
    let (release, held) = fixture.hold_writer().await;
    let left = fixture.write(1, keep).await;
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    drop(release);
    held.await.unwrap().unwrap();
    fixture.write(2, keep).await.await.unwrap().unwrap();
    assert_eq!(fixture.numbers().await, [1, 2]);
}

#[tokio::test]
async fn readers_cant_write() {
    let fixture = Fixture::new();
    let refused = fixture
        .db
        .read::<_, StoreError, _>(async |conn| Ok(insert_number(conn, 1).await?))
        .await;
    refused.unwrap_err();
    assert_eq!(fixture.numbers().await, [0; 0]);
}

#[tokio::test]
async fn work_that_waits_for_something_else_is_refused_and_undone() {
    let fixture = Fixture::new();
    let waiting = fixture
        .db
        .write::<(), StoreError, _>(async |conn| {
            insert_number(conn, 1).await?;
            std::future::pending::<()>().await;
            Ok(())
        })
        .await;
    assert!(matches!(waiting, Err(StoreError::Internal(_))));
    assert_eq!(fixture.numbers().await, [0; 0]);
}

#[tokio::test]
async fn after_closing_everything_is_refused() {
    let fixture = Fixture::new();
    fixture.write(1, keep).await.await.unwrap().unwrap();
    let db = fixture.db.clone();
    tokio::task::spawn_blocking(move || db.close())
        .await
        .unwrap();
    let refused = fixture
        .db
        .write::<(), StoreError, _>(async |_: &mut Conn| Ok(()))
        .await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    let log = fixture.path.with_extension("db-wal");
    assert!(!log.exists(), "the log was tidied up");
    assert_eq!(committed(&fixture.path), 1);
}

/// What a message costs must not grow with what others wrote: each row is found by an index, whatever SQLite thinks of the
/// length of a branch.
#[tokio::test]
async fn no_statement_of_a_turn_walks_through_a_table() {
    let fixture = Fixture::new();
    let owner = Owner::User(UserId::from_uuid(Uuid::nil()));
    let conversation = ConversationId::parse("c").unwrap();
    let message = MessageId::from_uuid(Uuid::nil());
    let now = Timestamp::from_micros(0);
    let statements = [
        debug_query::<Backend, _>(&turns(owner, &conversation, message)).to_string(),
        debug_query::<Backend, _>(&shown_path(owner, &conversation)).to_string(),
        debug_query::<Backend, _>(&shown_page(owner, &conversation, None, 2)).to_string(),
        debug_query::<Backend, _>(&shown_page(owner, &conversation, Some(message), 2)).to_string(),
        debug_query::<Backend, _>(&newest_below(owner, &conversation, message)).to_string(),
        debug_query::<Backend, _>(&one_message(owner, &conversation, message)).to_string(),
        debug_query::<Backend, _>(&this_message(owner, &conversation, message)).to_string(),
        debug_query::<Backend, _>(&journal_from(message, 0, 1)).to_string(),
        debug_query::<Backend, _>(&renew_lease(message.into(), message.into(), now.into()))
            .to_string(),
        debug_query::<Backend, _>(&once_key(
            UserId::from_uuid(Uuid::nil()),
            OnceKeyMac([0; 32]),
            now,
        ))
        .to_string(),
        debug_query::<Backend, _>(&delete_free_once_keys(now)).to_string(),
        debug_query::<Backend, _>(&ask_to_stop(owner, &conversation, message)).to_string(),
        debug_query::<Backend, _>(&note_use(
            ApiKeyId::from_uuid(Uuid::nil()),
            owner,
            Some(now),
        ))
        .to_string(),
    ];
    for statement in statements {
        let steps = fixture.plan_of(statement).await;
        assert!(!steps.is_empty());
        for step in steps {
            let is_own = ["SCAN branch", "SCAN below"].contains(&step.as_str());
            let walks = step.starts_with("SCAN") && !is_own;
            assert!(!walks, "{step}");
        }
    }
}
