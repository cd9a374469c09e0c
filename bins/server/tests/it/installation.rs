//! An installation of the product in a folder of its own: real program, real database, a provider's address.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use crate::{database::Database, server::Server};

/// The longest that a refused start may take.
pub const REFUSAL: Duration = Duration::from_secs(2);

/// An installation; its folder and database go with it.
pub struct Installation {
    folder: tempfile::TempDir,
    database: Database,
    variables: Vec<(String, String)>,
}

impl Installation {
    /// A fresh installation on this database, with that provider.
    pub fn new(database: Database, provider: &str) -> Self {
        let mut installation = Self {
            folder: tempfile::tempdir().unwrap(),
            database,
            variables: Vec::new(),
        };
        installation.set("LATCHKEY_PROVIDER_URL", provider);
        installation.set("LATCHKEY_LISTEN", "127.0.0.1:0");
        if let Some(url) = installation.database.url() {
            installation.set("DATABASE_URL", &url);
        }
        installation
    }

    /// Sets a variable of the program's environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub fn unset(&mut self, name: &str) {
        self.variables.retain(|(other, _)| other != name);
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// The folder in which the program is started.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder().join("data")
    }

    pub fn keyring(&self) -> PathBuf {
        self.data_dir().join("keyring.json")
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The program with these arguments, in an environment that holds nothing else.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Starts the server and waits until it listens.
    pub async fn start(&self) -> Server {
        Server::start(self.command::<&str>(&[])).await
    }

    /// Starts the server, which must refuse. Returns its exit code and what it said.
    pub async fn refused(&self) -> (i32, String) {
        self.refused_with::<&str>(&[]).await
    }

    /// The same, with arguments.
    pub async fn refused_with<A: AsRef<OsStr>>(&self, arguments: &[A]) -> (i32, String) {
        let started = Instant::now();
        let output = timeout(Duration::from_secs(20), self.command(arguments).output())
            .await
            .expect("the program neither refused nor ended")
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "it was not refused: {said}");
        assert!(
            started.elapsed() < REFUSAL,
            "{:?}: {said}",
            started.elapsed()
        );
        (output.status.code().unwrap(), said)
    }

    /// Runs a sub-command to its end, with this text as standard input.
    pub async fn run<A: AsRef<OsStr>>(&self, arguments: &[A], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that reads nothing may be gone already.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        timeout(Duration::from_mins(1), child.wait_with_output())
            .await
            .expect("the command doesn't end")
            .unwrap()
    }

    /// Runs a sub-command that must succeed; returns what it printed.
    pub async fn succeed<A: AsRef<OsStr>>(&self, arguments: &[A], input: &str) -> String {
        let output = self.run(arguments, input).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    }
}
