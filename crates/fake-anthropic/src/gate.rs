//! A gate that holds an answer back until a test opens it.

use tokio::sync::watch;

/// Holds back every answer that waits at it until [`Gate::release`]; afterwards it lets everything through. Clones are
/// the same gate.
#[derive(Clone, Debug)]
pub struct Gate {
    open: watch::Sender<bool>,
}

impl Gate {
    #[must_use]
    pub fn new() -> Self {
        Self {
            open: watch::Sender::new(false),
        }
    }

    /// Opens the gate for good.
    pub fn release(&self) {
        self.open.send_replace(true);
    }

    /// How many answers wait at it now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.open.receiver_count()
    }

    pub(crate) async fn wait(&self) {
        let mut open = self.open.subscribe();
        // The sender lives in `self`, so this can't fail while somebody waits.
        let _ = open.wait_for(|open| *open).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
