//! Ends the answers of processes that died: what the journal has is saved, and the answer is interrupted.

use std::sync::{Mutex, PoisonError};

use latchkey_domain::{
    StoreError, Timestamp,
    conversation::{LEASE, Message, RunningAnswer},
    llm::{AssembledAnswer, EventKind},
};

use super::{
    Chat,
    ending::{Attempts, Ending, LedgerPlace, ended_message, finish},
};

/// Answers that are taken over at once.
const AT_ONCE: u32 = 50;

/// When the store was last seen to be away. Leases run out meanwhile whose holders are alive, and these have to come first once it is back.
#[derive(Debug, Default)]
pub(super) struct StoreDoubt(Mutex<Option<Timestamp>>);

impl StoreDoubt {
    fn note(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether it was away within a lease's time.
    fn is_fresh(&self, now: Timestamp) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| now < last.plus(LEASE))
    }
}

impl Chat {
    /// Ends all answers whose lease has run out, or, with `all_others`, that any other process was writing (when it is
    /// known that none runs any more). Returns how many. After the store was away other processes get a lease's time to renew theirs.
    ///
    /// # Errors
    /// [`StoreError`] when the store is away; those that were not ended yet wait for the next time. An answer that
    /// can't be read is only logged.
    pub async fn recover_abandoned(&self, all_others: bool) -> Result<u64, StoreError> {
        let mut recovered = 0;
        loop {
            let now = self.ports.clock.now();
            // None: that only asks whether the store is well.
            let most = if !all_others && self.store_doubt.is_fresh(now) {
                0
            } else {
                AT_ONCE
            };
            let abandoned = self
                .ports
                .answers
                .take_over_answers(self.ports.instance, now, now.plus(LEASE), all_others, most)
                .await
                .inspect_err(|_| self.store_doubt.note(now))?;
            if abandoned.is_empty() {
                return Ok(recovered);
            }
            for (running, message) in abandoned {
                // A store that was away lets leases run out whose answers are alive and well.
                if self.running.contains(running.message) {
                    continue;
                }
                match self.end_abandoned(&running, &message).await {
                    Ok(()) => recovered += 1,
                    Err(error) if error.retryable() => return Err(error),
                    // One answer that can't be read must not keep the others from their end.
                    Err(error) => {
                        tracing::error!(message = %running.message, %error, "an abandoned answer can't be ended");
                    }
                }
            }
        }
    }

    async fn end_abandoned(
        &self,
        running: &RunningAnswer,
        message: &Message,
    ) -> Result<(), StoreError> {
        let answers = &self.ports.answers;
        let (_, journal) = answers.read_journal(running.message, 0, u32::MAX).await?;
        let answer = self.assemble(&journal);
        // Complete is what the provider said, also if nobody was left to write it down.
        let ending = if answer.complete {
            Ending::Complete
        } else {
            Ending::Abandoned
        };
        let attempts = Attempts {
            answered: true,
            ..Attempts::default()
        };
        let now = self.ports.clock.now();
        let ended = ended_message(message, answer, &ending, &attempts, now);
        let end = finish(&self.place_of(running, message), ended, &attempts);
        self.ports.answers.finish_answer(&end).await?;
        Ok(())
    }

    fn assemble(&self, journal: &[u8]) -> AssembledAnswer {
        let mut assembler = self.ports.format.assembler();
        for event in self.ports.format.read_journal(journal) {
            if assembler.push(&event).is_err() || event.kind == EventKind::MessageStop {
                break;
            }
        }
        assembler.snapshot()
    }

    fn place_of(&self, running: &RunningAnswer, message: &Message) -> LedgerPlace {
        LedgerPlace {
            owner: running.owner,
            // Who asked in a team's conversation was known only to the process that died.
            user: running.owner.user_id(),
            holder: self.ports.instance,
            model: message
                .model
                .clone()
                .unwrap_or_else(|| self.policy.default_model.clone()),
        }
    }
}
