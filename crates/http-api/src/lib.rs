//! How Latchkey is asked for: routes, bodies, views, problems and streamed answers, over actix-web.
//!
//! [`server()`] is what the program runs; [`configure`] mounts the same routes in a test.

mod api;
mod call;
mod cookie;
mod download;
mod edge;
mod export;
pub mod json;
mod limit_headers;
mod openapi;
mod page;
pub mod problem;
mod query;
mod readiness;
mod reply;
pub mod routes;
mod server;
mod settings;
mod sse;
mod views;

use std::sync::Arc;

use latchkey_application::Application;
use latchkey_domain::system::{Clock, IdSource};
use tokio::runtime::Handle;

pub use edge::BodyRoom;
pub use openapi::document as openapi_document;
pub use readiness::{CheckResult, Readiness};
pub use server::{configure, server};
pub use settings::{BodyPace, HttpSettings, Origin};

/// Everything that answers requests.
#[derive(Clone)]
pub struct HttpApi {
    /// The use cases.
    pub application: Application,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Makes the ids of requests.
    pub ids: Arc<dyn IdSource>,
    /// The operator's settings.
    pub settings: HttpSettings,
    /// The main, multi-threaded runtime: use cases run there, not on actix's workers.
    pub runtime: Handle,
    /// Whether new work is taken.
    pub readiness: Readiness,
    /// How much memory the bodies of all requests may take.
    pub body_room: BodyRoom,
}
