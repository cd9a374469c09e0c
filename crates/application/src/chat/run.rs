//! A run: one turn from the call to the provider to its defined end.

use std::time::Duration;

use latchkey_domain::{
    conversation::{ConversationChange, Message},
    llm::{AnswerAssembler, EventKind, LlmError, LlmErrorKind, LlmEvent, LlmStream},
    user::{OnDisconnect, UserStatus},
};
use tokio::{
    sync::oneshot,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use super::{
    AnswerFault, AnswerUpdate, Chat, ChatError, EndedAnswer, EventBatch, ReaderLeft, StartedAnswer,
    ending::{Attempts, Ending, LedgerPlace, ended_message, finish, nothing_came},
    journal::Journal,
    prepare::{PreparedTurn, SavedTurn},
    reader::{Passed, Reader},
    running::{RunPlace, StopReason, StopSignal},
    send::Admission,
};

/// How often the end of an answer is tried to be written before its recovery is left to the journal.
const END_TRIES: u32 = 6;
/// The wait before the second try; doubles with each further one.
const END_RETRY_WAIT: Duration = Duration::from_millis(200);

/// A turn and all that its run needs.
pub(super) struct Run {
    pub(super) chat: Chat,
    pub(super) turn: PreparedTurn,
    pub(super) admission: Admission,
    pub(super) left: ReaderLeft,
}

type Started = oneshot::Sender<Result<StartedAnswer, ChatError>>;

impl Run {
    /// Runs the turn; `started` is told when the answer begins, or why it doesn't.
    pub(super) async fn run(self, started: Started) {
        let running = std::sync::Arc::clone(&self.chat.running);
        let Some(place) = running.enter(self.turn.answer.id) else {
            let _ = started.send(Err(ChatError::ServerStopping));
            return;
        };
        let mut attempts = Attempts::default();
        match self.begin_and_open(&place, &mut attempts.failures).await {
            // Not begun: nothing is written, and nobody waits for an end.
            Err(error) => drop(started.send(Err(error))),
            Ok((journal, Ok(stream))) => {
                attempts.answered = true;
                self.stream(started, &place, stream, journal, attempts)
                    .await;
            }
            Ok((journal, Err(ending))) => {
                drop(journal);
                attempts.answered = matches!(ending, Ending::Stopped(_));
                let error = self.end_early(&ending, &attempts).await;
                let _ = started.send(Err(error));
            }
        }
    }

    /// Commits the turn and calls the provider, both at once: the reader sees nothing before both are there.
    async fn begin_and_open(
        &self,
        place: &RunPlace<'_>,
        failures: &mut Vec<LlmError>,
    ) -> Result<(Option<Journal>, Result<Box<dyn LlmStream>, Ending>), ChatError> {
        let open = async {
            Ok(tokio::select! {
                opened = self.chat.open_stream(&self.turn, failures) => opened.map_err(Ending::Fault),
                reason = place.signal.wait() => Err(Ending::Stopped(reason)),
                () = self.left.wait(), if self.stops_with_reader() => {
                    Err(Ending::Stopped(StopReason::ClientGone))
                }
            })
        };
        tokio::try_join!(self.begin(&place.signal), open)
    }

    /// Commits the turn, if it is saved, and starts its journal, which keeps the lease while the provider thinks.
    async fn begin(&self, signal: &StopSignal) -> Result<Option<Journal>, ChatError> {
        let Some(saved) = &self.turn.saved else {
            return Ok(None);
        };
        let Chat { ports, policy, .. } = &self.chat;
        ports.answers.begin_turn(&saved.begin).await?;
        Ok(Some(Journal::start(
            ports,
            policy,
            self.turn.answer.id,
            signal.clone(),
        )))
    }

    /// Passes the stream on until it ends, and writes the end.
    async fn stream(
        self,
        started: Started,
        place: &RunPlace<'_>,
        stream: Box<dyn LlmStream>,
        journal: Option<Journal>,
        mut attempts: Attempts,
    ) {
        attempts.request_id = stream.request_id();
        let (reader, updates) = Reader::new();
        let saved = self.turn.saved.as_ref();
        let _ = started.send(Ok(StartedAnswer {
            conversation: self.turn.answer.conversation.clone(),
            user_message: saved.and_then(|saved| saved.begin.user_message.clone()),
            answer: self.turn.answer.id,
            receipt: self.turn.key.receipt(),
            updates,
            limit: self.admission.limit,
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
            mut reader,
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
        // Until here the journal went on: an end that can't be written leaves it whole.
        drop(journal);
        self.note_key_status(&ending).await;
        let ended = AnswerUpdate::Ended(Box::new(EndedAnswer { message, fault }));
        let patience = self.chat.policy.slow_reader;
        // The place among those that run at once is free before the reader knows that this one has ended.
        drop(self);
        reader.pass(ended, patience).await;
    }

    /// Writes the end of an answer to which nothing came, and says why it didn't begin.
    async fn end_early(&self, ending: &Ending, attempts: &Attempts) -> ChatError {
        let now = self.chat.ports.clock.now();
        let message = ended_message(&self.turn.answer, nothing_came(), ending, attempts, now);
        self.write_end(&message, attempts).await;
        self.note_key_status(ending).await;
        match ending {
            Ending::Fault(error) if error.kind == LlmErrorKind::ModelNotFound => {
                self.forget_model().await;
                ChatError::ModelNotFound {
                    error: error.clone(),
                    usable: self.usable_models().await,
                }
            }
            Ending::Fault(error) => ChatError::Provider(error.clone()),
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

    /// The models that the key can use, to name them instead of one that it can't; empty if the provider doesn't say.
    async fn usable_models(&self) -> Vec<latchkey_domain::llm::ModelId> {
        let models = self.chat.ports.llm.list_models(&self.turn.key.secret).await;
        models
            .map(|models| models.into_iter().map(|model| model.id).collect())
            .unwrap_or_default()
    }

    /// Writes the end of a saved answer; what went wrong with that, if something did.
    async fn write_end(&self, message: &Message, attempts: &Attempts) -> Option<AnswerFault> {
        let saved = self.turn.saved.as_ref()?;
        let ports = &self.chat.ports;
        let end = finish(
            &self.ledger_place(saved),
            message.clone(),
            attempts,
            &*ports.ids,
        );
        let mut wait = END_RETRY_WAIT;
        for _ in 1..END_TRIES {
            match ports.answers.finish_answer(&end).await {
                Ok(true) => return None,
                Ok(false) => return Some(AnswerFault::AnswerGone),
                Err(error) if error.retryable() => {
                    tracing::warn!(message = %message.id, %error, "the end of an answer was not written yet");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                Err(error) => {
                    tracing::error!(message = %message.id, %error, "the end of an answer was not written");
                    return Some(AnswerFault::NotSaved);
                }
            }
        }
        tracing::error!(message = %message.id, "the end of an answer was not written; its journal will be");
        Some(AnswerFault::NotSaved)
    }

    fn ledger_place(&self, saved: &SavedTurn) -> LedgerPlace {
        LedgerPlace {
            owner: saved.begin.running.owner,
            user: saved.user,
            holder: saved.begin.running.holder,
            model: self.turn.request.model.clone(),
        }
    }

    /// Records what the provider's answer says of the stored key.
    async fn note_key_status(&self, ending: &Ending) {
        let Some(key) = &self.turn.key.stored else {
            return;
        };
        let keys = crate::api_keys::ApiKeys::new(std::sync::Arc::clone(&self.chat.ports));
        match ending {
            Ending::Complete => keys.note_success(key).await,
            Ending::Fault(error) => keys.note_failure(key, error).await,
            Ending::Stopped(_) | Ending::Abandoned => {}
        }
    }

    /// Whether the session that asked has ended meanwhile. A store that can't be asked ends nothing.
    async fn session_is_over(&self) -> bool {
        let Some(saved) = &self.turn.saved else {
            return false;
        };
        let ports = &self.chat.ports;
        match ports.sessions.find_session(saved.session).await {
            Ok(Some(found)) => {
                found.user.status == UserStatus::Disabled
                    || found.session.is_expired(ports.clock.now())
            }
            Ok(None) => true,
            Err(_) => false,
        }
    }

    fn stops_with_reader(&self) -> bool {
        self.turn.saved.is_none() || self.turn.on_disconnect == OnDisconnect::Stop
    }
}

/// Moves events from the provider to reader, journal and assembler.
struct Pump<'a> {
    run: &'a Run,
    stream: Box<dyn LlmStream>,
    assembler: Box<dyn AnswerAssembler>,
    journal: Option<Journal>,
    reader: Reader,
    next_event: u64,
}

impl Pump<'_> {
    async fn pump(&mut self, signal: &StopSignal) -> Ending {
        let mut session_check = self.session_check();
        let mut stopped = std::pin::pin!(signal.wait());
        loop {
            tokio::select! {
                biased;
                reason = &mut stopped => return Ending::Stopped(reason),
                () = self.reader.left() => {
                    if self.run.stops_with_reader() {
                        return Ending::Stopped(StopReason::ClientGone);
                    }
                    self.reader.let_go();
                }
                _ = session_check.tick() => {
                    if self.run.session_is_over().await {
                        return Ending::Stopped(StopReason::SessionEnded);
                    }
                }
                events = self.stream.next_events() => {
                    let events = match events {
                        Ok(events) if events.is_empty() => {
                            return Ending::Fault(LlmError::new(LlmErrorKind::Interrupted));
                        }
                        Ok(events) => events,
                        Err(error) => return Ending::Fault(error),
                    };
                    let (batch, ending) = self.take(events);
                    tokio::select! {
                        passed = self.reader.pass(AnswerUpdate::Events(batch), self.run.chat.policy.slow_reader) => {
                            if passed == Passed::ReaderGone && self.run.stops_with_reader() {
                                return ending.unwrap_or(Ending::Stopped(StopReason::ClientGone));
                            }
                        }
                        reason = &mut stopped => return ending.unwrap_or(Ending::Stopped(reason)),
                    }
                    if let Some(ending) = ending {
                        return ending;
                    }
                }
            }
        }
    }

    /// Notes events; those up to the end of the answer, or to the first that makes no sense.
    fn take(&mut self, mut events: Vec<LlmEvent>) -> (EventBatch, Option<Ending>) {
        let mut ending = None;
        let mut taken = 0;
        for event in &events {
            if let Err(error) = self.assembler.push(event) {
                ending = Some(Ending::Fault(error));
                break;
            }
            taken += 1;
            if event.kind == EventKind::MessageStop {
                ending = Some(Ending::Complete);
                break;
            }
        }
        events.truncate(taken);
        if let Some(journal) = &self.journal {
            journal.note(&events);
        }
        let first_event = self.next_event;
        self.next_event += u64::try_from(taken).unwrap_or(u64::MAX);
        (
            EventBatch {
                first_event,
                events,
            },
            ending,
        )
    }

    fn session_check(&self) -> Interval {
        let period = self.run.chat.policy.session_check;
        let mut interval = interval_at(Instant::now() + period, period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    }
}
