//! The handle of a running fake: script it, ask what it saw, stop it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::config::Config;
use crate::keys::KeyFate;
use crate::record::{Counts, Exchange};
use crate::reply::Reply;
use crate::script::When;
use crate::server;
use crate::shared::Shared;

/// A running fake. It stops when the handle is dropped.
#[derive(Debug)]
pub struct FakeAnthropic {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: Serving,
}

#[derive(Debug)]
enum Serving {
    Task(Option<JoinHandle<()>>),
    Thread(Option<std::thread::JoinHandle<()>>),
}

impl FakeAnthropic {
    /// Starts a fake on the current tokio runtime.
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(config));
        let stop = watch::Sender::new(false);
        let serving = tokio::spawn(server::accept(
            listener,
            Arc::clone(&shared),
            stop.subscribe(),
        ));
        Ok(Self {
            shared,
            address,
            stop,
            serving: Serving::Task(Some(serving)),
        })
    }

    /// Starts a fake on a thread and runtime of its own, for tests that block or use another runtime.
    pub fn start_on_thread(config: Config) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(config.listen))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(config));
        let stop = watch::Sender::new(false);
        let (serving, stopping) = (Arc::clone(&shared), stop.subscribe());
        let (started, is_started) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("fake-anthropic".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let _ = started.send(());
                    server::accept(listener, serving, stopping).await;
                });
            })?;
        is_started.recv().map_err(io::Error::other)?;
        Ok(Self {
            shared,
            address,
            stop,
            serving: Serving::Thread(Some(thread)),
        })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end and without `/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops listening and cuts every connection. Its port is free afterwards.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        match &mut self.serving {
            Serving::Task(task) => {
                if let Some(task) = task.take() {
                    let _ = task.await;
                }
            }
            Serving::Thread(thread) => {
                if let Some(thread) = thread.take() {
                    let _ = tokio::task::spawn_blocking(move || thread.join()).await;
                }
            }
        }
    }
}

impl Drop for FakeAnthropic {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// What it answers. Checks of key, headers and body come first, unless the reply is [`Reply::unchecked`].
impl FakeAnthropic {
    /// Queues a reply for the next valid `POST /v1/messages` that no rule claims.
    pub fn script(&self, reply: impl Into<Reply>) {
        self.shared.script().push(reply.into());
    }

    /// Queues several.
    pub fn script_all(&self, replies: impl IntoIterator<Item = Reply>) {
        let mut script = self.shared.script();
        replies.into_iter().for_each(|reply| script.push(reply));
    }

    /// How many queued replies nobody fetched yet.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.shared.script().queued()
    }

    /// Gives every request of a kind this reply. Rules go before the queue, in the order in which they were made.
    pub fn always(&self, when: When, reply: impl Into<Reply>) {
        self.shared.script().add_rule(when, reply.into(), false);
    }

    /// Gives the next request of a kind this reply.
    pub fn once(&self, when: When, reply: impl Into<Reply>) {
        self.shared.script().add_rule(when, reply.into(), true);
    }

    /// Decides what becomes of a key.
    pub fn key_fate(&self, key: &str, fate: KeyFate) {
        self.shared.script().set_fate(key, fate);
    }

    /// Forgets queue, rules and fates of keys.
    pub fn clear_script(&self) {
        self.shared.script().clear();
    }

    /// Lets every answer go on that hangs or stalls by a directive.
    pub fn release_stalls(&self) {
        self.shared.release_stalls();
    }
}

/// What it saw.
impl FakeAnthropic {
    /// All requests so far, in the order of their arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<Exchange>> {
        self.shared.records.exchanges()
    }

    /// Only those to `POST /v1/messages`.
    #[must_use]
    pub fn message_requests(&self) -> Vec<Arc<Exchange>> {
        let mut exchanges = self.requests();
        exchanges.retain(|exchange| exchange.path == "/v1/messages");
        exchanges
    }

    #[must_use]
    pub fn last_request(&self) -> Option<Arc<Exchange>> {
        self.shared.records.last()
    }

    /// Forgets the records; the counts go on.
    pub fn forget_requests(&self) {
        self.shared.records.forget();
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.records.counts()
    }

    /// Answers on `/v1/messages` that run now, waiting ones included.
    #[must_use]
    pub fn open_streams(&self) -> u64 {
        self.counts().open_streams
    }

    #[must_use]
    pub fn open_connections(&self) -> u64 {
        self.counts().open_connections
    }

    /// Comes back when so many requests have arrived since the start.
    pub async fn wait_for_requests(&self, requests: u64) {
        self.shared
            .records
            .wait_until(|counts| counts.requests >= requests)
            .await;
    }

    /// Comes back when so many requests to `/v1/messages` have arrived since the start.
    pub async fn wait_for_message_requests(&self, requests: u64) {
        self.shared
            .records
            .wait_until(|counts| counts.message_requests >= requests)
            .await;
    }

    /// Whether there are exactly so many open streams before the time is over.
    pub async fn wait_until_open_streams(&self, streams: u64, limit: Duration) -> bool {
        self.wait_until(limit, |counts| counts.open_streams == streams)
            .await
    }

    /// Whether there are exactly so many open connections before the time is over.
    pub async fn wait_until_open_connections(&self, connections: u64, limit: Duration) -> bool {
        self.wait_until(limit, |counts| counts.open_connections == connections)
            .await
    }

    /// Whether the counts come to what is asked before the time is over. It notices at once; there is no polling.
    pub async fn wait_until(&self, limit: Duration, condition: impl Fn(Counts) -> bool) -> bool {
        timeout(limit, self.shared.records.wait_until(condition))
            .await
            .is_ok()
    }
}
