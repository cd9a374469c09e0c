//! Latchkey with a fake Anthropic behind it, for tests from outside: free ports, a folder of its own, gone afterwards.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::run::{self, Step};

/// How long each of them gets to say where it listens.
const START: Duration = Duration::from_mins(1);

/// Both, running; dropping this stops them and removes their folder.
pub struct Servers {
    provider: Running,
    latchkey: Running,
    folder: PathBuf,
}

impl Servers {
    /// Builds both and starts both, without limits.
    pub fn start() -> Result<Self, String> {
        run::check(run::cargo(&[
            "build",
            "--locked",
            "-p",
            "fake-anthropic",
            "-p",
            "latchkey",
        ]))?;
        let folder = std::env::temp_dir().join(format!("latchkey-outside-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Self::start_in(&folder).inspect_err(|_| {
            let _ = fs::remove_dir_all(&folder);
        })
    }

    fn start_in(folder: &Path) -> Result<Self, String> {
        let programs = run::debug_builds()?;
        let mut provider = Command::new(programs.join("fake-anthropic"));
        provider.args(["--listen", "127.0.0.1:0", "--any-key", "--quiet"]);
        let provider = Running::start(provider, &folder.join("provider.log"))?;

        let mut latchkey = Command::new(programs.join("latchkey"));
        // Neither this shell's settings nor a `.env` beside the sources.
        for (name, _) in std::env::vars_os() {
            let is_setting = name.to_string_lossy().starts_with("LATCHKEY_");
            if is_setting || name == "DATABASE_URL" {
                latchkey.env_remove(name);
            }
        }
        latchkey
            .current_dir(folder)
            .env("LATCHKEY_LISTEN", "127.0.0.1:0")
            .env("LATCHKEY_PROVIDER_URL", &provider.url)
            .env("LATCHKEY_LIMITS", "off");
        let latchkey = Running::start(latchkey, &folder.join("latchkey.log"))?;
        Ok(Self {
            provider,
            latchkey,
            folder: folder.to_owned(),
        })
    }

    /// `http://127.0.0.1:PORT` of Latchkey.
    pub fn url(&self) -> &str {
        &self.latchkey.url
    }

    /// The same of the fake Anthropic.
    pub fn provider_url(&self) -> &str {
        &self.provider.url
    }

    /// Where Latchkey keeps its data and its log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What Latchkey logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("latchkey.log")).unwrap_or_default()
    }

    /// An error if one of them has ended by itself.
    pub fn ensure_running(&mut self) -> Step {
        if let Ok(Some(status)) = self.latchkey.child.try_wait() {
            return Err(format!("latchkey ended with {status}:\n{}", self.log()));
        }
        if let Ok(Some(status)) = self.provider.child.try_wait() {
            return Err(format!("the fake provider ended with {status}"));
        }
        Ok(())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.latchkey.stop();
        self.provider.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A program that said where it listens.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    /// Starts it; its standard error goes into `log`.
    fn start(mut command: Command, log: &Path) -> Result<Self, String> {
        let log_file = File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .map_err(|error| format!("{name} could not be started: {error}"))?;
        let said = child.stdout.take().and_then(address_in);
        let mut running = Self {
            child,
            url: String::new(),
        };
        if let Some(url) = said {
            running.url = url;
            return Ok(running);
        }
        running.stop();
        let log = fs::read_to_string(log).unwrap_or_default();
        Err(format!("{name} doesn't say where it listens:\n{log}"))
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the first words of a program that say one. What it says later is read, too, lest it wait for a reader.
fn address_in(output: impl Read + Send + 'static) -> Option<String> {
    let (found, address) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once(" listens on http://") {
                let host = rest.split_whitespace().next().unwrap_or_default();
                // Nobody listens any more once the first is found.
                let _ = found.send(format!("http://{host}"));
            }
        }
    });
    address.recv_timeout(START).ok()
}
