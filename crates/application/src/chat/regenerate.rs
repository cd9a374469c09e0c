//! Answers a message anew: the new answer is a sibling of those that it has.

use latchkey_domain::{
    conversation::{BranchEnd, ConversationId, ConversationLookup, Message, MessageStatus},
    id::MessageId,
    llm::TurnRole,
};

use super::{
    Chat, ChatError, ReaderLeft, Regenerate, StartedAnswer,
    prepare::{Asked, PreparedTurn},
};
use crate::Actor;

impl Chat {
    /// Answers a message anew. Returns, and goes on, as [`send`](Self::send) does.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`ChatError::NotAnAnswer`] when the message is none, [`ChatError::AnswerRunning`] while
    /// that very answer still runs. Others beside it may run.
    pub async fn regenerate(
        &self,
        actor: &Actor,
        command: Regenerate,
        left: ReaderLeft,
    ) -> Result<StartedAnswer, ChatError> {
        if self.running.is_draining() {
            return Err(ChatError::ServerStopping);
        }
        let (conversation, once) = (command.conversation.clone(), command.once);
        // Boxed: it is large, and held across the look for its key.
        let prepare = Box::pin(async {
            let admission = self.admit_user(actor).await?;
            Ok((self.prepare_regeneration(actor, command).await?, admission))
        });
        self.start_once(actor, &conversation, once, prepare, left)
            .await
    }

    async fn prepare_regeneration(
        &self,
        actor: &Actor,
        command: Regenerate,
    ) -> Result<PreparedTurn, ChatError> {
        let (owner, id) = (actor.owner(), &command.conversation);
        let conversations = &self.ports.conversations;
        let answer = conversations.find_message(owner, id, command.answer_of);
        let Some(answer) = answer.await? else {
            return Err(self.why_unknown(actor, id).await);
        };
        let asked_by = asked_by(&answer.message)?;
        let given = command.answer.given_key.as_ref();
        let (branch, asked, keys) = tokio::join!(
            conversations.find_branch(owner, id, BranchEnd::Message(asked_by)),
            conversations.find_message(owner, id, asked_by),
            self.keys_to_choose_from(actor, given),
        );
        let branch = branch?;
        let ConversationLookup::Found(conversation) = branch.conversation else {
            return Err(ChatError::ConversationDeleted);
        };
        let pinned = conversation.key;
        let key = self
            .open_paying_key(given, &keys?, command.answer.key, pinned)
            .await?;
        let message = asked?.ok_or(ChatError::NotFound)?.message;
        // In what was imported, an answer may have another before it.
        if message.role != TurnRole::User {
            return Err(ChatError::NotAnAnswer);
        }
        let asked = Asked {
            message,
            is_stored: true,
            turns: branch.turns,
            system: None,
            at: self.ports.clock.now(),
        };
        self.turn(actor, conversation, asked, command.answer, key)
    }

    /// Why a conversation has no such message.
    async fn why_unknown(&self, actor: &Actor, id: &ConversationId) -> ChatError {
        let conversations = &self.ports.conversations;
        match conversations.find_conversation(actor.owner(), id).await {
            Ok(ConversationLookup::Deleted) => ChatError::ConversationDeleted,
            Ok(_) => ChatError::NotFound,
            Err(error) => error.into(),
        }
    }
}

/// The message that an answer, which must have ended, is an answer to.
fn asked_by(answer: &Message) -> Result<MessageId, ChatError> {
    match (answer.role, answer.parent) {
        (TurnRole::Assistant, Some(_)) if answer.status == MessageStatus::Streaming => {
            Err(ChatError::AnswerRunning)
        }
        (TurnRole::Assistant, Some(asked)) => Ok(asked),
        _ => Err(ChatError::NotAnAnswer),
    }
}
