//! Whether the server takes new work.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

type CheckFuture = Pin<Box<dyn Future<Output = bool> + Send>>;
type CheckFn = dyn Fn() -> CheckFuture + Send + Sync;

/// Whether the server takes new work. Clones share it.
#[derive(Clone, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
    checks: Vec<(&'static str, Arc<CheckFn>)>,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckResult {
    /// What was checked.
    pub name: &'static str,
    /// Whether it is well.
    pub ok: bool,
}

impl Readiness {
    /// Ready, with nothing to check.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also ready only when `check` says so.
    #[must_use]
    pub fn with_check<F, Fut>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = bool> + Send + 'static,
    {
        self.checks
            .push((name, Arc::new(move || Box::pin(check()))));
        self
    }

    /// From now on, new work is refused; health is still told.
    pub fn drain(&self) {
        AtomicBool::store(&self.draining, true, Ordering::Relaxed);
    }

    /// Whether new work is refused.
    pub fn is_draining(&self) -> bool {
        AtomicBool::load(&self.draining, Ordering::Relaxed)
    }

    /// Runs all checks.
    pub(crate) async fn check(&self) -> Vec<CheckResult> {
        let mut results = Vec::with_capacity(self.checks.len());
        for (name, check) in &self.checks {
            results.push(CheckResult {
                name,
                ok: check().await,
            });
        }
        results
    }
}
