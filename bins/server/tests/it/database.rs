//! The databases that every journey runs on.

use std::{env, fs, path::Path, thread};

use tokio_postgres::{Client, NoTls, SimpleQueryMessage};
use url::Url;

const VARIABLE: &str = "TEST_DATABASE_URL";

/// A database that a journey has for itself.
pub enum Database {
    /// The file that the server makes by itself.
    Sqlite,
    /// One of its own on the server of `TEST_DATABASE_URL`.
    Postgres(PostgresDatabase),
}

impl Database {
    /// The address for `DATABASE_URL`; `None` is the default.
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(database) => Some(database.url.clone()),
        }
    }

    /// Everything that the database holds, as bytes: all its files, or all rows of all tables.
    pub async fn content(&self, data_dir: &Path) -> Vec<u8> {
        match self {
            Self::Sqlite => {
                let mut content = Vec::new();
                for entry in fs::read_dir(data_dir).unwrap() {
                    content.extend(fs::read(entry.unwrap().path()).unwrap());
                }
                content
            }
            Self::Postgres(database) => database.all_rows().await,
        }
    }
}

/// A PostgreSQL database, gone when this is dropped.
pub struct PostgresDatabase {
    server: String,
    name: String,
    url: String,
}

impl PostgresDatabase {
    /// Makes an empty database.
    pub async fn create() -> Self {
        let server = env::var(VARIABLE).unwrap_or_else(|_| {
            panic!("{VARIABLE} must name a PostgreSQL server; `cargo xtask test` starts one and sets it")
        });
        let name = format!("latchkey_journey_{}", uuid::Uuid::now_v7().simple());
        connect(&server)
            .await
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let mut url = Url::parse(&server).unwrap();
        url.set_path(&name);
        Self {
            server,
            name,
            url: url.into(),
        }
    }

    /// A connection to it.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }

    /// Cuts all connections and lets no new one in, as if the server were down.
    pub async fn take_down(&self) {
        let name = &self.name;
        let server = connect(&self.server).await;
        server
            .batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            .await
            .unwrap();
        self.cut_connections().await;
    }

    /// Lets connections in again.
    pub async fn bring_up(&self) {
        let name = &self.name;
        connect(&self.server)
            .await
            .batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
            .await
            .unwrap();
    }

    /// Cuts all connections, as a restart of the server would, and waits until they are gone.
    pub async fn cut_connections(&self) {
        connect(&self.server)
            .await
            .execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
                &[&self.name],
            )
            .await
            .unwrap();
    }

    /// Every row of every table as text; bytes are written in hex.
    async fn all_rows(&self) -> Vec<u8> {
        let client = self.connect().await;
        let tables = client
            .query(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'",
                &[],
            )
            .await
            .unwrap();
        assert!(tables.len() > 5, "the database has no tables");
        let mut content = Vec::new();
        for table in tables {
            let table: String = table.get(0);
            let rows = client
                .simple_query(&format!("SELECT t::text FROM {table} t"))
                .await
                .unwrap();
            for row in rows {
                if let SimpleQueryMessage::Row(row) = row {
                    content.extend(row.get(0).unwrap_or_default().as_bytes());
                    content.push(b'\n');
                }
            }
        }
        content
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // Dropping can't wait on the test's own runtime.
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let _ = connect(&server).await.batch_execute(&drop).await;
            });
        });
        let _ = dropped.join();
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Makes each journey a test on SQLite and one on PostgreSQL.
macro_rules! on_both_databases {
    ($($journey:ident),* $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $journey() {
                    super::$journey($crate::database::Database::Sqlite).await;
                }
            )*
        }
        mod on_postgres {
            use $crate::database::{Database, PostgresDatabase};
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $journey() {
                    super::$journey(Database::Postgres(PostgresDatabase::create().await)).await;
                }
            )*
        }
    };
}
pub(crate) use on_both_databases;
