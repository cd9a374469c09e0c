//! The HTTP side: the address, and the server on threads of its own.

use std::{
    io::{self, ErrorKind},
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_web::dev::ServerHandle;
use latchkey_adapters::{
    persistence::Database,
    system::{SystemClock, UuidV7Ids},
};
use latchkey_http_api::{BodyRoom, HttpApi, HttpSettings, Readiness};
use tokio::{net::TcpSocket, runtime::Handle, sync::Mutex, task::JoinHandle, time::timeout};

use crate::{failure::Failure, settings::Settings, wiring::Wired};

/// Connections that may wait to be accepted: a thousand clients can come at once.
const BACKLOG: u32 = 4_096;
/// The database must give a sign of life in this time for the server to be ready.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);

/// Takes the address.
///
/// # Errors
/// Why it can't be had, with what to do.
pub fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    try_listen(address).map_err(|error| {
        let remedy = match error.kind() {
            ErrorKind::AddrInUse => "another program listens there. End it, or choose another address with LATCHKEY_LISTEN or --listen",
            ErrorKind::PermissionDenied => "ports below 1024 need a privilege. Choose another with LATCHKEY_LISTEN or --listen",
            ErrorKind::AddrNotAvailable => "it is no address of this machine. Choose another with LATCHKEY_LISTEN or --listen",
            _ => "choose another with LATCHKEY_LISTEN or --listen",
        };
        Failure::of(format!("can't listen on {address}: {error}; {remedy}"))
    })
}

fn try_listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A restart needs not wait for connections of the server before it.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// The running HTTP server.
pub struct HttpServer {
    handle: ServerHandle,
    readiness: Readiness,
    running: Mutex<JoinHandle<io::Result<()>>>,
}

/// Answers requests from now on.
///
/// # Errors
/// When its threads can't be started.
pub fn serve(
    listener: TcpListener,
    settings: &Settings,
    wired: &Wired,
) -> Result<HttpServer, Failure> {
    let database = wired.database.clone();
    let readiness =
        Readiness::new().with_check("database", move || gives_sign_of_life(database.clone()));
    let http = http_settings(settings);
    let api = HttpApi {
        body_room: BodyRoom::new(http.max_bodies),
        application: wired.application.clone(),
        clock: std::sync::Arc::new(SystemClock),
        ids: std::sync::Arc::new(UuidV7Ids),
        settings: http,
        runtime: Handle::current(),
        readiness: readiness.clone(),
    };
    let server = latchkey_http_api::server(listener, api)
        .map_err(|error| Failure::of(format!("the HTTP server can't be started: {error}")))?;
    Ok(HttpServer {
        handle: server.handle(),
        readiness,
        running: Mutex::new(tokio::spawn(server)),
    })
}

impl HttpServer {
    /// From now on new work is refused, and readiness says so.
    pub fn refuse_new_work(&self) {
        self.readiness.drain();
    }

    /// Comes back only if the server ends by itself, which it never should.
    pub async fn failed(&self) -> Failure {
        let ended = (&mut *self.running.lock().await).await;
        match ended {
            Ok(Err(error)) => Failure::of(format!("the HTTP server failed: {error}")),
            Ok(Ok(())) | Err(_) => Failure::of("the HTTP server ended by itself"),
        }
    }

    /// Accepts nothing more and waits for running requests, no longer than `limit`.
    pub async fn finish(self, limit: Duration) {
        if timeout(limit, self.handle.stop(true)).await.is_err() {
            tracing::debug!("some connections were still open");
        }
    }
}

async fn gives_sign_of_life(database: Database) -> bool {
    matches!(timeout(SIGN_OF_LIFE, database.ping()).await, Ok(Ok(())))
}

fn http_settings(settings: &Settings) -> HttpSettings {
    let listening = &settings.listening;
    HttpSettings {
        public_origin: listening.public_url.clone(),
        cors_origins: listening.cors_origins.clone(),
        trusted_proxies: listening.trusted_proxies.clone(),
        require_https: listening.require_https,
        workers: listening.workers,
        max_connections: listening.max_connections,
        max_import: listening.max_import,
        ..HttpSettings::default()
    }
}
