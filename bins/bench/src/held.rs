//! Streams that are held open while the model thinks: what each costs in memory.

use std::sync::Arc;

use crate::{
    client::Connection,
    load::join_all,
    stats::float,
    table::{Table, number},
    target::Target,
};

/// Begins to answer, with two words, and then thinks for longer than anybody looks. (An answer has begun for Latchkey with its first word.)
const THINKING: &str = "[[events 10]] [[stall after 5]]";
/// Streams that begin at the same time.
const AT_ONCE: usize = 100;

/// The memory of `count` held streams on each target.
pub async fn report(targets: &[Arc<Target>], count: usize) -> Result<Table, String> {
    let mut table = Table::new(&[
        "held streams",
        "streams",
        "memory, MiB",
        "KiB/stream",
        "MiB for 10,000",
    ]);
    for target in targets {
        if target.cpu_seconds().is_none() {
            continue;
        }
        let before = target.resident_mib();
        let mut held = Vec::new();
        while held.len() < count {
            let begun = held.len();
            let wave = (begun..count.min(begun + AT_ONCE))
                .map(|stream| begin(Arc::clone(target), stream))
                .collect();
            held.extend(join_all(wave).await?);
        }
        let after = target.resident_mib();
        let each = (after - before) / float(held.len());
        table.row(&[
            target.name.clone(),
            held.len().to_string(),
            number(after),
            number(each * 1024.0),
            number(before + each * 10_000.0),
        ]);
    }
    Ok(table)
}

/// A stream that has begun.
async fn begin(target: Arc<Target>, stream: usize) -> Result<Connection, String> {
    let mut connection = Connection::with_buffer(target.address, 2 * 1024).await?;
    let request = target.message(&format!("h-{stream}"), THINKING, true);
    match connection.begin_exchange(&request).await? {
        200 => Ok(connection),
        status => Err(format!("{} answers {status}", target.name)),
    }
}
