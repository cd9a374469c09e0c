//! The pool of connections.

use std::{sync::Arc, time::Duration};

use deadpool::managed::{Manager, Metrics, QueueMode, RecycleError, RecycleResult};
use diesel::ConnectionError;
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection, pooled_connection::PoolableConnection,
};
use tokio::runtime::Handle;
use tokio_postgres::{NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::{self, TlsError};
use crate::persistence::location::{PostgresUrl, TlsMode};

/// How long a request waits for a connection, a new connection for the server, and a check for its answer.
const POOL_WAIT: Duration = Duration::from_secs(2);
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// A connection that was used this shortly ago is given out without asking the server whether it lives. The driver notices at once when
/// the server closes one; the question is for a server that vanished without a word.
const SURELY_ALIVE: Duration = Duration::from_millis(100);
/// Limits that the server keeps for us on every connection, and how it plans.
///
/// A prepared statement keeps its plan, and one that was made when the tables were empty walks through them. All of ours are look-ups in
/// indices, so that is what the server shall plan for, whatever it believes about the tables; and compiling none of them is worth it.
const SESSION_OPTIONS: &str = "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s \
    -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

/// The pool.
pub type Pool = deadpool::managed::Pool<Server>;
/// A connection that goes back to the pool.
pub type Pooled = deadpool::managed::Object<Server>;
/// Why the pool gave no connection.
pub type PoolError = deadpool::managed::PoolError<ConnectionFailed>;

/// The server, from which the pool gets its connections.
pub struct Server {
    config: Arc<tokio_postgres::Config>,
    tls: Option<MakeRustlsConnect>,
    runtime: Handle,
}

/// Why there is no connection. Its text has no password in it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionFailed {
    /// The server can't be reached, refuses us, or can't be trusted.
    #[error("{}", with_causes(.0))]
    Connect(#[from] tokio_postgres::Error),
    /// The connection can't be set up.
    #[error(transparent)]
    Setup(#[from] ConnectionError),
    /// The runtime is going down.
    #[error("the connection was given up")]
    GivenUp(#[from] tokio::task::JoinError),
    /// A pooled connection is dead.
    #[error("the connection is dead: {0}")]
    Dead(#[from] diesel::result::Error),
}

/// tokio-postgres says only "db error" or "error connecting to server" and keeps the reason as the cause.
fn with_causes(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text.push_str(": ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    text
}

impl Server {
    /// The server at `url`. Connections are driven on `runtime`, whoever asks for them.
    pub fn new(url: &PostgresUrl, runtime: Handle) -> Result<Self, TlsError> {
        let mut config = url.config.clone();
        let options = match config.get_options() {
            Some(own) => format!("{SESSION_OPTIONS} {own}"),
            None => SESSION_OPTIONS.to_owned(),
        };
        config.options(options);
        if config.get_application_name().is_none() {
            config.application_name("latchkey");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WAIT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(10));
        }
        config.keepalives_idle(Duration::from_secs(30));
        let tls = match url.tls {
            TlsMode::Off => None,
            TlsMode::Prefer | TlsMode::Require => Some(MakeRustlsConnect::new(tls::client_config(
                url.trusted.as_deref(),
            )?)),
        };
        config.ssl_mode(match url.tls {
            TlsMode::Off => SslMode::Disable,
            TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require => SslMode::Require,
        });
        Ok(Self {
            config: Arc::new(config),
            tls,
            runtime,
        })
    }

    /// A pool of at most `most` connections to this server.
    pub fn pool(self, most: usize) -> Result<Pool, deadpool::managed::BuildError> {
        Pool::builder(self)
            .max_size(most.max(1))
            // The last one that came back is surely alive, and warm on the server.
            .queue_mode(QueueMode::Lifo)
            .wait_timeout(Some(POOL_WAIT))
            .create_timeout(Some(CONNECT_WAIT))
            .recycle_timeout(Some(POOL_WAIT))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
    }

    /// A new connection.
    pub async fn connect(&self) -> Result<AsyncPgConnection, ConnectionFailed> {
        let (config, tls) = (self.config.clone(), self.tls.clone());
        // The driver of a connection runs where it was made, and must not end with some worker of the HTTP server.
        self.runtime
            .spawn(async move {
                let conn = if let Some(tls) = tls {
                    let (client, connection) = config.connect(tls).await?;
                    AsyncPgConnection::try_from_client_and_connection(client, connection).await
                } else {
                    let (client, connection) = config.connect(NoTls).await?;
                    AsyncPgConnection::try_from_client_and_connection(client, connection).await
                };
                Ok(conn?)
            })
            .await?
    }
}

impl Manager for Server {
    type Type = AsyncPgConnection;
    type Error = ConnectionFailed;

    async fn create(&self) -> Result<AsyncPgConnection, ConnectionFailed> {
        self.connect().await
    }

    async fn recycle(
        &self,
        conn: &mut AsyncPgConnection,
        metrics: &Metrics,
    ) -> RecycleResult<ConnectionFailed> {
        if conn.is_broken() {
            return Err(RecycleError::message("closed, or in a transaction"));
        }
        if metrics.last_used() > SURELY_ALIVE {
            conn.batch_execute("")
                .await
                .map_err(ConnectionFailed::from)?;
        }
        Ok(())
    }
}
