//! The end of a run: written, told, and noted at the key that paid.

use std::time::Duration;

use latchkey_domain::{
    StoreError,
    conversation::{ConversationChange, Message},
    llm::LlmErrorKind,
};

use super::{
    AnswerFault, ChatError,
    ending::{
        Attempts, Ending, LedgerPlace, ended_message, finish, nothing_came, unsaved_attempts,
    },
    prepare::SavedTurn,
    run::Run,
    running::StopReason,
};

/// How often the end of an answer is tried to be written before it is given up: for about three seconds.
const END_TRIES: u32 = 5;
/// The wait before the second try; doubles with each further one.
const END_RETRY_WAIT: Duration = Duration::from_millis(200);
/// How often the end is tried once its reader was told that it isn't saved: for ten minutes.
const LATE_TRIES: u32 = 300;
/// The wait before each of these.
const LATE_RETRY_WAIT: Duration = Duration::from_secs(2);

impl Run {
    /// Writes the end of an answer to which nothing came, and says why it didn't begin.
    pub(super) async fn end_early(&self, ending: &Ending, attempts: &Attempts) -> ChatError {
        let now = self.chat.ports.clock.now();
        let message = ended_message(&self.turn.answer, nothing_came(), ending, attempts, now);
        self.write_end(&message, attempts).await;
        self.note_key_status(ending).await;
        match ending {
            Ending::Fault(error) => {
                if error.kind == LlmErrorKind::ModelNotFound {
                    self.forget_model().await;
                }
                self.chat.refusal(&self.turn.key, error.clone()).await
            }
            // Begun all the same: who sends it again would have it twice.
            Ending::Stopped(StopReason::ServerStopping) if self.turn.saved.is_some() => {
                ChatError::InterruptedEarly(Box::new(message))
            }
            Ending::Stopped(StopReason::ServerStopping) => ChatError::ServerStopping,
            Ending::Stopped(StopReason::SessionEnded) => ChatError::SessionEnded,
            Ending::Stopped(StopReason::LeaseLost) => ChatError::NotFound,
            Ending::Stopped(StopReason::User | StopReason::ClientGone)
            | Ending::Complete
            | Ending::Abandoned => ChatError::StoppedEarly,
        }
    }

    /// Gives the conversation back the model that it had, so that the next message isn't refused, too.
    async fn forget_model(&self) {
        let Some(saved) = &self.turn.saved else {
            return;
        };
        let conversation = &saved.begin.conversation;
        let change = ConversationChange {
            model: Some(saved.model_before.clone()),
            ..ConversationChange::default()
        };
        let conversations = &self.chat.ports.conversations;
        let changed = conversations
            .update_conversation(
                conversation.owner,
                &conversation.id,
                &change,
                conversation.updated_at,
            )
            .await;
        if let Err(error) = changed {
            tracing::warn!(%error, "an unknown model stays with its conversation");
        }
    }

    /// Writes the end of a saved answer; what went wrong with that, if something did.
    pub(super) async fn write_end(
        &self,
        message: &Message,
        attempts: &Attempts,
    ) -> Option<AnswerFault> {
        let saved = self.turn.saved.as_ref()?;
        let ports = &self.chat.ports;
        let end = finish(&self.ledger_place(saved), message.clone(), attempts);
        match until_written(|| ports.answers.finish_answer(&end)).await {
            Ok(true) => None,
            Ok(false) => Some(AnswerFault::AnswerGone),
            Err(error) => {
                tracing::error!(message = %message.id, %error, "the end of an answer was not written yet");
                Some(AnswerFault::NotSaved)
            }
        }
    }

    /// Goes on trying to write an end that the store didn't take while its reader waited, until it is written, or ended by another
    /// process, or the server goes down. The journal goes on meanwhile, and keeps the lease.
    pub(super) async fn write_end_late(&self, message: &Message, attempts: &Attempts) {
        let Some(saved) = &self.turn.saved else {
            return;
        };
        let end = finish(&self.ledger_place(saved), message.clone(), attempts);
        for _ in 0..LATE_TRIES {
            tokio::time::sleep(LATE_RETRY_WAIT).await;
            let is_last = self.chat.running.is_draining();
            match self.chat.ports.answers.finish_answer(&end).await {
                Ok(_) => return,
                Err(error) if error.retryable() && !is_last => {}
                Err(error) => {
                    tracing::error!(message = %message.id, %error, "the end of an answer was not written; its journal has what it has");
                    return;
                }
            }
        }
    }

    /// Writes into the ledger what was attempted for a turn that could not be saved.
    pub(super) async fn account_for_unsaved(&self, attempts: &Attempts) {
        let Some(saved) = &self.turn.saved else {
            return;
        };
        let ports = &self.chat.ports;
        let place = self.ledger_place(saved);
        let rows = unsaved_attempts(&place, &self.turn.answer, attempts, ports.clock.now());
        if rows.is_empty() {
            return;
        }
        if let Err(error) = until_written(|| ports.usage.append_usage(&rows)).await {
            tracing::error!(message = %self.turn.answer.id, %error, "attempts for an unsaved turn are not in the ledger");
        }
    }

    fn ledger_place(&self, saved: &SavedTurn) -> LedgerPlace {
        LedgerPlace {
            owner: saved.begin.running.owner,
            user: Some(saved.user),
            holder: saved.begin.running.holder,
            model: self.turn.request.model.clone(),
        }
    }

    /// Records what the provider's answer says of the stored key.
    pub(super) async fn note_key_status(&self, ending: &Ending) {
        let Some(key) = &self.turn.key.stored else {
            return;
        };
        let keys = &self.chat.api_keys;
        match ending {
            Ending::Complete => keys.note_success(key).await,
            Ending::Fault(error) => keys.note_failure(key, error).await,
            Ending::Stopped(_) | Ending::Abandoned => {}
        }
    }
}

/// Tries `write` again as long as the store is away, until patience ends. What it writes may stand already.
async fn until_written<T, W: Future<Output = Result<T, StoreError>>>(
    write: impl Fn() -> W,
) -> Result<T, StoreError> {
    let mut wait = END_RETRY_WAIT;
    for _ in 1..END_TRIES {
        match write().await {
            Err(error) if error.retryable() => {
                tracing::warn!(%error, "an end was not written yet");
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            result => return result,
        }
    }
    write().await
}
