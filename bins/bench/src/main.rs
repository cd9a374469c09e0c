//! `just bench`: what a signed-in user's message costs, with everything saved, beside the bare provider and nginx.
//!
//! All targets run in the same minutes on the same machine, in turns, so that each figure is also a ratio. Figures in
//! seconds of one machine mean little elsewhere; ratios and CPU per request mean more. Linux only (`/proc`).
#![expect(
    clippy::print_stdout,
    reason = "a command-line tool talks to the terminal"
)]

mod client;
mod growth;
mod held;
mod load;
mod process;
mod start;
mod stats;
mod streams;
mod table;
mod target;

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::{Parser, ValueEnum};

use load::Load;
use process::Folder;
use streams::Streams;
use table::{Table, number};
use target::{Provider, Target};

/// Measures Latchkey beside the fake provider and nginx.
#[derive(Parser)]
struct Options {
    /// Rounds; the table has their medians.
    #[arg(long, default_value_t = 6)]
    rounds: usize,
    /// Seconds of load per target, level and round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Connections of each level.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32, 256])]
    connections: Vec<usize>,
    /// Streams that are held open at once.
    #[arg(long, default_value_t = 4_000)]
    held: usize,
    /// What is measured.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Part::Answers, Part::Streams, Part::Start, Part::Held])]
    parts: Vec<Part>,
    /// Where the release binaries are.
    #[arg(long, default_value = "target/release")]
    binaries: PathBuf,
    /// A PostgreSQL on which databases may be made; without it only SQLite is measured.
    #[arg(long, env = "BENCH_DATABASE_URL")]
    database_url: Option<String>,
}

/// A part of the figures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// JSON answers.
    Answers,
    /// Streams, at the pace of a model and without pauses.
    Streams,
    /// How long a start takes, and the size of the binary.
    Start,
    /// Big accounts and long conversations; takes some minutes.
    Growth,
    /// Streams that are held open, in memory.
    Held,
}

impl Options {
    fn measures(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

#[tokio::main]
async fn main() -> Result<(), String> {
    let options = Options::parse();
    let folder = Folder::new()?;
    let provider = target::start_provider(&options.binaries).await?;
    let targets = start_targets(&options, &provider, &folder).await?;
    if options.measures(Part::Answers) {
        measure_answers(&options, &targets).await?;
    }
    if options.measures(Part::Streams) {
        measure_streams(&options, &targets).await?;
    }
    print_memory(&targets);
    if options.measures(Part::Start) {
        let start = start::report(&options.binaries, &provider, &folder).await?;
        println!("{start}");
    }
    if options.measures(Part::Growth) {
        for target in targets.iter().filter(|target| target.is_latchkey()) {
            println!("{}", growth::report(target).await?);
        }
    }
    // Last: answers that nobody waits for any more go on for a while.
    if options.measures(Part::Held) {
        println!("{}", held::report(&targets, options.held).await?);
    }
    Ok(())
}

async fn start_targets(
    options: &Options,
    provider: &Provider,
    folder: &Folder,
) -> Result<Vec<Arc<Target>>, String> {
    let mut targets = vec![Target::direct(provider)];
    match target::start_nginx(provider, folder).await {
        Ok(nginx) => targets.push(nginx),
        Err(reason) => println!("without nginx: {reason}"),
    }
    let latchkey = |name, postgres| {
        target::start_latchkey(name, &options.binaries, provider, folder, postgres)
    };
    targets.push(latchkey("latchkey, SQLite", None).await?);
    if let Some(url) = &options.database_url {
        targets.push(latchkey("latchkey, PostgreSQL", Some(url)).await?);
    }
    Ok(targets.into_iter().map(Arc::new).collect())
}

async fn measure_answers(options: &Options, targets: &[Arc<Target>]) -> Result<(), String> {
    let time = Duration::from_secs_f64(options.seconds);
    let mut table = Table::new(&[
        "JSON answers",
        "connections",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU µs/request",
        "÷ nginx",
        "errors",
    ]);
    for connections in &options.connections {
        let mut loads: Vec<Vec<Load>> = targets.iter().map(|_| Vec::new()).collect();
        // Round 0 only warms up.
        for round in 0..=options.rounds {
            for (target, loads) in targets.iter().zip(&mut loads) {
                let load = load::run(target, *connections, time, round).await?;
                if round > 0 {
                    loads.push(load);
                }
            }
        }
        load::report(&mut table, targets, *connections, &loads);
    }
    println!("{table}");
    Ok(())
}

async fn measure_streams(options: &Options, targets: &[Arc<Target>]) -> Result<(), String> {
    let mut firsts: Vec<Vec<f64>> = targets.iter().map(|_| Vec::new()).collect();
    let mut paced: Vec<Vec<Streams>> = targets.iter().map(|_| Vec::new()).collect();
    let mut bursts: Vec<Vec<Streams>> = targets.iter().map(|_| Vec::new()).collect();
    for round in 0..options.rounds {
        for (target, firsts) in targets.iter().zip(&mut firsts) {
            firsts.push(streams::first_event_ms(target, 100, round).await?);
        }
        for ((target, paced), bursts) in targets.iter().zip(&mut paced).zip(&mut bursts) {
            paced.push(streams::run(target, 64, "[[events 100]] [[slow 10ms]]", round).await?);
            bursts.push(streams::run(target, 16, "[[events 500]]", round).await?);
        }
    }
    println!("{}", streams::report_firsts(targets, &firsts));
    println!("{}", streams::report_paced(targets, &paced));
    println!("{}", streams::report_bursts(targets, &bursts));
    Ok(())
}

fn print_memory(targets: &[Arc<Target>]) {
    let mut table = Table::new(&["memory, MiB", "after the start", "after the load"]);
    for target in targets {
        table.row(&[
            target.name.clone(),
            number(target.started_mib),
            number(target.resident_mib()),
        ]);
    }
    println!("{table}");
}
