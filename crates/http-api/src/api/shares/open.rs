//! `GET /api/shared/{token}`

use actix_web::http::header::{HeaderName, HeaderValue};
use latchkey_application::shares::MAX_POSITION;

use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, Reply},
    views::SharedView,
};

/// Keeps search engines away. (Nothing is kept by caches, and no referrer goes out, as with every answer of the API.)
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const NO_INDEX: HeaderValue = HeaderValue::from_static("noindex, nofollow, noarchive");

/// A conversation, for whoever has a link to it.
pub async fn open_share(call: Call) -> Answer {
    let answer = open(&call).await;
    match answer {
        Ok(reply) => Ok(reply.header(ROBOTS, NO_INDEX)),
        Err(problem) => Err(problem.header(ROBOTS, NO_INDEX)),
    }
}

async fn open(call: &Call) -> Answer {
    let mut query = call.query()?;
    let position = query.take("cursor", |text| {
        let position: Option<u32> = text.parse().ok();
        position
            .filter(|position| *position <= MAX_POSITION)
            .ok_or("is not a cursor of this list")
    });
    query.finish()?;
    let shares = &call.api.application.shares;
    let page = shares
        .open(call.param("token"), &call.address, position.unwrap_or(0))
        .await
        .map_err(Problem::from)?;
    Reply::ok(&SharedView::of(&page))
}
