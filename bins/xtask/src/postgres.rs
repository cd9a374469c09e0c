//! A throw-away PostgreSQL from the binaries that are on the machine: own folder, free port, gone afterwards.

use std::{
    io::Read,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::run::{self, Step};

/// How long the server gets to answer.
const START: Duration = Duration::from_mins(1);

/// Runs a server until the standard input ends, which it also does when the process that holds its other side is
/// killed; then the server ends at once and its folder goes.
const WATCHED: &str = r#"
folder=$1 patience=$2
shift 2
"$@" < /dev/null &
server=$!
cat > /dev/null
kill -QUIT $server
# A server that has hardly begun doesn't hear that.
{ sleep "$patience"; kill -KILL $server; } &
wait $server
kill $! 2> /dev/null
rm -rf "$folder"
"#;
/// Seconds that the server has for its end.
const PATIENCE: &str = "10";

/// A running server; dropping it stops it and removes its folder.
pub struct Postgres {
    server: Child,
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
}

/// Whether the server keeps what was committed when the machine stops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As in production; for figures.
    Full,
    /// Not at all; for tests, which lose nothing by it.
    None,
}

impl Postgres {
    /// Starts a server.
    pub fn start(durability: Durability) -> Result<Self, String> {
        let binaries = find_binaries().ok_or(MISSING)?;
        let folder = make_folder()?;
        let data = folder.join("data");
        let mut init = as_server_user(&binaries.join("initdb"));
        init.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
        ]);
        init.arg("--no-sync").arg("-D").arg(&data);
        run::output(init)?;
        let port = free_port()?;
        let mut server = as_server_user(Path::new("sh"));
        server
            .args(["-c", WATCHED, "sh"])
            .arg(&folder)
            .arg(PATIENCE)
            .arg(binaries.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(&folder);
        server.args([
            "-p",
            &port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "max_connections=200",
        ]);
        if durability == Durability::None {
            server.args([
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "synchronous_commit=off",
            ]);
        }
        let log = std::fs::File::create(folder.join("server.log")).map_err(|e| e.to_string())?;
        server
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            // Ctrl-C ends us alone, and by that the server in order.
            .process_group(0);
        let server = server
            .spawn()
            .map_err(|error| format!("postgres could not be started: {error}"))?;
        let postgres = Self {
            server,
            binaries,
            folder,
            port,
        };
        postgres.wait_until_ready()?;
        Ok(postgres)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where it listens for those on this machine: its socket, which costs a tenth less a message than the loopback.
    pub fn socket_url(&self) -> String {
        let folder = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/postgres", self.port)
    }

    fn wait_until_ready(&self) -> Step {
        let deadline = Instant::now() + START;
        loop {
            let mut ready = Command::new(self.binaries.join("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ready.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if Instant::now() > deadline {
                let log =
                    std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
                return Err(format!(
                    "postgres doesn't answer on port {}:\n{log}",
                    self.port
                ));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

/// `cargo xtask postgres`.
pub fn run_until_enter() -> Step {
    let postgres = Postgres::start(Durability::Full)?;
    println!("{}", postgres.url());
    let _ = std::io::stdin().read(&mut [0]);
    Ok(())
}

/// What to say when there is no PostgreSQL.
pub const MISSING: &str = "no PostgreSQL was found. Set TEST_DATABASE_URL to a server on which databases may be made, \
or install PostgreSQL's server binaries (Debian: apt-get install postgresql; macOS: brew install postgresql), \
or run `cargo xtask test --install` as root on Debian";

/// The folder with `initdb` and `postgres`.
pub fn find_binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for parent in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let mut versions: Vec<PathBuf> = std::fs::read_dir(parent)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders.push("/usr/local/pgsql/bin".into());
    // A link in PATH may have only some of the programs beside it; the folder that it leads to has all.
    folders
        .into_iter()
        .filter_map(|folder| {
            folder
                .join("initdb")
                .canonicalize()
                .ok()?
                .parent()
                .map(Path::to_path_buf)
        })
        .find(|folder| folder.join("postgres").is_file() && folder.join("pg_isready").is_file())
}

/// PostgreSQL refuses to run as root: then its programs run as the user that its package made.
fn as_server_user(program: &Path) -> Command {
    if run::is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command.current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn make_folder() -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("latchkey-postgres-{}", std::process::id()));
    std::fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if run::is_root() {
        let mut chown = Command::new("chown");
        chown.arg("postgres").arg(&folder);
        run::output(chown)?;
    }
    Ok(folder)
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    Ok(listener
        .local_addr()
        .map_err(|error| error.to_string())?
        .port())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    #[test]
    fn the_watched_program_and_its_folder_go_with_who_started_it() {
        let folder = std::env::temp_dir().join(format!("latchkey-watched-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let mut watched = Command::new("sh");
        watched.args(["-c", WATCHED, "sh"]).arg(&folder).arg("0");
        watched.args(["sh", "-c", "echo $$; exec sleep 600"]);
        watched.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut watched = watched.spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(watched.stdout.take().unwrap());
        lines.read_line(&mut said).unwrap();
        let program = PathBuf::from("/proc").join(said.trim());
        assert!(program.exists() && watched.try_wait().unwrap().is_none());

        // The kernel does the same when the process that holds it is killed.
        drop(watched.stdin.take());
        watched.wait().unwrap();
        assert!(!program.exists() && !folder.exists());
    }
}
