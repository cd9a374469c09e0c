//! The HTTP server.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, HttpRequest, HttpServer,
    dev::Server,
    web::{self, Payload, ServiceConfig},
};

use crate::{HttpApi, edge, routes::PATHS};

/// How long a request's head may take.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long workers wait for running answers when they are stopped.
const SHUTDOWN_SECONDS: u64 = 30;

/// Mounts all routes.
pub fn configure(api: &Arc<HttpApi>) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let api = Arc::clone(api);
    move |app| {
        for entry in PATHS.iter() {
            let api = Arc::clone(&api);
            app.service(web::resource(entry.path).to(
                move |request: HttpRequest, payload: Payload| {
                    edge::handle(Some(entry), request, payload.into_inner(), Arc::clone(&api))
                },
            ));
        }
        app.default_service(web::to(move |request: HttpRequest, payload: Payload| {
            edge::handle(None, request, payload.into_inner(), Arc::clone(&api))
        }));
    }
}

/// The server on `listener`. It runs when it is awaited; signals are the caller's business.
pub fn server(listener: TcpListener, api: HttpApi) -> io::Result<Server> {
    let workers = api.settings.workers.max(1);
    let connections = api.settings.max_connections.div_ceil(workers).max(1);
    let api = Arc::new(api);
    let server = HttpServer::new(move || App::new().configure(configure(&api)))
        .workers(workers)
        .max_connections(connections)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_PATIENCE)
        // A client that closes its side is gone: an answer that nobody reads must not be paid for.
        .h1_allow_half_closed(false)
        .tcp_nodelay(true)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run();
    Ok(server)
}
