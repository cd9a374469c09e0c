//! How long a restart takes on a database that is there already, and how big the program is.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    client::{Connection, request},
    process::{Folder, Process, free_address},
    stats::median,
    table::{Table, number},
    target::{Provider, latchkey_command},
};

/// Starts that are measured.
const STARTS: usize = 6;
/// A start that takes longer has failed.
const LONGEST: Duration = Duration::from_secs(10);

/// Start to the first 200, and the size of the binary.
pub async fn report(
    binaries: &Path,
    provider: &Provider,
    folder: &Folder,
) -> Result<Table, String> {
    let data = folder.path().join("restart");
    // The first makes the database.
    start(binaries, provider, &data).await?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(start(binaries, provider, &data).await?);
    }
    let size = fs::metadata(binaries.join("latchkey")).map_err(|error| error.to_string())?;
    let megabytes = u32::try_from(size.len() / 100_000).map_or(f64::MAX, f64::from) / 10.0;
    let mut table = Table::new(&["latchkey", ""]);
    table.row(&["start to first 200, ms".to_owned(), number(median(times))]);
    table.row(&["binary, MB".to_owned(), number(megabytes)]);
    Ok(table)
}

/// Milliseconds from the start of the process to its first 200.
async fn start(binaries: &Path, provider: &Provider, data: &Path) -> Result<f64, String> {
    let address = free_address()?;
    let question = request("GET", "/healthz", &[], "");
    let begin = Instant::now();
    let _process = Process::spawn(latchkey_command(binaries, provider, data, address))?;
    while begin.elapsed() < LONGEST {
        if let Ok(mut connection) = Connection::open(address).await
            && let Ok((200, _)) = connection.exchange(&question).await
        {
            return Ok(begin.elapsed().as_secs_f64() * 1e3);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Err("latchkey doesn't start".to_owned())
}
