//! The form of a unit of work: an async closure over a connection.

/// What [`AsyncFnOnce`] can't say yet: that the future of the closure is `Send`.
///
/// Take it together with the other: `F: AsyncFnOnce(A) -> R + Work<A, R, Running: Send>`. (diesel-async has the same trait, unexported.)
pub trait Work<A, R>: AsyncFnOnce(A) -> R + FnOnce(A) -> <Self as Work<A, R>>::Running {
    /// The running closure.
    type Running: Future<Output = R>;
}

impl<F, A, R, Fut> Work<A, R> for F
where
    F: AsyncFnOnce(A) -> R + FnOnce(A) -> Fut,
    Fut: Future<Output = R>,
{
    type Running = Fut;
}
