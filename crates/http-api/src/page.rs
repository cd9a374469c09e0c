//! The pages and their files, out of the binary.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderValue},
};

use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, Reply},
};

/// `GET /`
pub(crate) async fn home(call: Call) -> Answer {
    page(&call, "/")
}

/// `GET /docs`
pub(crate) async fn api_reader(call: Call) -> Answer {
    page(&call, "/docs")
}

/// `GET /docs/`: the page has one address.
pub(crate) fn to_docs() -> Reply {
    Reply::empty(StatusCode::PERMANENT_REDIRECT)
        .header(header::LOCATION, HeaderValue::from_static("/docs"))
}

/// `GET /assets/{file}`
pub(crate) async fn asset(call: Call) -> Answer {
    page(&call, &format!("/assets/{}", call.param("file")))
}

/// The file behind a path, or only that it is still the same.
fn page(call: &Call, path: &str) -> Answer {
    let asset = latchkey_web::asset(path)
        .ok_or_else(|| Problem::not_found("There is nothing at this address."))?;
    let tag = HeaderValue::try_from(&*asset.etag).unwrap_or(HeaderValue::from_static("\"\""));
    if call.headers.if_none_match.text() == Some(&asset.etag) {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED).header(header::ETAG, tag));
    }
    Ok(Reply::page(asset).header(header::ETAG, tag))
}
