//! The server's life: start, serve, stop.

mod announce;
mod background;
mod doubts;
mod http;
mod stop;

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::{
    failure::{Failure, with_causes},
    hardening, log,
    settings::{Environment, Settings},
    wiring::{Purpose, Wired, wire},
};
use background::Background;
use stop::StopSignals;

/// How long what still runs on the runtime is waited for at the very end.
const LEFT_OVERS: Duration = Duration::from_millis(200);

/// Serves until it is told to stop.
///
/// # Errors
/// What keeps the server from starting.
pub fn run(settings: &Settings, environment: &Environment) -> Result<(), Failure> {
    log::start(&settings.log);
    doubts::warn(settings, environment);
    hardening::raise_open_files();
    let runtime = main_runtime()?;
    let served = runtime.block_on(serve(settings));
    runtime.shutdown_timeout(LEFT_OVERS);
    served
}

/// The runtime of everything but HTTP, which has threads of its own.
pub fn main_runtime() -> Result<Runtime, Failure> {
    Builder::new_multi_thread()
        .thread_name("latchkey")
        .enable_all()
        .build()
        .map_err(|error| Failure::of(format!("no threads can be started: {error}")))
}

async fn serve(settings: &Settings) -> Result<(), Failure> {
    // From here on no signal ends the process by itself.
    let mut signals = StopSignals::listen()?;
    let wired = tokio::select! {
        wired = wire(settings, Purpose::Serve) => wired?,
        () = signals.next() => return Ok(()),
    };
    if wired.database.is_exclusive() {
        recover_answers(&wired).await?;
    }
    let listener = http::listen(settings.listening.address)?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::of(error.to_string()))?;
    let server = http::serve(listener, settings, &wired)?;
    let background = Background::start(&wired);
    announce::announce(settings, address, wired.keyring_is_new);
    let failed = tokio::select! {
        () = signals.next() => None,
        failure = server.failed() => Some(failure),
    };
    stop::stop(server, background, &wired, &mut signals).await;
    failed.map_or(Ok(()), Err)
}

/// Ends what servers that died were writing: there can be no other server. Where there can, it is done in the background, so that after an
/// outage of the database they are first to renew what they hold.
async fn recover_answers(wired: &Wired) -> Result<(), Failure> {
    let recovered = wired
        .application
        .chat
        .recover_abandoned(true)
        .await
        .map_err(|error| {
            Failure::of(format!(
                "the database can't be used: {}",
                with_causes(&error)
            ))
        })?;
    if recovered > 0 {
        tracing::warn!(
            answers = recovered,
            "answers that a server left behind when it died were saved as far as they came"
        );
    }
    Ok(())
}
