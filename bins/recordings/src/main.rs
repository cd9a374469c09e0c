//! Sends recorded answers of the real provider through the product: served by the fake one over HTTP, asked for at the
//! real program as a stream and as JSON, compared with what was recorded. `cargo xtask recordings FOLDER` runs it.
//!
//! A folder holds, at any depth, `NAME.meta.json` (`endpoint`, `model`, `response.status`, `response.headers`,
//! `response.body_file`) with the body's file beside it, or single files with `status`, `headers`, and `body` or `sse`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to the terminal"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "a member that JSON doesn't have is null"
)]
#![expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the names in a folder of recordings are ours to demand"
)]

mod compare;
mod expected;
mod product;
mod recording;
mod stream;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use fake_anthropic::{Config, FakeAnthropic, Reply, When};

use compare::{Ledger, check_answer, check_models, check_refusal};
use expected::Expected;
use product::Product;
use recording::{Body, Recording};

/// Sends recorded answers of the real provider through the product.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The program under test.
    #[arg(long)]
    latchkey: PathBuf,
    /// Where the recordings are.
    folder: PathBuf,
}

/// How one recording fared.
enum Outcome {
    /// It came through, and this is what came.
    Passed(String),
    /// It can't be tried, and why.
    Left(String),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Options::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("recordings: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all that could be tried came through.
async fn run(options: &Options) -> Result<bool, String> {
    let recordings = recording::find(&options.folder)?;
    let provider = FakeAnthropic::start(Config::lenient())
        .await
        .map_err(|error| format!("the fake provider doesn't start: {error}"))?;
    let product = Product::start(&options.latchkey, &provider.base_url()).await?;
    let mut ledger = Ledger::default();
    let mut failures = Vec::new();
    let (mut passed, mut left) = (0, 0);
    for (number, recording) in recordings.iter().enumerate() {
        let outcome = send(&provider, &product, recording, number, &mut ledger).await;
        provider.clear_script();
        match outcome {
            Ok(Outcome::Passed(what)) => {
                passed += 1;
                println!("passed  {}: {what}", recording.name);
            }
            Ok(Outcome::Left(why)) => {
                left += 1;
                println!("left    {}: {why}", recording.name);
            }
            Err(difference) => {
                println!("FAILED  {}: {difference}", recording.name);
                failures.push(&recording.name);
            }
        }
    }
    let differences = ledger.differences(&product).await?;
    for difference in &differences {
        println!("FAILED  ledger: {difference}");
    }
    println!("{}", ledger.table());
    println!(
        "{} recordings: {passed} passed, {} failed, {left} left; {} differences in the ledger",
        recordings.len(),
        failures.len(),
        differences.len()
    );
    Ok(failures.is_empty() && differences.is_empty() && passed > 0)
}

/// Sends one recording through, each way that it has.
async fn send(
    provider: &FakeAnthropic,
    product: &Product,
    recording: &Recording,
    number: usize,
    ledger: &mut Ledger,
) -> Result<Outcome, String> {
    let serve = |body: &[u8], kind: &str| {
        let reply = Reply::body(recording.status, kind, body.to_vec()).unchecked();
        let headers = recording.headers.iter();
        let reply = headers.fold(reply, |reply, (name, value)| reply.header(name, value));
        provider.always(When::messages(), reply);
    };
    let (expected, events) = match &recording.body {
        Body::Left(why) => return Ok(Outcome::Left(why.clone())),
        Body::Error(body) => {
            serve(body.to_string().as_bytes(), "application/json");
            let code = check_refusal(product, recording, body, number).await?;
            return Ok(Outcome::Passed(code));
        }
        Body::Models(page) => {
            let page_body = page.to_string();
            let reply = Reply::body(recording.status, "application/json", page_body);
            provider.always(When::models(), reply);
            return check_models(product, page).await.map(Outcome::Passed);
        }
        Body::Stream(text) => (Expected::of_stream(text)?, text.clone()),
        Body::Message(message) => (Expected::of_message(message)?, stream::of_message(message)?),
    };
    serve(events.as_bytes(), "text/event-stream; charset=utf-8");
    check_answer(product, recording, &expected, &events, number, ledger)
        .await
        .map(Outcome::Passed)
}
