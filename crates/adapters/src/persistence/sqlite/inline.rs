//! Statements at once, on the thread that asks for them.

use std::{error::Error, future};

use diesel_async::sync_connection_wrapper::SpawnBlocking;
use futures_util::future::BoxFuture;

/// Runs each statement inline. Only for threads of our own, which may block; there it saves a change of threads per statement,
/// and nothing can be cancelled half-way.
pub struct Inline;

impl SpawnBlocking for Inline {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync + 'static>>>
    where
        R: Send + 'static,
    {
        let result = task();
        Box::pin(future::ready(Ok(result)))
    }

    fn get_runtime() -> Self {
        Self
    }
}
