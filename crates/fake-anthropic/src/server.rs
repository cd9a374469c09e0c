//! Accepts connections and serves the requests of each, one after another.

use std::sync::Arc;

use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::decide::{Body, Outgoing, decide};
use crate::error::ApiError;
use crate::http::{Head, Unreadable, Wire, read_body, read_head};
use crate::ids;
use crate::keys::Presented;
use crate::record::Ended;
use crate::reply::Manner;
use crate::send::{Circumstances, send};
use crate::shared::Shared;

/// The real service's limit for a request's body.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// Serves until told to stop; open connections end with it.
pub(crate) async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    // Fails only on a connection that is gone already.
                    let _ = stream.set_nodelay(true);
                    connections.spawn(serve(Arc::clone(&shared), stream));
                }
            }
            Some(_) = connections.join_next() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let (number, _open) = shared.records.connection_opened();
    let mut wire = Wire::new(stream);
    loop {
        match serve_one(&shared, &mut wire, number).await {
            Next::Request => {}
            Next::Close => return wire.close().await,
            Next::Reset => return wire.reset(),
            Next::Gone => return,
        }
    }
}

/// What becomes of the connection.
enum Next {
    Request,
    Close,
    Reset,
    Gone,
}

async fn serve_one(shared: &Shared, wire: &mut Wire, connection: u64) -> Next {
    let head = match read_head(wire).await {
        Ok(Some(head)) => head,
        Ok(None) | Err(Unreadable::Left) => return Next::Gone,
        Err(Unreadable::Malformed(why)) => {
            return refuse(wire, ApiError::invalid_request(why)).await;
        }
        Err(Unreadable::TooLarge) => return refuse(wire, ApiError::too_large()).await,
    };
    let body = read_body(wire, &head, MAX_BODY).await;
    let (body, refusal) = match body {
        Ok(body) => (body, None),
        Err(Unreadable::Left) => return Next::Gone,
        Err(Unreadable::Malformed(why)) => (Bytes::new(), Some(ApiError::invalid_request(why))),
        Err(Unreadable::TooLarge) if shared.config.edge_refuses_large_bodies => {
            (Bytes::new(), Some(ApiError::too_large_from_the_edge()))
        }
        Err(Unreadable::TooLarge) => (Bytes::new(), Some(ApiError::too_large())),
    };
    answer(shared, wire, connection, &head, &body, refusal).await
}

async fn answer(
    shared: &Shared,
    wire: &mut Wire,
    connection: u64,
    head: &Head,
    body: &Bytes,
    refusal: Option<ApiError>,
) -> Next {
    let key = Presented::of(head).map(|presented| presented.key);
    let keeps_alive = head.keeps_alive() && refusal.is_none();
    let _open = (head.path() == "/v1/messages").then(|| shared.records.stream_opened());
    let exchange = shared.records.received(connection, head, body, key);
    let outgoing = match refusal {
        Some(error) => Outgoing {
            body: Body::Error(error),
            manner: Manner::default(),
        },
        None => decide(shared, head, body),
    };
    let circumstances = Circumstances {
        request_id: &ids::request_id(),
        key,
        keeps_alive,
        usual_pace: shared.config.pace,
        exchange,
    };
    let ended = send(wire, outgoing, &circumstances).await;
    shared
        .records
        .answered(circumstances.exchange.as_deref(), ended);
    match ended {
        Ended::Complete if keeps_alive => Next::Request,
        Ended::Complete | Ended::Closed => Next::Close,
        Ended::Reset => Next::Reset,
        Ended::ClientLeft => Next::Gone,
    }
}

/// Refuses what could not even be read as a request.
async fn refuse(wire: &mut Wire, error: ApiError) -> Next {
    let circumstances = Circumstances {
        request_id: &ids::request_id(),
        key: None,
        keeps_alive: false,
        usual_pace: std::time::Duration::ZERO,
        exchange: None,
    };
    let outgoing = Outgoing {
        body: Body::Error(error),
        manner: Manner::default(),
    };
    match send(wire, outgoing, &circumstances).await {
        Ended::ClientLeft => Next::Gone,
        _ => Next::Close,
    }
}
