//! What SQLite has promised is still there when the power goes: nothing but what was synced survives.
//!
//! The tests run themselves once more, as a process that writes turns and prints the id of each that was acknowledged.
//! A library of a few lines (`tests/powerloss/shim.c`) is loaded into it and keeps a copy of each file as it was when it
//! was last synced. The process is killed, and the copies are opened as the database that the machine would wake up with.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use diesel::{
    Connection, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_types::{Binary, Nullable, Text},
};
use latchkey_adapters::persistence::{Database, DatabaseSettings};
use latchkey_domain::{
    Owner,
    conversation::{ConversationId, ConversationLookup},
};
use latchkey_test_support::builders::Samples;
use tempfile::TempDir;

use super::databases::migrated;

/// The folder of the database: set in the process that writes.
const LIVE: &str = "POWERLOSS_LIVE";
/// Where the copies are kept.
const DURABLE: &str = "POWERLOSS_DURABLE";
/// How long the texts are that are written.
const TEXT_LENGTH: &str = "POWERLOSS_TEXT_LENGTH";
/// How a connection that is not the product's syncs.
const SYNCHRONOUS: &str = "POWERLOSS_SYNCHRONOUS";
/// Stands before each acknowledged id, to tell it from what the test runner prints.
const ACKNOWLEDGED: &str = "acknowledged ";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_when_the_power_goes() {
    const ROUNDS: usize = 20;
    if let Some(folder) = env::var_os(LIVE) {
        return write_until_killed(Path::new(&folder)).await;
    }
    let machine = Machine::new("nothing_acknowledged_is_lost_when_the_power_goes");
    let mut largest = 0;
    for round in 0..ROUNDS {
        // Every other round writes so much that the log is brought into the database in between.
        let text_length = if round % 2 == 0 { "20" } else { "100000" };
        let crash = machine.crash_after(1 + 5 * round, &[(TEXT_LENGTH, text_length)]);
        largest = largest.max(crash.database_size());
        let lost = crash.count_lost().await;
        assert_eq!(lost, 0, "of {} in round {round}", crash.acknowledged.len());
    }
    assert!(largest > 4_000_000, "no log was long enough: {largest}");
}

/// The same loss of power takes turns away from a connection that doesn't sync its commits, and from it alone: so the
/// test above would notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_syncs_the_same_power_loss_takes_turns_away() {
    if let Some(folder) = env::var_os(LIVE) {
        return copy_a_turn_until_killed(Path::new(&folder)).await;
    }
    let machine = Machine::new("without_syncs_the_same_power_loss_takes_turns_away");
    let crash = machine.crash_after(50, &[(SYNCHRONOUS, "FULL")]);
    assert_eq!(crash.count_lost().await, 0, "with syncs");
    let crash = machine.crash_after(50, &[(SYNCHRONOUS, "NORMAL")]);
    assert!(crash.count_lost().await > 0, "nothing was lost");
}

/// A machine that loses power, as often as a test wants.
struct Machine {
    folder: TempDir,
    shim: PathBuf,
    /// The test that the writing process runs.
    test: &'static str,
}

impl Machine {
    fn new(test: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shim = folder.path().join("powerloss.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/powerloss/shim.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-pthread", "-o"])
            .args([&shim, &source])
            .status()
            .expect("a C compiler, which building the product needs too");
        assert!(compiled.success(), "the shim doesn't compile");
        Self { folder, shim, test }
    }

    /// Runs a writer until it has acknowledged so many turns, and takes its power away.
    fn crash_after(&self, acknowledgements: usize, settings: &[(&str, &str)]) -> Crash {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let (live, durable) = (folder.path().join("live"), folder.path().join("durable"));
        fs::create_dir(&live).unwrap();
        fs::create_dir(&durable).unwrap();
        let mut writer = Killed(
            Command::new(env::current_exe().unwrap())
                .args([
                    "--exact",
                    &format!("persistence::power_loss::{}", self.test),
                ])
                .env("LD_PRELOAD", &self.shim)
                // As `/proc` shows it.
                .env(LIVE, live.canonicalize().unwrap())
                .env(DURABLE, durable)
                .envs(settings.iter().copied())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut acknowledged = Vec::new();
        let mut lines = BufReader::new(writer.0.stdout.take().unwrap());
        let mut line = String::new();
        // What was printed before the end counts too, but for a line that was cut off.
        while lines.read_line(&mut line).unwrap() > 0 {
            if let Some((_, id)) = line.split_once(ACKNOWLEDGED)
                && let Some(id) = id.strip_suffix('\n')
            {
                acknowledged.push(ConversationId::parse(id).unwrap());
            }
            if acknowledged.len() == acknowledgements {
                writer.0.kill().unwrap();
            }
            line.clear();
        }
        assert!(
            acknowledged.len() >= acknowledgements,
            "the writer ended by itself"
        );
        Crash {
            folder,
            acknowledged,
        }
    }
}

/// A process that doesn't live longer than this value.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// What is left after a loss of power.
struct Crash {
    folder: TempDir,
    acknowledged: Vec<ConversationId>,
}

impl Crash {
    fn file(&self) -> PathBuf {
        self.folder.path().join("durable/latchkey.db")
    }

    fn database_size(&self) -> u64 {
        fs::metadata(self.file()).unwrap().len()
    }

    /// How many of the acknowledged turns are not there, or not as a whole.
    async fn count_lost(&self) -> usize {
        let database = database_at(&self.file()).await;
        let owner = owner(&Samples::new());
        let repo = database.conversations();
        let mut lost = 0;
        for id in &self.acknowledged {
            let found = repo.find_conversation(owner, id).await.unwrap();
            let path = repo.list_shown_path(owner, id).await.unwrap();
            if !matches!(found, ConversationLookup::Found(_)) || path.len() != 2 {
                lost += 1;
            }
        }
        database.close().await;
        lost
    }
}

async fn database_at(file: &Path) -> Database {
    let url = format!("sqlite://{}", file.display()).parse().unwrap();
    migrated(&DatabaseSettings::new(url)).await
}

/// The samples give the same first account in every process.
fn owner(samples: &Samples) -> Owner {
    Owner::User(samples.user("ada").id)
}

/// The process that loses its power: writes turns as the product does, prints the id of each that was acknowledged, and
/// never ends by itself.
async fn write_until_killed(folder: &Path) {
    let database = database_at(&folder.join("latchkey.db")).await;
    let samples = Arc::new(Samples::new());
    let owner = add_owner(&database, &samples).await;
    let text = "x".repeat(env::var(TEXT_LENGTH).unwrap().parse().unwrap());
    // Several at once, so that they are committed together.
    let writers = (0..4).map(|_| {
        let (database, samples) = (database.clone(), samples.clone());
        tokio::spawn(write_turns(database, samples, owner, text.clone()))
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

async fn add_owner(database: &Database, samples: &Samples) -> Owner {
    let ada = samples.user("ada");
    database.users().insert_user(&ada).await.unwrap();
    Owner::User(ada.id)
}

async fn write_turns(database: Database, samples: Arc<Samples>, owner: Owner, text: String) {
    loop {
        let conversation = samples.conversation(owner);
        let turn = samples.turn(&conversation, None, &text, samples.instance());
        database.answers().begin_turn(&turn).await.unwrap();
        acknowledge(&conversation.id);
    }
}

/// The same on a connection that syncs as the test says: stores one turn as the product does, and copies of it as
/// they would be.
async fn copy_a_turn_until_killed(folder: &Path) {
    let file = folder.join("latchkey.db");
    let database = database_at(&file).await;
    let samples = Samples::new();
    let owner = add_owner(&database, &samples).await;
    let conversation = samples.conversation(owner);
    let turn = samples.turn(&conversation, None, "Hello", samples.instance());
    database.answers().begin_turn(&turn).await.unwrap();
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    // A checkpoint syncs, whatever the setting is.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = {}",
        env::var(SYNCHRONOUS).unwrap()
    ))
    .unwrap();
    loop {
        let copy = samples.turn(&conversation, None, "Hello", samples.instance());
        let id = ConversationId::new(samples.ids());
        let (asked, answer) = (copy.user_message.unwrap().id, copy.answer.id);
        conn.transaction(|conn| {
            diesel::sql_query(
                "INSERT INTO conversations (user_id, id, model, shown_leaf, created_at, updated_at) \
                 SELECT user_id, ?, model, ?, created_at, updated_at FROM conversations WHERE id = ?",
            )
            .bind::<Text, _>(id.as_str())
            .bind::<Binary, _>(answer.as_uuid().as_bytes())
            .bind::<Text, _>(conversation.id.as_str())
            .execute(conn)?;
            for (message, parent, role) in [(asked, None, "user"), (answer, Some(asked), "assistant")] {
                diesel::sql_query(
                    "INSERT INTO messages (id, conversation, parent, role, content, text, status, created_at) \
                     SELECT ?, seq, ?, ?, '[]', '', 'complete', created_at FROM conversations WHERE id = ?",
                )
                .bind::<Binary, _>(message.as_uuid().as_bytes())
                .bind::<Nullable<Binary>, _>(
                    parent.map(|parent| parent.as_uuid().as_bytes().to_vec()),
                )
                .bind::<Text, _>(role)
                .bind::<Text, _>(id.as_str())
                .execute(conn)?;
            }
            Ok::<_, diesel::result::Error>(())
        })
        .unwrap();
        acknowledge(&id);
    }
}

/// Past the test runner, which keeps what `println!` prints.
fn acknowledge(id: &ConversationId) {
    let mut out = io::stdout().lock();
    writeln!(out, "{ACKNOWLEDGED}{}", id.as_str()).unwrap();
}
