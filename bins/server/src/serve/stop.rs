//! The server's end: nothing new, time for what runs, everything saved, gone within half a minute.

use std::time::Duration;

use tokio::{
    join,
    signal::unix::{Signal, SignalKind, signal},
    time::{Instant, sleep, timeout},
};

use super::{background::Background, http::HttpServer};
use crate::{failure::Failure, wiring::Wired};

/// How long running answers may go on.
const GRACE: Duration = Duration::from_secs(25);
/// How long connections that are kept alive are answered at the least. Each answer closes its own, so that at the end
/// hardly any is left on which a request could cross the end of the connection.
const FAREWELL: Duration = Duration::from_millis(500);
/// The process is gone by then, whatever hangs.
const END: Duration = Duration::from_millis(29_500);
/// The same after a second signal.
const HASTY_END: Duration = Duration::from_millis(1_700);
/// How long the last bytes of ended streams may take to go out.
const LAST_BYTES: Duration = Duration::from_secs(2);
/// The same after a second signal.
const HASTY_LAST_BYTES: Duration = Duration::from_millis(400);
/// What is kept for the database's own end.
const CLOSING: Duration = Duration::from_millis(300);

/// SIGTERM and SIGINT.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Takes the signals over.
    ///
    /// # Errors
    /// When the system doesn't let it.
    pub fn listen() -> Result<Self, Failure> {
        let take = |kind| {
            signal(kind).map_err(|error| Failure::of(format!("signals can't be received: {error}")))
        };
        Ok(Self {
            terminate: take(SignalKind::terminate())?,
            interrupt: take(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ends everything in order. A second signal leaves no more time to what runs.
pub async fn stop(
    server: HttpServer,
    background: Background,
    wired: &Wired,
    signals: &mut StopSignals,
) {
    let chat = &wired.application.chat;
    server.refuse_new_work();
    chat.drain();
    tracing::info!(
        answers = chat.running(),
        "stopping: nothing new is taken, and running answers get {} s; a second signal ends them at once",
        GRACE.as_secs()
    );
    let end = Instant::now() + END;
    let (interrupted, end, last_bytes) = tokio::select! {
        (interrupted, ()) = async { join!(chat.shut_down(GRACE), sleep(FAREWELL)) } => {
            (interrupted, end, LAST_BYTES)
        }
        () = signals.next() => {
            let end = Instant::now() + HASTY_END;
            tracing::warn!(answers = chat.running(), "stopping at once");
            (interrupt_answers(wired, end).await, end, HASTY_LAST_BYTES)
        }
    };
    if interrupted > 0 {
        tracing::warn!(
            answers = interrupted,
            "answers were interrupted and saved as far as they came"
        );
    }
    server
        .finish(last_bytes.min(time_until(end - CLOSING)))
        .await;
    background.stop(time_until(end - CLOSING)).await;
    wired.opened.wipe();
    if timeout(time_until(end), wired.database.close())
        .await
        .is_err()
    {
        tracing::warn!("the database took too long to close; nothing is lost by that");
    }
    tracing::info!("stopped");
}

async fn interrupt_answers(wired: &Wired, end: Instant) -> usize {
    let chat = &wired.application.chat;
    let running = chat.running();
    let limit = time_until(end - HASTY_LAST_BYTES - CLOSING);
    timeout(limit, chat.shut_down(Duration::ZERO))
        .await
        .unwrap_or(running)
}

fn time_until(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}
