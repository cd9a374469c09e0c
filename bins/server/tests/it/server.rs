//! The running program.

use std::{
    fs,
    process::ExitStatus,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    time::timeout,
};

/// The longest that a start may take, on a busy machine.
const START: Duration = Duration::from_secs(30);

/// A running server. It is killed when this is dropped.
pub struct Server {
    child: Child,
    pid: i32,
    address: String,
    said: Lines,
    logged: Lines,
}

impl Server {
    pub async fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let said = Lines::of(child.stdout.take().unwrap());
        let logged = Lines::of(child.stderr.take().unwrap());
        let pid = i32::try_from(child.id().unwrap()).unwrap();
        // The last line of what it says when it is up.
        let is_up = said.wait_for("tokenDelivery", START).await.is_some();
        assert!(
            is_up,
            "it doesn't listen:\n{}\n{}",
            said.text(),
            logged.text()
        );
        let words = said.text();
        let (_, address) = words.split_once("listens on http://").unwrap();
        let address = address.split_whitespace().next().unwrap().to_owned();
        Self {
            child,
            pid,
            address,
            said,
            logged,
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The most memory that it ever held, in KiB.
    pub fn highest_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// What it printed so far.
    pub fn said(&self) -> String {
        self.said.text()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.logged.text()
    }

    /// Waits for a log line with this text.
    pub async fn wait_for_log(&self, text: &str) -> String {
        self.logged
            .wait_for(text, Duration::from_mins(1))
            .await
            .unwrap_or_else(|| panic!("no `{text}` in the log:\n{}", self.log()))
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid).unwrap(), signal).unwrap();
    }

    /// Waits for the program's end, no longer than `limit`.
    pub async fn ended(&mut self, limit: Duration) -> (ExitStatus, Duration) {
        let from = Instant::now();
        let status = timeout(limit, self.child.wait())
            .await
            .unwrap_or_else(|_| {
                panic!(
                    "the server did not end in {limit:?}:\n{}",
                    self.logged.text()
                )
            })
            .unwrap();
        (status, from.elapsed())
    }

    /// Stops it in order; it must succeed.
    pub async fn stop(mut self) -> String {
        self.terminate();
        let (status, _) = self.ended(Duration::from_secs(30)).await;
        assert!(status.success(), "{status}:\n{}", self.log());
        format!("{}\n{}", self.said(), self.log())
    }

    /// Kills it without a warning, as a crash would.
    pub async fn kill(mut self) -> String {
        self.child.kill().await.unwrap();
        format!("{}\n{}", self.said(), self.log())
    }
}

/// Lines that a program writes, as they come.
#[derive(Clone)]
struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    count: watch::Receiver<usize>,
}

impl Lines {
    fn of(from: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let (grown, count) = watch::channel(0);
        let into = Arc::clone(&lines);
        tokio::spawn(async move {
            let mut from = BufReader::new(from).lines();
            while let Ok(Some(line)) = from.next_line().await {
                into.lock().unwrap().push(line);
                grown.send_modify(|count| *count += 1);
            }
        });
        Self { lines, count }
    }

    fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// The first line with this text; `None` if it doesn't come in time, or the program ends without it.
    async fn wait_for(&self, text: &str, limit: Duration) -> Option<String> {
        let find = || {
            let lines = self.lines.lock().unwrap();
            lines.iter().find(|line| line.contains(text)).cloned()
        };
        let mut count = self.count.clone();
        timeout(limit, async {
            loop {
                count.borrow_and_update();
                if let Some(line) = find() {
                    return Some(line);
                }
                if count.changed().await.is_err() {
                    return find();
                }
            }
        })
        .await
        .ok()?
    }
}
