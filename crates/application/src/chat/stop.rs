//! Stops a running answer; what came is kept.

use std::time::Duration;

use latchkey_domain::{
    conversation::{ConversationId, MessageStatus, PathMessage, StopRequest},
    id::MessageId,
};

use super::{Chat, ChatError, running::StopReason};
use crate::Actor;

/// How long the answer's writer, perhaps another process, gets to write the end.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the store is asked meanwhile.
const ASK_EVERY: Duration = Duration::from_millis(20);

impl Chat {
    /// Stops a running answer and returns it as it was saved. An answer that has ended is returned as it is; one whose
    /// writer doesn't react in time is returned still streaming, and ends when it does.
    ///
    /// # Errors
    /// [`ChatError::NotFound`] when the actor has no such message; [`ChatError::Store`].
    pub async fn stop(
        &self,
        actor: &Actor,
        conversation: &ConversationId,
        message: MessageId,
    ) -> Result<PathMessage, ChatError> {
        let owner = actor.owner();
        let answers = &self.ports.answers;
        match answers.request_stop(owner, conversation, message).await? {
            StopRequest::Unknown => return Err(ChatError::NotFound),
            StopRequest::NotRunning => {}
            StopRequest::Requested => {
                self.running.stop(message, StopReason::User);
            }
        }
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = self
                .ports
                .conversations
                .find_message(owner, conversation, message)
                .await?
                .ok_or(ChatError::NotFound)?;
            let ended = found.message.status != MessageStatus::Streaming;
            if ended || tokio::time::Instant::now() >= deadline {
                return Ok(found);
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }
}
