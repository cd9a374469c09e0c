//! Watches that who asked is still signed in while their answer runs.

use std::sync::Arc;

use latchkey_domain::id::SessionId;
use tokio::task::AbortHandle;

use super::running::{StopReason, StopSignal};
use crate::{Policy, Ports};

/// Asks the run to stop once the session has ended. Dropping it ends the watch.
pub(super) struct SessionWatch(AbortHandle);

impl SessionWatch {
    /// Watches `session`, beside the stream, so that a slow store never holds an event back.
    pub(super) fn start(
        ports: &Arc<Ports>,
        policy: &Policy,
        session: SessionId,
        signal: StopSignal,
    ) -> Self {
        let ports = Arc::clone(ports);
        let period = policy.session_check;
        let watch = async move {
            loop {
                tokio::time::sleep(period).await;
                if is_over(&ports, session).await {
                    signal.stop(StopReason::SessionEnded);
                    return;
                }
            }
        };
        Self(tokio::spawn(watch).abort_handle())
    }
}

impl Drop for SessionWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether the session has ended. A store that can't be asked ends nothing.
async fn is_over(ports: &Ports, session: SessionId) -> bool {
    match ports.sessions.find_session(session).await {
        Ok(Some(found)) => !found.may_go_on(ports.clock.now()),
        Ok(None) => true,
        Err(_) => false,
    }
}
