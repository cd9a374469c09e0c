//! A unit of work on its way to a database thread, and its result on the way back.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use diesel::result::{DatabaseErrorKind, Error as SqlError};
use futures_util::FutureExt;
use latchkey_domain::StoreError;
use tokio::sync::oneshot;

use super::Conn;
use crate::persistence::{
    failure::{Failure, store_error},
    work::Work,
};

/// A unit of work that a database thread can run without knowing its types.
pub trait Job: Send {
    /// Runs the work and remembers its result. `true` if what it wrote shall stay.
    fn run(&mut self, conn: &mut Conn) -> bool;

    /// Tells the caller the result, or that the transaction around it failed. A caller that left misses nothing.
    fn answer(self: Box<Self>, transaction: Result<(), TransactionFailed>);
}

/// The transaction around a job failed, and with it everything in between.
#[derive(Debug, Clone)]
pub enum TransactionFailed {
    /// `BEGIN` or `COMMIT` failed, with these words of SQLite's.
    Sql(String),
    /// SQLite undid the whole transaction in the middle: it does so when the disk is full or fails.
    Undone,
}

impl TransactionFailed {
    /// The error for each of those who took part.
    fn to_store_error(&self) -> StoreError {
        match self {
            Self::Sql(message) => store_error(SqlError::DatabaseError(
                DatabaseErrorKind::Unknown,
                Box::new(message.clone()),
            )),
            Self::Undone => {
                StoreError::Unavailable("SQLite undid the transaction around the work".into())
            }
        }
    }
}

impl From<SqlError> for TransactionFailed {
    fn from(error: SqlError) -> Self {
        Self::Sql(error.to_string())
    }
}

/// A job with its types.
struct Typed<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, Failure<E>>>,
    reply: oneshot::Sender<Result<T, E>>,
}

/// A job that runs `work`, and where its result will come out.
pub fn job<T, E, F>(work: F) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>)
where
    for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
        + Work<&'c mut Conn, Result<T, Failure<E>>>
        + Send
        + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, result) = oneshot::channel();
    let job = Typed {
        work: Some(work),
        result: None,
        reply,
    };
    (Box::new(job), result)
}

impl<F, T, E> Job for Typed<F, T, E>
where
    for<'c> F: AsyncFnOnce(&'c mut Conn) -> Result<T, Failure<E>>
        + Work<&'c mut Conn, Result<T, Failure<E>>>
        + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        // Statements run inline on this thread, so the work never waits; one that does is a fault of the program.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(conn).now_or_never()));
        let result = match outcome {
            Ok(Some(result)) => result,
            Ok(None) => Err(internal(
                "the work waited for something beside the database",
            )),
            Err(panic) => Err(internal(&panic_message(panic.as_ref()))),
        };
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, transaction: Result<(), TransactionFailed>) {
        let result = match (self.result, transaction) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(failure)), _) => Err(failure.into_port_error()),
            (_, Err(failed)) => Err(failed.to_store_error().into()),
            (None, Ok(())) => Err(StoreError::Internal("the work was not run".into()).into()),
        };
        drop(self.reply.send(result));
    }
}

fn internal<E>(message: &str) -> Failure<E> {
    Failure::Store(StoreError::Internal(message.into()))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the work panicked: {}", text.unwrap_or("without a message"))
}
