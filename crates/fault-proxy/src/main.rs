//! The proxy as a program, to try a product by hand: `fault-proxy --to 127.0.0.1:8787 "drip=3/10ms reset@900"`.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use clap::Parser;
use fault_proxy::{FaultProxy, Plan};

/// Breaks TCP connections on purpose.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8788")]
    listen: SocketAddr,
    /// The server.
    #[arg(long)]
    to: SocketAddr,
    /// Draws each connection's plan by chance, the same for the same seed.
    #[arg(long, conflicts_with = "plan")]
    seed: Option<u64>,
    /// Within how many bytes of an answer faults are drawn.
    #[arg(long, default_value_t = 4_000)]
    within: usize,
    /// What happens to each connection's answers: delay=20ms, split@BYTE, drip=BYTES/5ms, corrupt@BYTE:BITS, and one
    /// of close@BYTE, reset@BYTE, stall@BYTE.
    #[arg(default_value = "")]
    plan: Plan,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let proxy = FaultProxy::start_on(options.listen, options.to).await?;
    match options.seed {
        Some(seed) => proxy.seed(seed, options.within),
        None => proxy.always(options.plan),
    }
    let mut out = io::stdout().lock();
    writeln!(out, "fault-proxy listens on {}", proxy.base_url())?;
    out.flush()?;
    drop(out);
    tokio::signal::ctrl_c().await
}
