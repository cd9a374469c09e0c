//! The fake as a program of its own, for demos and benchmarks.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use fake_anthropic::{Config, FakeAnthropic, usage_notes};
use tokio::signal::unix::{SignalKind, signal};

/// A fake of Anthropic's API: checks, streams, breaks and remembers like the real one, and costs nothing.
#[derive(Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent flags of a command line"
)]
#[command(version, after_help = usage_notes())]
struct Options {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Answer for retired models as if they were still there.
    #[arg(long)]
    allow_retired: bool,
    /// Take every key that starts with sk-ant-, not only well-formed ones.
    #[arg(long)]
    any_key: bool,
    /// The pause before each delta, in milliseconds.
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pace: u64,
    /// Print only where it listens.
    #[arg(long)]
    quiet: bool,
    /// Keep no record of requests: for benchmarks, where records would fill the memory.
    #[arg(long)]
    no_record: bool,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let fake = FakeAnthropic::start(Config {
        listen: options.listen,
        allow_retired: options.allow_retired,
        any_key: options.any_key,
        pace: Duration::from_millis(options.pace),
        record: !options.no_record,
        ..Config::default()
    })
    .await?;
    announce(&fake, options.quiet)?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    fake.stop().await;
    Ok(())
}

fn announce(fake: &FakeAnthropic, quiet: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "fake-anthropic listens on {}", fake.base_url())?;
    if !quiet {
        writeln!(out, "\n{}", usage_notes())?;
    }
    out.flush()
}
