//! The pages that come with the server, inside the binary: what to send for a path, as which type, under which policy.

use std::{borrow::Cow, fmt::Write as _};

use rust_embed::{EmbeddedFile, RustEmbed};

/// Everything under `files/`; read from disk in debug builds, so that an edited page needs no rebuild.
#[derive(RustEmbed)]
#[folder = "files"]
struct Files;

/// One file as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub content_type: &'static str,
    /// A strong validator with its quotes. It names these bytes: an encoded answer needs another one.
    pub etag: String,
    /// The `Content-Security-Policy` to send with it.
    pub csp: &'static str,
    pub cache: Caching,
}

/// How long a browser may use a file without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// The bytes behind this path change with a release.
    Revalidate,
    /// The path has the version in it.
    Immutable,
}

impl Caching {
    /// The value of `Cache-Control`.
    pub fn header_value(self) -> &'static str {
        match self {
            Self::Revalidate => "no-cache",
            Self::Immutable => "public, max-age=31536000, immutable",
        }
    }
}

/// For our own pages: nothing but our own files.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                   base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For the API page: Redoc writes its styles into the page and searches in a worker that it makes from a blob.
const DOCS_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src blob:; \
                        img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                        frame-ancestors 'none'";

/// The file behind a request's path.
pub fn asset(path: &str) -> Option<Asset> {
    let path = if path == "/docs/" { "/docs" } else { path };
    // By comparison with what is there, never by joining: no spelling of a path leads outside.
    let file = Files::iter().find(|file| request_path(file) == path)?;
    let content_type = content_type(&file)?;
    let embedded = Files::get(&file)?;
    Some(Asset {
        etag: etag(&embedded),
        bytes: embedded.data,
        content_type,
        csp: if path == "/docs" || path.starts_with("/docs/") { DOCS_CSP } else { CSP },
        cache: if file.starts_with("vendor/") { Caching::Immutable } else { Caching::Revalidate },
    })
}

/// Every path that [`asset`] answers.
pub fn paths() -> impl Iterator<Item = String> {
    Files::iter().map(|file| request_path(&file).into_owned())
}

fn request_path(file: &str) -> Cow<'static, str> {
    match file {
        "index.html" => "/".into(),
        "docs/index.html" => "/docs".into(),
        // Under the API page, whose policy it needs.
        _ if file.starts_with("vendor/") => format!("/docs/{file}").into(),
        _ => format!("/{file}").into(),
    }
}

fn content_type(file: &str) -> Option<&'static str> {
    let (_, extension) = file.rsplit_once('.')?;
    match extension {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

fn etag(file: &EmbeddedFile) -> String {
    let mut etag = String::from("\"");
    for byte in file.metadata.sha256_hash().iter().take(16) {
        // Writing to a string can't fail.
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    etag
}
