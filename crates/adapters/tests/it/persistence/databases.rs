//! Fresh databases for tests: a file in a temporary folder, or a database of its own on the server at `TEST_DATABASE_URL`.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use latchkey_adapters::persistence::{Database, DatabaseSettings, DatabaseUrl, connect};
use latchkey_test_support::contracts::Stores;
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// A folder for an SQLite file.
pub struct SqliteFolder(TempDir);

impl SqliteFolder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self) -> PathBuf {
        self.0.path().join("data/latchkey.db")
    }

    pub fn settings(&self) -> DatabaseSettings {
        let url: DatabaseUrl = format!("sqlite://{}", self.file().display())
            .parse()
            .unwrap();
        DatabaseSettings::new(url)
    }

    /// The database in the folder, with its schema.
    pub async fn database(&self) -> Database {
        migrated(&self.settings()).await
    }
}

/// A database on the server, which goes with this value.
pub struct PostgresDatabase {
    name: String,
}

impl PostgresDatabase {
    pub async fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("latchkey_test_{}_{count}", std::process::id());
        on_server(&format!("CREATE DATABASE {name}")).await;
        Self { name }
    }

    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    pub fn settings(&self) -> DatabaseSettings {
        DatabaseSettings::new(self.url().parse().unwrap())
    }

    /// The database with its schema.
    pub async fn database(&self) -> Database {
        migrated(&self.settings()).await
    }

    /// A connection beside the stores.
    pub async fn client(&self) -> tokio_postgres::Client {
        client(&self.url()).await
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(on_server(&drop));
        });
        dropped.join().unwrap();
    }
}

pub async fn migrated(settings: &DatabaseSettings) -> Database {
    let database = connect(settings).await.unwrap();
    database.migrate().await.unwrap();
    database
}

/// The same, with at most so many connections.
pub async fn with_connections(settings: DatabaseSettings, most: usize) -> Database {
    let settings = DatabaseSettings {
        max_connections: most,
        ..settings
    };
    migrated(&settings).await
}

pub fn stores_of(database: &Database, guard: impl std::any::Any + Send + Sync) -> Stores {
    Stores {
        users: database.users(),
        sessions: database.sessions(),
        personal_tokens: database.personal_tokens(),
        api_keys: database.api_keys(),
        data_keys: database.data_keys(),
        conversations: database.conversations(),
        search: database.search(),
        shares: database.shares(),
        archive: database.archive(),
        answers: database.answers(),
        usage: database.usage(),
        audit: database.audit(),
        guard: Box::new(guard),
    }
}

/// The address of the test server, with this database in place of its own.
fn url_of(database: &str) -> String {
    let server = std::env::var("TEST_DATABASE_URL").expect(
        "these tests need PostgreSQL: set TEST_DATABASE_URL, or run `cargo xtask test`, which starts a server",
    );
    let mut url = url::Url::parse(&server).expect("TEST_DATABASE_URL is an address");
    url.set_path(database);
    url.into()
}

async fn on_server(sql: &str) {
    let server = std::env::var("TEST_DATABASE_URL").expect(
        "these tests need PostgreSQL: set TEST_DATABASE_URL, or run `cargo xtask test`, which starts a server",
    );
    client(&server).await.batch_execute(sql).await.unwrap();
}

pub async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
