//! The pages and their files, out of the binary.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderValue},
};

use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, PageFile, PagePolicy, Reply},
};

/// `GET /`
pub(crate) async fn home(call: Call) -> Answer {
    page_file(&call, "index.html", PagePolicy::Own)
}

/// `GET /docs`
pub(crate) async fn api_reader(call: Call) -> Answer {
    page_file(&call, "docs.html", PagePolicy::ApiReader)
}

/// `GET /assets/{file}`
pub(crate) async fn asset(call: Call) -> Answer {
    page_file(
        &call,
        &format!("assets/{}", call.param("file")),
        PagePolicy::Own,
    )
}

fn page_file(call: &Call, path: &str, policy: PagePolicy) -> Answer {
    let file = latchkey_web::file(path)
        .ok_or_else(|| Problem::not_found("There is nothing at this address."))?;
    let tag = HeaderValue::try_from(format!("\"{}\"", file.version))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    if call.headers.if_none_match.text() == tag.to_str().ok() {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED).header(header::ETAG, tag));
    }
    let reply = Reply::file(PageFile {
        content_type: file.content_type,
        bytes: file.bytes,
        policy,
    });
    Ok(reply.header(header::ETAG, tag))
}
