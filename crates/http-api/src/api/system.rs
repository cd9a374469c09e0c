//! `GET /healthz`, `/readyz`, `/api/server` and `/openapi.json`

use std::{sync::LazyLock, time::Duration};

use crate::{
    call::Call,
    problem::{Code, Problem},
    reply::{Answer, Reply},
    views::{CheckView, HealthView, ReadyView, ServerView},
};

/// The process lives.
pub async fn health(_: Call) -> Answer {
    Reply::ok(&HealthView { status: "ok" })
}

/// The server takes work, or why not.
pub async fn readiness(call: Call) -> Answer {
    let readiness = &call.api.readiness;
    let results = readiness.check().await;
    let checks = CheckView::of(&results);
    if readiness.is_draining() || results.iter().any(|result| !result.ok) {
        let problem = Problem::new(Code::NotReady, "The server isn't ready.")
            .retry_after(Duration::from_secs(5))
            .member("checks", &checks)
            .member("stopping", &readiness.is_draining());
        return Err(problem);
    }
    Reply::ok(&ReadyView {
        status: "ready",
        checks,
    })
}

/// What somebody who comes here can do.
pub async fn server(call: Call) -> Answer {
    let admission = call.api.application.accounts.admission().await?;
    Reply::ok(&ServerView::of(&admission))
}

/// The contract.
pub async fn openapi(_: Call) -> Answer {
    static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(crate::openapi::document);
    Reply::ok(&*DOCUMENT)
}
