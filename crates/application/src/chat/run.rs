//! A run: one turn from the call to the provider to its defined end.

use latchkey_domain::{llm::LlmStream, user::OnDisconnect};
use tokio::sync::oneshot;

use super::{
    AnswerFault, AnswerUpdate, Chat, ChatError, EndedAnswer, ReaderLeft, StartedAnswer,
    ending::{Attempts, Ending, ended_message},
    journal::Journal,
    prepare::PreparedTurn,
    pump::Pump,
    reader::Reader,
    running::{RunPlace, StopReason, StopSignal},
    send::Admission,
    sign_in_watch::SignInWatch,
};

/// A turn and all that its run needs.
pub(super) struct Run {
    pub(super) chat: Chat,
    pub(super) turn: PreparedTurn,
    pub(super) admission: Admission,
    pub(super) left: ReaderLeft,
}

type Started = oneshot::Sender<Result<StartedAnswer, ChatError>>;

impl Run {
    /// Runs the turn; `started` is told when the answer begins, or why it doesn't. The run is boxed, so that it isn't held twice by the
    /// futures that it goes through.
    pub(super) async fn run(self: Box<Self>, started: Started) {
        let running = std::sync::Arc::clone(&self.chat.running);
        let Some(place) = running.enter(self.turn.answer.id) else {
            let _ = started.send(Err(ChatError::ServerStopping));
            return;
        };
        let mut attempts = Attempts::default();
        // Boxed: what it takes to begin is large, and an answer that streams shall not hold the room for it.
        match Box::pin(self.begin_and_open(&place, &mut attempts)).await {
            // Not begun: there is no message that could end. What the provider was asked may have its price all the same.
            Err(error) => {
                drop(started.send(Err(error)));
                self.account_for_unsaved(&attempts).await;
            }
            Ok((journal, Ok(stream))) => {
                self.stream(started, &place, stream, journal, attempts)
                    .await;
            }
            Ok((journal, Err(ending))) => {
                drop(journal);
                let error = self.end_early(&ending, &attempts).await;
                let _ = started.send(Err(error));
            }
        }
    }

    /// Commits the turn and calls the provider, both at once: the reader sees nothing before both are there. Only a turn that
    /// shall be carried out once is committed first: the provider must not be called for one that was before.
    async fn begin_and_open(
        &self,
        place: &RunPlace<'_>,
        attempts: &mut Attempts,
    ) -> Result<(Option<Journal>, Result<Box<dyn LlmStream>, Ending>), ChatError> {
        let open = async {
            Ok(tokio::select! {
                opened = self.chat.open_stream(&self.turn, attempts) => opened.map_err(Ending::Fault),
                reason = place.signal.wait() => Err(Ending::Stopped(reason)),
                () = self.left.wait(), if self.stops_with_reader() => {
                    Err(Ending::Stopped(StopReason::ClientGone))
                }
            })
        };
        if self.is_once() {
            let journal = self.begin(place).await?;
            return open.await.map(|opened| (journal, opened));
        }
        tokio::try_join!(self.begin(place), open)
    }

    fn is_once(&self) -> bool {
        let saved = self.turn.saved.as_ref();
        saved.is_some_and(|saved| saved.begin.once.is_some())
    }

    /// Commits the turn, if it is saved, and starts its journal, which keeps the lease while the provider thinks.
    async fn begin(&self, place: &RunPlace<'_>) -> Result<Option<Journal>, ChatError> {
        let Some(saved) = &self.turn.saved else {
            return Ok(None);
        };
        let Chat { ports, policy, .. } = &self.chat;
        ports.answers.begin_turn(&saved.begin).await?;
        Ok(Some(Journal::start(
            ports,
            policy,
            self.turn.answer.id,
            &place.feed,
            place.signal.clone(),
        )))
    }

    /// Passes the stream on until it ends, and writes the end.
    async fn stream(
        mut self: Box<Self>,
        started: Started,
        place: &RunPlace<'_>,
        stream: Box<dyn LlmStream>,
        journal: Option<Journal>,
        attempts: Attempts,
    ) {
        let (reader, updates) = Reader::new();
        // What was asked is written and sent: a long conversation isn't held in memory while it is answered.
        self.turn.request.turns = Vec::new();
        let saved = self.turn.saved.as_mut();
        let user_message = saved.and_then(|saved| {
            let new = saved.begin.user_message.take();
            new.or_else(|| saved.answered_anew.take())
        });
        let _watch = self.watch_sign_in(&place.signal);
        let _ = started.send(Ok(StartedAnswer {
            conversation: self.turn.answer.conversation.clone(),
            user_message,
            answer: self.turn.answer.id,
            receipt: Some(self.turn.key.receipt()),
            updates,
            limit: Some(self.admission.limit),
        }));
        let mut pump = Pump {
            run: &self,
            stream,
            assembler: self.chat.ports.format.assembler(),
            journal,
            reader,
            next_event: 0,
        };
        let ending = pump.pump(&place.signal).await;
        let Pump {
            stream,
            assembler,
            journal,
            reader,
            ..
        } = pump;
        // The provider's connection closes before the end is written.
        drop(stream);

        let now = self.chat.ports.clock.now();
        let message = ended_message(
            &self.turn.answer,
            assembler.snapshot(),
            &ending,
            &attempts,
            now,
        );
        let fault = self
            .write_end(&message, &attempts)
            .await
            .or_else(|| ending.fault());
        // Until here the journal went on, and with an end that is not written yet it still does.
        let is_unwritten = matches!(fault, Some(AnswerFault::NotSaved));
        let journal = journal.filter(|_| is_unwritten);
        self.note_key_status(&ending).await;
        let ended = EndedAnswer { message, fault };
        place.feed.close(Some(&ended));
        let patience = self.chat.policy.slow_reader;
        if is_unwritten {
            let message = ended.message.clone();
            reader.pass_last(AnswerUpdate::Ended(Box::new(ended)), patience);
            self.write_end_late(&message, &attempts).await;
            drop(journal);
            return;
        }
        // The place among those that run at once is free before the reader knows that this one has ended.
        drop(self);
        reader.pass_last(AnswerUpdate::Ended(Box::new(ended)), patience);
    }

    /// Watches that a signed-in caller stays so while the answer runs.
    fn watch_sign_in(&self, signal: &StopSignal) -> Option<SignInWatch> {
        let by = self.turn.saved.as_ref()?.by;
        let Chat { ports, policy, .. } = &self.chat;
        Some(SignInWatch::start(ports, policy, by, signal.clone()))
    }

    /// Whether the run ends when nobody reads its answer.
    pub(super) fn stops_with_reader(&self) -> bool {
        self.turn.saved.is_none() || self.turn.on_disconnect == OnDisconnect::Stop
    }
}
