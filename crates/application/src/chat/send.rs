//! Sends a message and waits until its answer begins.

use latchkey_domain::rate_limit::{LimitName, LimitPermit, LimitState, LimitSubject};
use tokio::sync::oneshot;

use super::{
    Caller, Chat, ChatError, ReaderLeft, SendMessage, StartedAnswer, prepare::PreparedTurn,
    run::Run,
};
use crate::{Actor, limits};

/// The caller may go on: how the limit stands, and a place among those that run at once.
pub(super) struct Admission {
    pub(super) limit: LimitState,
    /// Given back when the run ends.
    pub(super) _permit: Box<dyn LimitPermit>,
}

impl Chat {
    /// Sends a message. Returns when the provider's first event is there and the user's message is durable; until then
    /// every fault is an error of this method. If the same named request came before, nothing is sent, and its answer is
    /// given again. `left` tells when the one who asked has gone meanwhile.
    ///
    /// The call must not be cancelled: what it began goes on by itself either way.
    ///
    /// # Errors
    /// [`ChatError::ServerStopping`], [`ChatError::LimitReached`]; of the key: [`ChatError::ApiKeyRequired`],
    /// [`ChatError::AnonymousOff`], [`ChatError::NoActiveApiKey`], [`ChatError::MalformedKey`],
    /// [`ChatError::UnknownKey`], [`ChatError::KeyUnreadable`]; of the conversation:
    /// [`ChatError::HistoryNotAllowed`], [`ChatError::ConversationDeleted`], [`ChatError::AnswerRunning`],
    /// [`ChatError::UnknownParent`]; of a named request: [`ChatError::BegunBefore`] while the answer of the same one runs,
    /// [`ChatError::KeyOfAnotherRequest`]. Then nothing was written.
    ///
    /// [`ChatError::Provider`], [`ChatError::ModelNotFound`], [`ChatError::StoppedEarly`],
    /// [`ChatError::SessionEnded`], [`ChatError::InterruptedEarly`] when the answer ended before anything of it came: the
    /// messages are kept, the answer as failed, stopped or interrupted. [`ChatError::Store`] and [`ChatError::Internal`] when the server failed.
    pub async fn send(
        &self,
        caller: Caller,
        command: SendMessage,
        left: ReaderLeft,
    ) -> Result<StartedAnswer, ChatError> {
        if self.running.is_draining() {
            return Err(ChatError::ServerStopping);
        }
        match &caller {
            Caller::SignedIn(actor) => {
                let (conversation, once) = (command.conversation.clone(), command.once);
                // Boxed: it is large, and held across the look for its key.
                let prepare = Box::pin(async {
                    let admission = self.admit_user(actor).await?;
                    Ok((self.prepare_signed_in(actor, command).await?, admission))
                });
                self.start_once(actor, &conversation, once, prepare, left)
                    .await
            }
            Caller::Anonymous { address } => {
                if !self.policy.anonymous {
                    return Err(ChatError::AnonymousOff);
                }
                let turn = self.prepare_anonymous(command)?;
                let subject = limits::address(address);
                let admission = self
                    .admit(
                        LimitName::AnonymousChat,
                        LimitName::AnonymousChatParallel,
                        &subject,
                    )
                    .await?;
                self.start(turn, admission, left).await
            }
        }
    }

    /// Starts the run of a turn, and waits until its answer begins.
    pub(super) async fn start(
        &self,
        turn: PreparedTurn,
        admission: Admission,
        left: ReaderLeft,
    ) -> Result<StartedAnswer, ChatError> {
        let (started, start) = oneshot::channel();
        let run = Box::new(Run {
            chat: self.clone(),
            turn,
            admission,
            left,
        });
        self.running.tasks.spawn(run.run(started));
        start
            .await
            .unwrap_or_else(|_| Err(ChatError::Internal("the run died before it began".into())))
    }

    /// Takes one of the actor's allowance.
    pub(super) async fn admit_user(&self, actor: &Actor) -> Result<Admission, ChatError> {
        let subject = limits::user(actor.user.id);
        self.admit(LimitName::Chat, LimitName::ChatParallel, &subject)
            .await
    }

    async fn admit(
        &self,
        rate: LimitName,
        parallel: LimitName,
        subject: &LimitSubject,
    ) -> Result<Admission, ChatError> {
        let limit = self.ports.limiter.take(rate, subject).await?;
        let permit = self.ports.limiter.enter(parallel, subject).await?;
        Ok(Admission {
            limit,
            _permit: permit,
        })
    }
}
