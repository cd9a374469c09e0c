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

/// `GET /chat` and the app's other addresses: one page, which looks at its address itself.
pub(crate) async fn app(call: Call) -> Answer {
    page(&call, latchkey_web::APP)
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

/// `GET /assets/{release}/{file}`
pub(crate) async fn app_file(call: Call) -> Answer {
    let (release, file) = (call.param("release"), call.param("file"));
    page(&call, &format!("/assets/{release}/{file}"))
}

/// `GET /assets/{release}/{feature}/{file}`
pub(crate) async fn feature_file(call: Call) -> Answer {
    let (release, feature) = (call.param("release"), call.param("feature"));
    let file = call.param("file");
    page(&call, &format!("/assets/{release}/{feature}/{file}"))
}

/// The file behind a path, or only that it is still the same.
fn page(call: &Call, path: &str) -> Answer {
    let mut asset = latchkey_web::asset(path)
        .ok_or_else(|| Problem::not_found("There is nothing at this address."))?;
    let mut headers = Vec::new();
    if let Some(gzip) = asset.gzip.take() {
        headers.push((header::VARY, HeaderValue::from_static("accept-encoding")));
        if call.headers.accept_encoding.text().is_some_and(takes_gzip) {
            headers.push((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
            asset.bytes = gzip.bytes;
            asset.etag = gzip.etag;
        }
    }
    if let Ok(tag) = HeaderValue::try_from(&*asset.etag) {
        headers.push((header::ETAG, tag));
    }
    let known = call.headers.if_none_match.text();
    let is_known = known.is_some_and(|tags| names(tags, &asset.etag));
    let reply = if is_known {
        headers.retain(|(name, _)| *name != header::CONTENT_ENCODING);
        Reply::unchanged_page(asset)
    } else {
        Reply::page(asset)
    };
    Ok(reply.with_headers(headers))
}

/// Whether an `Accept-Encoding` lets gzip come.
fn takes_gzip(accepted: &str) -> bool {
    let weight_of = |wanted: &str| {
        accepted.split(',').find_map(|entry| {
            let (coding, parameters) = entry.split_once(';').unwrap_or((entry, ""));
            coding.trim().eq_ignore_ascii_case(wanted).then(|| {
                let weight = parameters.trim().strip_prefix("q=");
                weight.map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok())
            })
        })
    };
    weight_of("gzip")
        .or_else(|| weight_of("*"))
        .flatten()
        .is_some_and(|weight| weight > 0.0)
}

/// Whether an `If-None-Match` names this validator. Proxies that compress weaken it by `W/`.
fn names(tags: &str, etag: &str) -> bool {
    tags.split(',').any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_comes_to_those_who_take_it() {
        for accepted in [
            "gzip",
            "GZIP",
            "br, gzip;q=0.2",
            "gzip, deflate, br, zstd",
            "*",
            "br;q=1, *; q=0.1",
        ] {
            assert!(takes_gzip(accepted), "{accepted}");
        }
        for accepted in [
            "",
            "identity",
            "br",
            "gzip;q=0",
            "gzip;q=0.000, *",
            "gzip;q=x",
            "x-gzipped",
        ] {
            assert!(!takes_gzip(accepted), "{accepted}");
        }
    }

    #[test]
    fn a_validator_is_found_in_a_list_and_weakened() {
        for tags in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(names(tags, "\"a\""), "{tags}");
        }
        for tags in ["", "a", "\"ab\"", "W/\"b\""] {
            assert!(!names(tags, "\"a\""), "{tags}");
        }
    }
}
