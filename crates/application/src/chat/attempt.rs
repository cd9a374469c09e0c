//! Attempts at the provider: one, and as many more as policy and budget allow.

use latchkey_domain::llm::{LlmError, LlmStream};

use super::{Chat, ending::Attempts, prepare::PreparedTurn};

impl Chat {
    /// Opens the provider's stream, trying again as long as nothing has reached the reader and it makes sense.
    /// Each attempt is noted in `attempts`, also when it, or the wait for the next one, is cut short.
    pub(super) async fn open_stream(
        &self,
        turn: &PreparedTurn,
        attempts: &mut Attempts,
    ) -> Result<Box<dyn LlmStream>, LlmError> {
        self.retry_budget.request();
        loop {
            attempts.answered = true;
            match self.ports.llm.open(&turn.key.secret, &turn.request).await {
                Ok(stream) => {
                    attempts.request_id = stream.request_id();
                    return Ok(stream);
                }
                Err(error) => {
                    attempts.answered = false;
                    attempts.failures.push(error.clone());
                    if !self.wait_for_retry(&error, attempts.failures.len()).await {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Waits until it is time for the next attempt; `false` if there should be none.
    async fn wait_for_retry(&self, error: &LlmError, attempts: usize) -> bool {
        let retries = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = self
            .policy
            .retry
            .wait_before_retry(error, retries, self.jitter());
        match wait {
            Some(wait) if self.retry_budget.take_retry() => {
                tokio::time::sleep(wait).await;
                true
            }
            _ => false,
        }
    }

    /// A random number; without randomness the longest wait, which is safe.
    fn jitter(&self) -> u16 {
        let mut bytes = [0; 2];
        match self.ports.random.fill(&mut bytes) {
            Ok(()) => u16::from_le_bytes(bytes),
            Err(_) => u16::MAX,
        }
    }
}
