//! Requests that came with a key: the same one again begins nothing, and gets the answer that the first one began.

use latchkey_domain::{
    StoreError,
    conversation::{
        BegunBefore, ConversationId, ConversationLookup, MessageStatus, NamedRequest, ONCE_KEPT,
        Once,
    },
    id::MessageId,
};

use super::{Chat, ChatError, ReaderLeft, StartedAnswer, prepare::PreparedTurn, send::Admission};
use crate::Actor;

/// What a request does that can be named by a key.
#[derive(Debug, Clone, Copy)]
pub enum OnceAction<'a> {
    /// Sends a message to this conversation.
    Send(&'a ConversationId),
    /// Answers this message of the conversation anew.
    Regenerate(&'a ConversationId, MessageId),
}

impl OnceAction<'_> {
    /// Neither kind of id has a space, so no two actions are one text.
    fn as_text(self) -> String {
        match self {
            Self::Send(conversation) => format!("send {conversation}"),
            Self::Regenerate(conversation, message) => {
                format!("regenerate {conversation} {message}")
            }
        }
    }
}

impl Chat {
    /// The name of a request that came with `key`: a repetition, with the same `body` byte for byte, has the same one.
    pub fn name_request(
        &self,
        actor: &Actor,
        key: &str,
        action: OnceAction<'_>,
        body: &[u8],
    ) -> NamedRequest {
        let macs = &self.ports.request_macs;
        macs.name(actor.user.id, key, &action.as_text(), body)
    }

    /// Starts the turn that `prepare` gives. If the request has a name, it is looked for first, and again when something is in its way:
    /// that may be the same request, which began meanwhile.
    pub(super) async fn start_once(
        &self,
        actor: &Actor,
        conversation: &ConversationId,
        named: Option<NamedRequest>,
        prepare: impl Future<Output = Result<(PreparedTurn, Admission), ChatError>>,
        left: ReaderLeft,
    ) -> Result<StartedAnswer, ChatError> {
        let Some(named) = named else {
            let (turn, admission) = prepare.await?;
            return self.start(turn, admission, left).await;
        };
        if let Some(begun) = self.find_begun(actor, named).await? {
            return self.repeat(actor, conversation, named, begun).await;
        }
        let (mut turn, admission) = match prepare.await {
            Ok(prepared) => prepared,
            Err(error) => {
                return match self.find_begun(actor, named).await? {
                    Some(begun) => self.repeat(actor, conversation, named, begun).await,
                    None => Err(error),
                };
            }
        };
        if let Some(saved) = &mut turn.saved {
            saved.begin.once = Some(Once {
                user: actor.user.id,
                named,
                expires_at: saved.begin.conversation.updated_at.plus(ONCE_KEPT),
            });
        }
        match self.start(turn, admission, left).await {
            Err(ChatError::BegunBefore(begun)) => {
                self.repeat(actor, conversation, named, begun).await
            }
            started => started,
        }
    }

    async fn find_begun(
        &self,
        actor: &Actor,
        named: NamedRequest,
    ) -> Result<Option<BegunBefore>, ChatError> {
        let now = self.ports.clock.now();
        let answers = &self.ports.answers;
        Ok(answers.find_begun(actor.user.id, named.key, now).await?)
    }

    /// What a request gets that has the key of one that `begun` before: the answer of that one, if they are the same and it has ended.
    async fn repeat(
        &self,
        actor: &Actor,
        conversation: &ConversationId,
        named: NamedRequest,
        begun: BegunBefore,
    ) -> Result<StartedAnswer, ChatError> {
        if named.request != begun.request {
            return Err(ChatError::KeyOfAnotherRequest);
        }
        let (owner, conversations) = (actor.owner(), &self.ports.conversations);
        let answer = conversations.find_message(owner, conversation, begun.answer);
        match answer.await? {
            Some(found) if found.message.status == MessageStatus::Streaming => {
                Err(ChatError::BegunBefore(begun))
            }
            Some(_) => self.listen(actor, conversation, begun.answer, 0).await,
            None => match conversations.find_conversation(owner, conversation).await? {
                ConversationLookup::Deleted => Err(ChatError::ConversationDeleted),
                // Its turn was undone after it was in the way of this one, with a transaction that both were in.
                ConversationLookup::Found(_) | ConversationLookup::Unknown => {
                    Err(StoreError::Unavailable("the turn under this key was undone".into()).into())
                }
            },
        }
    }

    /// Deletes the keys whose time is over. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store failed.
    pub async fn delete_expired_once_keys(&self) -> Result<u64, StoreError> {
        let now = self.ports.clock.now();
        self.ports.answers.delete_expired_once_keys(now).await
    }
}
