//! Processes under measurement: started, read from `/proc`, stopped.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use nix::{time::clock_getcpuclockid, unistd::Pid};

/// A folder of its own for one run; removed with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("latchkey-bench-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running program; dropping it ends it.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a program.
    pub fn spawn(mut command: Command) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { child })
    }

    /// Starts a program and waits until something listens on `address`.
    pub async fn start(command: Command, address: SocketAddr) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let process = Self::spawn(command)?;
        for _ in 0..400 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(process);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err(format!("{name} doesn't listen on {address}"))
    }

    /// CPU seconds of the program and its children so far.
    pub fn cpu_seconds(&self) -> f64 {
        self.family().iter().filter_map(|pid| cpu_of(*pid)).sum()
    }

    /// Memory of the program and its children that is in RAM, in MiB.
    pub fn resident_mib(&self) -> f64 {
        self.family()
            .iter()
            .filter_map(|pid| resident_of(*pid))
            .sum()
    }

    fn family(&self) -> Vec<u32> {
        let pid = self.child.id();
        let children =
            fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        std::iter::once(pid)
            .chain(
                children
                    .split_whitespace()
                    .filter_map(|child| child.parse().ok()),
            )
            .collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Politely first: nginx's master ends its workers only when it is asked.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        for _ in 0..200 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// To the nanosecond: `/proc/PID/stat` counts hundredths of a second, too coarse for what nginx takes in one.
fn cpu_of(pid: u32) -> Option<f64> {
    let clock = clock_getcpuclockid(Pid::from_raw(pid.try_into().ok()?)).ok()?;
    Some(Duration::from(clock.now().ok()?).as_secs_f64())
}

fn resident_of(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

/// A free port on the loopback.
pub fn free_address() -> Result<SocketAddr, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| error.to_string())
}
