//! Watches that who asked is still signed in while their answer runs.

use std::sync::Arc;

use latchkey_domain::{StoreError, id::SessionId, personal_token::PersonalTokenHash};
use tokio::task::AbortHandle;

use super::running::{StopReason, StopSignal};
use crate::{Policy, Ports, actor::CredentialKey};

/// Asks the run to stop once the session has ended or the token is void. Dropping it ends the watch.
pub(super) struct SignInWatch(AbortHandle);

impl SignInWatch {
    /// Watches the credential, beside the stream, so that a slow store never holds an event back.
    pub(super) fn start(
        ports: &Arc<Ports>,
        policy: &Policy,
        by: CredentialKey,
        signal: StopSignal,
    ) -> Self {
        let ports = Arc::clone(ports);
        let period = policy.session_check;
        let watch = async move {
            loop {
                tokio::time::sleep(period).await;
                if is_over(&ports, by).await {
                    signal.stop(StopReason::SessionEnded);
                    return;
                }
            }
        };
        Self(tokio::spawn(watch).abort_handle())
    }
}

impl Drop for SignInWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether the sign-in has ended. A store that can't be asked ends nothing.
async fn is_over(ports: &Ports, by: CredentialKey) -> bool {
    let may_go_on = match by {
        CredentialKey::Session(id) => session_may_go_on(ports, id).await,
        CredentialKey::PersonalToken(hash) => token_may_go_on(ports, hash).await,
    };
    matches!(may_go_on, Ok(false))
}

async fn session_may_go_on(ports: &Ports, id: SessionId) -> Result<bool, StoreError> {
    let found = ports.sessions.find_session(id).await?;
    Ok(found.is_some_and(|found| found.may_go_on(ports.clock.now())))
}

async fn token_may_go_on(ports: &Ports, hash: PersonalTokenHash) -> Result<bool, StoreError> {
    let found = ports.personal_tokens.find_personal_token(hash).await?;
    Ok(found.is_some_and(|found| found.may_go_on(ports.clock.now())))
}
