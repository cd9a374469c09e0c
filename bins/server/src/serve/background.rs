//! What is done again and again beside the requests.

use std::{future::Future, time::Duration};

use latchkey_application::Application;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{failure::with_causes, wiring::Wired};

/// Answers whose server died are ended this often.
const RECOVERY: Duration = Duration::from_secs(10);
/// Expired sessions, tokens and keys of requests, and conversations beyond their retention are deleted this often.
const TIDYING: Duration = Duration::from_hours(1);
/// The first time: a server that is restarted every hour tidies, too.
const FIRST_TIDYING: Duration = Duration::from_mins(1);
/// Opened keys whose time is over are wiped this often.
const WIPING: Duration = Duration::from_secs(10);
/// The words of turns are written this often, where nobody searches before. When there were none, that is one look into an empty table.
const INDEXING: Duration = Duration::from_secs(1);
/// How long indexing older conversations waits after a failure.
const INDEXING_PAUSE: Duration = Duration::from_mins(1);
/// Limits that are as good as new are forgotten this often.
const SWEEPING: Duration = Duration::from_mins(1);

/// The tasks in the background.
pub struct Background {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Background {
    /// Starts them.
    pub fn start(wired: &Wired) -> Self {
        let background = Self {
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let chat = wired.application.chat.clone();
        background.repeat(RECOVERY, move || {
            let chat = chat.clone();
            async move {
                match chat.recover_abandoned(false).await {
                    Ok(0) => {}
                    Ok(answers) => tracing::warn!(
                        answers,
                        "answers that another server left behind were saved"
                    ),
                    Err(error) => tracing::warn!(
                        error = with_causes(&error),
                        "answers left behind can't be looked for"
                    ),
                }
            }
        });
        let application = wired.application.clone();
        background.repeat_after(FIRST_TIDYING, TIDYING, move || {
            let application = application.clone();
            async move {
                match application.tidy_up().await {
                    Ok(tidied) => tracing::debug!(?tidied, "tidied up"),
                    Err(error) => {
                        tracing::warn!(error = with_causes(&error), "nothing could be tidied up");
                    }
                }
            }
        });
        let application = wired.application.clone();
        let stop = background.stop.clone();
        background.repeat(INDEXING, move || {
            let (application, stop) = (application.clone(), stop.clone());
            async move { index_pending(&application, &stop).await }
        });
        background.index_older_conversations(wired.application.clone());
        let opened = wired.opened.clone();
        background.repeat(WIPING, move || {
            opened.wipe_expired();
            std::future::ready(())
        });
        let limiter = wired.limiter.clone();
        background.repeat(SWEEPING, move || {
            limiter.sweep();
            std::future::ready(())
        });
        background.tasks.close();
        background
    }

    /// Makes conversations findable that an older program stored, a few at a time.
    fn index_older_conversations(&self, application: Application) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            while !stop.is_cancelled() {
                match application.index_some_older_conversations().await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => {
                        tracing::warn!(
                            error = with_causes(&error),
                            "older conversations can't be made findable yet"
                        );
                        stop.run_until_cancelled(sleep(INDEXING_PAUSE)).await;
                    }
                }
            }
        });
    }

    /// Does `work` every `period` until the end. Work that has begun is never cut.
    fn repeat<W, F>(&self, period: Duration, work: W)
    where
        W: Fn() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.repeat_after(period, period, work);
    }

    /// The same, the first time after `first`.
    fn repeat_after<W, F>(&self, first: Duration, period: Duration, work: W)
    where
        W: Fn() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let mut ticks = interval_at(Instant::now() + first, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while stop.run_until_cancelled(ticks.tick()).await.is_some() {
                work().await;
            }
        });
    }

    /// Lets nothing begin any more, and waits for what has, no longer than `limit`.
    pub async fn stop(self, limit: Duration) {
        self.stop.cancel();
        if timeout(limit, self.tasks.wait()).await.is_err() {
            tracing::warn!("some work in the background was not done in time");
        }
    }
}

/// Makes the texts of turns findable that wait for it. What is left at the end is done by the next start, or by another server.
async fn index_pending(application: &Application, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match application.index_some_pending().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(
                    error = with_causes(&error),
                    "messages can't be made findable yet"
                );
                return;
            }
        }
    }
}
