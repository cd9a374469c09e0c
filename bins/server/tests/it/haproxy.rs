//! Debian's haproxy in front of a server, as many run it.

use std::{
    fs,
    net::TcpListener,
    os::fd::OwnedFd,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::server::Server;

/// A running haproxy; it ends when this is dropped.
pub struct Haproxy {
    _process: Child,
    _folder: tempfile::TempDir,
    url: String,
    said: Arc<Mutex<String>>,
}

impl Haproxy {
    /// Starts one. `more` are lines for the section `defaults`.
    pub fn before(server: &Server, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configuration = folder.path().join("haproxy.cfg");
        let to = server.url();
        let to = to.strip_prefix("http://").unwrap();
        fs::write(
            &configuration,
            format!(
                "defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 75s
    {more}
frontend public
    bind fd@0
    default_backend latchkey
backend latchkey
    server one {to}
"
            ),
        )
        .unwrap();
        // It gets its socket as standard input: the port is taken from the beginning, and who connects early waits.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut process = Command::new(program())
            .args(["-db", "-f"])
            .arg(&configuration)
            .stdin(Stdio::from(OwnedFd::from(listener)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (into, lines) = (Arc::clone(&said), process.stderr.take().unwrap());
        tokio::spawn(async move {
            let mut lines = BufReader::new(lines).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut said = into.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
        });
        Self {
            _process: process,
            _folder: folder,
            url,
            said,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// What it said, for a test that fails.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

/// Debian puts it where only the administrator's path looks.
fn program() -> &'static Path {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_in_path = std::env::split_paths(&path).any(|folder| folder.join("haproxy").is_file());
    let usual = Path::new("/usr/sbin/haproxy");
    if is_in_path {
        Path::new("haproxy")
    } else if usual.is_file() {
        usual
    } else {
        panic!("haproxy must be installed: `cargo xtask test --install` does it on Debian")
    }
}
