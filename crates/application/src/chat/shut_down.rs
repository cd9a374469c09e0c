//! The end of the process: running answers get some time, then they are saved as interrupted.

use std::time::Duration;

use super::{Chat, running::StopReason};

/// How long the interrupted answers get to be written.
const LAST_WRITES: Duration = Duration::from_secs(4);

impl Chat {
    /// How many answers are running in this process.
    pub fn running(&self) -> usize {
        self.running.count()
    }

    /// Lets no new answer begin.
    pub fn drain(&self) {
        self.running.drain();
    }

    /// Lets no new answer begin, waits up to `grace` for those that run, then interrupts them and waits until what
    /// came of them is saved. Returns how many had to be interrupted.
    pub async fn shut_down(&self, grace: Duration) -> usize {
        self.drain();
        let tasks = &self.running.tasks;
        tasks.close();
        if tokio::time::timeout(grace, tasks.wait()).await.is_ok() {
            return 0;
        }
        let interrupted = self.running.count();
        self.running.stop_all(StopReason::ServerStopping);
        if tokio::time::timeout(LAST_WRITES, tasks.wait())
            .await
            .is_err()
        {
            tracing::error!("some answers could not be saved in time; their journals will be");
        }
        interrupted
    }
}
