//! Chat: a message is sent, an answer runs, is passed on, kept, and ends in one of few defined ways.
//!
//! [`Chat::send`] prepares a turn and starts a *run*. The run is a task of its own: it commits the user's message
//! beside the call to the provider, passes events on to the reader, keeps a journal, and writes the end. A reader
//! that leaves, a provider that breaks, a user's stop and a server that goes down only change how the run ends.

mod attempt;
mod command;
mod ending;
mod error;
mod estimate;
mod feed;
mod journal;
mod key_choice;
mod listen;
mod once;
mod prepare;
mod pump;
mod reader;
mod recover;
mod regenerate;
mod retry_budget;
mod run;
mod running;
mod send;
mod shut_down;
mod sign_in_watch;
mod stop;
mod write_end;

use std::sync::Arc;

pub use command::{AnswerSettings, Caller, Parent, Regenerate, SendMessage};
pub use error::ChatError;
pub use estimate::Estimate;
pub use once::OnceAction;
pub use reader::{
    AnswerFault, AnswerUpdate, AnswerUpdates, EndedAnswer, EventBatch, ReaderGuard, ReaderLeft,
    StartedAnswer,
};

use crate::{Policy, Ports, api_keys::ApiKeys};
use recover::StoreDoubt;
use retry_budget::RetryBudget;
use running::RunningAnswers;

/// The use cases of chat. Clones share the running answers.
#[derive(Clone)]
pub struct Chat {
    ports: Arc<Ports>,
    policy: Arc<Policy>,
    api_keys: ApiKeys,
    running: Arc<RunningAnswers>,
    retry_budget: Arc<RetryBudget>,
    store_doubt: Arc<StoreDoubt>,
}

impl Chat {
    pub(crate) fn new(ports: Arc<Ports>, policy: Arc<Policy>) -> Self {
        Self {
            api_keys: ApiKeys::new(Arc::clone(&ports)),
            ports,
            policy,
            running: Arc::default(),
            retry_budget: Arc::default(),
            store_doubt: Arc::default(),
        }
    }
}
