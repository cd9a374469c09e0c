//! Streamed answers: how even they come, and what an event costs.

use std::{sync::Arc, time::Instant};

use crate::{
    client::Connection,
    load::join_all,
    stats::{float, median, quantile},
    table::{Table, number},
    target::Target,
};

/// The figures of streams that ran at once.
pub struct Streams {
    events: usize,
    seconds: f64,
    first_ms: f64,
    gap_p50_ms: f64,
    gap_p99_ms: f64,
    cpu_micros: Option<f64>,
}

/// Runs `count` streams at once, each answering `prompt`.
pub async fn run(
    target: &Arc<Target>,
    count: usize,
    prompt: &str,
    round: usize,
) -> Result<Streams, String> {
    let cpu_before = target.cpu_seconds();
    let start = Instant::now();
    let streams: Vec<_> = (0..count)
        .map(|stream| one(Arc::clone(target), stream, prompt.to_owned(), round))
        .collect();
    let arrivals = join_all(streams).await?;
    let seconds = start.elapsed().as_secs_f64();
    let events: usize = arrivals.iter().map(|stream| stream.events).sum();
    let mut firsts: Vec<f64> = arrivals.iter().map(|stream| stream.first_ms).collect();
    let mut gaps: Vec<f64> = arrivals
        .into_iter()
        .flat_map(|stream| stream.gaps_ms)
        .collect();
    let cpu = target
        .cpu_seconds()
        .zip(cpu_before)
        .map(|(after, before)| after - before);
    Ok(Streams {
        events,
        seconds,
        first_ms: quantile(&mut firsts, 0.5),
        gap_p50_ms: quantile(&mut gaps, 0.5),
        gap_p99_ms: quantile(&mut gaps, 0.99),
        cpu_micros: cpu.map(|cpu| cpu * 1e6 / float(events).max(1.0)),
    })
}

/// How long the first word of a stream takes that runs alone: the median of so many, one after the other.
pub async fn first_event_ms(
    target: &Arc<Target>,
    count: usize,
    round: usize,
) -> Result<f64, String> {
    let mut firsts = Vec::with_capacity(count);
    for stream in 0..count {
        let prompt = "[[events 2]]".to_owned();
        let arrivals = one(Arc::clone(target), stream, prompt, round).await?;
        firsts.push(arrivals.first_ms);
    }
    Ok(quantile(&mut firsts, 0.5))
}

struct Arrivals {
    events: usize,
    first_ms: f64,
    gaps_ms: Vec<f64>,
}

/// One stream. Deltas are counted, which every target passes on alike.
async fn one(
    target: Arc<Target>,
    stream: usize,
    prompt: String,
    round: usize,
) -> Result<Arrivals, String> {
    let mut connection = Connection::open(target.address).await?;
    let conversation = format!("s-{round}-{stream}-{}", prompt.len());
    let request = target.message(&conversation, &prompt, true);
    let begin = Instant::now();
    let mut arrivals = Arrivals {
        events: 0,
        first_ms: 0.0,
        gaps_ms: Vec::new(),
    };
    let mut last: Option<Instant> = None;
    let status = connection
        .stream_exchange(&request, |bytes| {
            let deltas = count(bytes, b"event: content_block_delta");
            if deltas == 0 {
                return;
            }
            let now = Instant::now();
            match last {
                Some(last) => arrivals.gaps_ms.push((now - last).as_secs_f64() * 1e3),
                None => arrivals.first_ms = (now - begin).as_secs_f64() * 1e3,
            }
            last = Some(now);
            arrivals.events += deltas;
        })
        .await?;
    if status == 200 {
        Ok(arrivals)
    } else {
        Err(format!("{} answers {status}", target.name))
    }
}

fn count(bytes: &[u8], needle: &[u8]) -> usize {
    bytes
        .windows(needle.len())
        .filter(|window| *window == needle)
        .count()
}

/// The medians of all rounds of streams that ran alone.
pub fn report_firsts(targets: &[Arc<Target>], rounds: &[Vec<f64>]) -> Table {
    let mut table = Table::new(&[
        "one stream at once",
        "first event ms",
        "beside the provider",
    ]);
    let medians = rounds.iter().map(|firsts| median(firsts.iter().copied()));
    let medians: Vec<f64> = medians.collect();
    let provider = medians.first().copied().unwrap_or_default();
    for (target, first) in targets.iter().zip(medians) {
        table.row(&[target.name.clone(), number(first), number(first - provider)]);
    }
    table
}

/// The medians of all rounds of paced streams.
pub fn report_paced(targets: &[Arc<Target>], rounds: &[Vec<Streams>]) -> Table {
    let mut table = Table::new(&[
        "64 streams × 100 events, 10 ms apart",
        "events",
        "first event ms",
        "gap p50 ms",
        "gap p99 ms",
        "CPU µs/event",
        "÷ nginx",
    ]);
    let nginx = of_nginx(targets, rounds, cpu);
    for (target, runs) in targets.iter().zip(rounds) {
        let of = |figure: fn(&Streams) -> f64| number(median(runs.iter().map(figure)));
        table.row(&[
            target.name.clone(),
            of(|run| float(run.events)),
            of(|run| run.first_ms),
            of(|run| run.gap_p50_ms),
            of(|run| run.gap_p99_ms),
            cpu_text(target, runs),
            ratio(median(runs.iter().map(cpu)), nginx),
        ]);
    }
    table
}

/// The medians of all rounds of bursts.
pub fn report_bursts(targets: &[Arc<Target>], rounds: &[Vec<Streams>]) -> Table {
    let mut table = Table::new(&[
        "16 streams × 500 events, no pause",
        "events/s",
        "CPU µs/event",
        "÷ nginx events/s",
    ]);
    let nginx = of_nginx(targets, rounds, per_second);
    for (target, runs) in targets.iter().zip(rounds) {
        let events = median(runs.iter().map(per_second));
        table.row(&[
            target.name.clone(),
            number(events),
            cpu_text(target, runs),
            ratio(events, nginx),
        ]);
    }
    table
}

fn cpu(run: &Streams) -> f64 {
    run.cpu_micros.unwrap_or(0.0)
}

fn per_second(run: &Streams) -> f64 {
    float(run.events) / run.seconds
}

fn cpu_text(target: &Target, runs: &[Streams]) -> String {
    match target.cpu_seconds() {
        Some(_) => number(median(runs.iter().map(cpu))),
        None => "–".to_owned(),
    }
}

fn of_nginx(
    targets: &[Arc<Target>],
    rounds: &[Vec<Streams>],
    figure: fn(&Streams) -> f64,
) -> Option<f64> {
    let (_, runs) = targets
        .iter()
        .zip(rounds)
        .find(|(target, _)| target.is_nginx)?;
    Some(median(runs.iter().map(figure))).filter(|figure| *figure > 0.0)
}

fn ratio(value: f64, nginx: Option<f64>) -> String {
    match nginx {
        Some(nginx) if value > 0.0 => number(value / nginx),
        _ => "–".to_owned(),
    }
}
