//! What a message costs in a small and in a big account, in a short and in a long conversation.

use std::{sync::Arc, time::Instant};

use crate::{
    client::Connection,
    load::join_all,
    stats::{float, quantile},
    table::{Table, number},
    target::Target,
};

/// Conversations of the account.
const ACCOUNTS: [usize; 3] = [0, 1_000, 10_000];
/// Messages of the conversation.
const CONVERSATIONS: [usize; 5] = [0, 20, 200, 1_000, 5_000];
/// Messages that are measured at each size.
const SAMPLES: usize = 40;
/// Connections that fill the account.
const FILLERS: usize = 16;

/// The curves of one target, which must be Latchkey.
pub async fn report(target: &Arc<Target>) -> Result<Table, String> {
    let mut table = Table::new(&[
        &target.name,
        "message p50 ms",
        "CPU µs/message",
        "list p50 ms",
    ]);
    let mut filled = 0;
    for size in ACCOUNTS {
        fill(target, filled, size).await?;
        filled = size;
        let name = |sample| format!("g-{size}-{sample}");
        let (p50, cpu) = messages(target, SAMPLES, name).await?;
        table.row(&[
            format!("account of {size} conversations"),
            number(p50),
            number(cpu),
            number(list(target).await?),
        ]);
    }
    let mut length = 0;
    for size in CONVERSATIONS {
        let name = |_| "long".to_owned();
        // A question and an answer are two messages.
        messages(target, size.saturating_sub(length) / 2, name).await?;
        let (p50, cpu) = messages(target, SAMPLES, name).await?;
        length = size.max(length) + SAMPLES * 2;
        table.row(&[
            format!("conversation of {size} messages"),
            number(p50),
            number(cpu),
            "–".to_owned(),
        ]);
    }
    Ok(table)
}

/// Sends messages one after the other; their median time in ms, and the CPU of each in µs.
async fn messages(
    target: &Target,
    count: usize,
    conversation: impl Fn(usize) -> String,
) -> Result<(f64, f64), String> {
    let mut connection = Connection::open(target.address).await?;
    let before = target.cpu_seconds().unwrap_or(0.0);
    let mut times = Vec::new();
    for sample in 0..count {
        let request = target.message(&conversation(sample), "How do tides work?", false);
        times.push(timed(&mut connection, &request).await?);
    }
    let cpu = target.cpu_seconds().unwrap_or(0.0) - before;
    Ok((quantile(&mut times, 0.5), cpu * 1e6 / float(count).max(1.0)))
}

/// The median time of the first page of conversations, in ms.
async fn list(target: &Target) -> Result<f64, String> {
    let request = target
        .own_request("GET", "/api/chat/conversations", "")
        .ok_or("only Latchkey has a list")?;
    let mut connection = Connection::open(target.address).await?;
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        times.push(timed(&mut connection, &request).await?);
    }
    Ok(quantile(&mut times, 0.5))
}

async fn timed(connection: &mut Connection, request: &[u8]) -> Result<f64, String> {
    let begin = Instant::now();
    match connection.exchange(request).await? {
        (200, _) => Ok(begin.elapsed().as_secs_f64() * 1e3),
        (status, _) => Err(format!("an answer {status}")),
    }
}

/// Makes the conversations from one number to another.
async fn fill(target: &Arc<Target>, from: usize, to: usize) -> Result<(), String> {
    let fillers = (0..FILLERS)
        .map(|filler| {
            let target = Arc::clone(target);
            async move {
                let mut connection = Connection::open(target.address).await?;
                for number in (from..to).skip(filler).step_by(FILLERS) {
                    let body = format!("{{\"id\":\"f-{number}\",\"title\":\"Number {number}\"}}");
                    let request = target
                        .own_request("POST", "/api/chat/conversations", &body)
                        .ok_or("only Latchkey has accounts")?;
                    let (status, _) = connection.exchange(&request).await?;
                    if status != 201 {
                        return Err(format!("a new conversation answers {status}"));
                    }
                }
                Ok(())
            }
        })
        .collect();
    join_all(fillers).await.map(drop)
}
