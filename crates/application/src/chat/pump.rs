//! The pump of a run: from the provider to reader, journal and assembler.

use latchkey_domain::llm::{
    AnswerAssembler, EventKind, LlmError, LlmErrorKind, LlmEvent, LlmStream,
};

use super::{
    AnswerUpdate, EventBatch,
    ending::Ending,
    journal::Journal,
    reader::{Passed, Reader},
    run::Run,
    running::{StopReason, StopSignal},
};

/// Moves events from the provider to reader, journal and assembler.
pub(super) struct Pump<'a> {
    pub(super) run: &'a Run,
    pub(super) stream: Box<dyn LlmStream>,
    pub(super) assembler: Box<dyn AnswerAssembler>,
    pub(super) journal: Option<Journal>,
    pub(super) reader: Reader,
    pub(super) next_event: u64,
}

impl Pump<'_> {
    /// Pumps until the answer ends, one way or another.
    pub(super) async fn pump(&mut self, signal: &StopSignal) -> Ending {
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
        let batch = EventBatch::format(self.next_event, &events);
        if let Some(journal) = &self.journal {
            journal.note(&batch);
        }
        self.next_event = batch.next_event();
        (batch, ending)
    }
}
