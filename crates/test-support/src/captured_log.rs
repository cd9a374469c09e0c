//! The log as a test sees it: every line at every level, so that it can say what is in it and what isn't.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tracing::{Subscriber, subscriber::DefaultGuard};
use tracing_subscriber::{
    fmt::{MakeWriter, format::FmtSpan},
    layer::SubscriberExt,
};

use crate::canaries::Canaries;

/// Collects what is logged, spans with their fields included.
#[derive(Debug, Clone, Default)]
pub struct CapturedLog {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl CapturedLog {
    /// What this thread logs until the guard is dropped; for tests on a current-thread runtime.
    pub fn of_this_thread() -> (Self, DefaultGuard) {
        let log = Self::default();
        let guard = tracing::subscriber::set_default(log.subscriber());
        (log, guard)
    }

    /// What all threads of the process log from the first call on. Tests in one process share it.
    pub fn of_the_process() -> Self {
        static LOG: OnceLock<CapturedLog> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Self::default();
            let installed = tracing::subscriber::set_global_default(log.subscriber());
            installed.expect("nothing else in this process collects the log");
            log
        });
        log.clone()
    }

    /// Everything until now.
    pub fn text(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The lines that hold `part`.
    pub fn lines_with(&self, part: &str) -> Vec<String> {
        let text = self.text();
        let lines = text.lines().filter(|line| line.contains(part));
        lines.map(str::to_owned).collect()
    }

    /// Fails if a part of a secret was logged, or if nothing was: then the test looked at the wrong log.
    #[track_caller]
    pub fn assert_without(&self, canaries: &Canaries) {
        let text = self.text();
        assert!(!text.is_empty(), "nothing was logged");
        canaries.assert_absent("the log", text);
    }

    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_writer(self.clone());
        tracing_subscriber::registry().with(lines)
    }
}

impl<'a> MakeWriter<'a> for CapturedLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl io::Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
