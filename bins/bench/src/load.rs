//! Plain answers: as many as the connections get in the time.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    client::Connection,
    stats::{float, median, quantile},
    table::{Table, number},
    target::Target,
};

/// Messages of one conversation before the next one begins, as people chat.
const MESSAGES_A_CONVERSATION: usize = 20;

/// One round's figures.
pub struct Load {
    per_second: f64,
    p50: f64,
    p99: f64,
    cpu_micros: Option<f64>,
    errors: usize,
}

/// Puts load on a target with this many connections for this long.
pub async fn run(
    target: &Arc<Target>,
    connections: usize,
    time: Duration,
    round: usize,
) -> Result<Load, String> {
    let cpu_before = target.cpu_seconds();
    let start = Instant::now();
    let clients: Vec<_> = (0..connections)
        .map(|client| client_loop(Arc::clone(target), client, round, start + time))
        .collect();
    let results = join_all(clients).await?;
    let seconds = start.elapsed().as_secs_f64();
    let mut latencies: Vec<f64> = results
        .iter()
        .flat_map(|(latencies, _)| latencies.iter().copied())
        .collect();
    let count = float(latencies.len());
    let cpu = target
        .cpu_seconds()
        .zip(cpu_before)
        .map(|(after, before)| after - before);
    Ok(Load {
        per_second: count / seconds,
        p50: quantile(&mut latencies, 0.5),
        p99: quantile(&mut latencies, 0.99),
        cpu_micros: cpu.map(|seconds| seconds * 1e6 / count.max(1.0)),
        errors: results.iter().map(|(_, errors)| errors).sum(),
    })
}

/// Runs all at once, each as a task, to their end; the first error ends it.
pub async fn join_all<T: Send + 'static>(
    futures: Vec<impl Future<Output = Result<T, String>> + Send + 'static>,
) -> Result<Vec<T>, String> {
    let mut tasks: JoinSet<_> = futures.into_iter().collect();
    let mut results = Vec::new();
    while let Some(result) = tasks.join_next().await {
        results.push(result.map_err(|error| error.to_string())??);
    }
    Ok(results)
}

async fn client_loop(
    target: Arc<Target>,
    client: usize,
    round: usize,
    until: Instant,
) -> Result<(Vec<f64>, usize), String> {
    let mut connection = Connection::open(target.address).await?;
    let mut latencies = Vec::new();
    let mut errors = 0;
    for number in 0.. {
        if Instant::now() >= until {
            break;
        }
        let conversation = format!("b-{round}-{client}-{}", number / MESSAGES_A_CONVERSATION);
        let request = target.message(
            &conversation,
            "How do tides work? Answer in two sentences.",
            false,
        );
        let begin = Instant::now();
        let (status, _) = connection.exchange(&request).await?;
        latencies.push(begin.elapsed().as_secs_f64() * 1e3);
        errors += usize::from(status != 200);
    }
    Ok((latencies, errors))
}

/// Adds the medians of all rounds to the table.
pub fn report(
    table: &mut Table,
    targets: &[Arc<Target>],
    connections: usize,
    rounds: &[Vec<Load>],
) {
    let nginx = targets
        .iter()
        .zip(rounds)
        .find(|(target, _)| target.is_nginx)
        .map(|(_, loads)| loads);
    for (target, loads) in targets.iter().zip(rounds) {
        let of = |figure: fn(&Load) -> f64| number(median(loads.iter().map(figure)));
        let cpu = loads.iter().filter_map(|load| load.cpu_micros);
        let ratio = nginx.map(|nginx| {
            median(
                loads
                    .iter()
                    .zip(nginx)
                    .map(|(load, nginx)| load.per_second / nginx.per_second),
            )
        });
        table.row(&[
            target.name.clone(),
            connections.to_string(),
            of(|load| load.per_second),
            of(|load| load.p50),
            of(|load| load.p99),
            target
                .cpu_seconds()
                .map_or("–".into(), |_| number(median(cpu))),
            ratio.map_or("–".into(), number),
            loads
                .iter()
                .map(|load| load.errors)
                .sum::<usize>()
                .to_string(),
        ]);
    }
}
