//! The pages that come with the server, inside the binary: what goes out for a path, as which type, under which policy.

use std::{borrow::Cow, fmt::Write as _};

use rust_embed::{Embed, EmbeddedFile};

#[derive(Embed)]
#[folder = "files"]
struct Files;

// `COMPRESSED`: names of files, and what `build.rs` made of them, where that is shorter.
include!(concat!(env!("OUT_DIR"), "/compressed.rs"));

/// The page of the app, as `build.rs` made it: it names the app's files by their release.
const APP_PAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/app.html"));

/// Sixteen digits that change whenever one of the app's files does.
const APP_RELEASE: &str = env!("LATCHKEY_APP_RELEASE");

/// Where [`asset`] has the page of the app. Its other addresses are the router's business.
pub const APP: &str = "/chat";

/// One file as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub content_type: &'static str,
    /// A strong validator with its quotes. It names these bytes.
    pub etag: String,
    /// The same file for browsers that understand gzip, if it is shorter then.
    pub gzip: Option<Compressed>,
    /// The `Content-Security-Policy` to send with it.
    pub csp: &'static str,
    /// How long it keeps.
    pub cache: Caching,
}

/// A file as it goes out compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compressed {
    /// What is in it, as gzip.
    pub bytes: Cow<'static, [u8]>,
    /// A strong validator with its quotes. It names the compressed bytes.
    pub etag: String,
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

/// Our pages load from their own origin alone, and nothing inline.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                        base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The app also shows pictures that are in a conversation or about to be. Text becomes markup in its sanitizer alone.
const APP_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                       base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                       require-trusted-types-for 'script'; trusted-types dompurify";

/// Redoc writes its styles into the page, and searches in a worker that it makes from a blob.
const API_PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                            worker-src blob:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                            form-action 'none'; frame-ancestors 'none'";

/// The file behind a request's path.
pub fn asset(path: &str) -> Option<Asset> {
    // By comparison with what is there, never by joining: no spelling of a path leads outside.
    let file = Files::iter().find(|file| request_path(file) == path)?;
    let content_type = content_type(&file)?;
    let embedded = Files::get(&file)?;
    Some(Asset {
        content_type,
        gzip: compressed(&file, &embedded),
        etag: etag(&file, &embedded, ""),
        bytes: match &*file {
            "app.html" => Cow::Borrowed(APP_PAGE),
            _ => embedded.data,
        },
        csp: match path {
            "/docs" => API_PAGE_CSP,
            APP => APP_CSP,
            _ => PAGE_CSP,
        },
        cache: if file.starts_with("vendor/") || file.starts_with("app/") {
            Caching::Immutable
        } else {
            Caching::Revalidate
        },
    })
}

/// Every path that [`asset`] answers.
pub fn paths() -> impl Iterator<Item = String> {
    Files::iter().map(|file| request_path(&file))
}

fn request_path(file: &str) -> String {
    match file.split_once('/') {
        None if file == "index.html" => "/".to_owned(),
        None if file == "docs.html" => "/docs".to_owned(),
        None if file == "app.html" => APP.to_owned(),
        Some(("vendor", name)) => format!("/assets/{name}"),
        Some(("app", name)) => format!("/assets/app-{APP_RELEASE}/{name}"),
        _ => format!("/{file}"),
    }
}

fn content_type(file: &str) -> Option<&'static str> {
    let (_, extension) = file.rsplit_once('.')?;
    match extension {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "js" | "mjs" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

fn compressed(name: &str, file: &EmbeddedFile) -> Option<Compressed> {
    let (_, bytes) = COMPRESSED.iter().find(|(found, _)| *found == name)?;
    Some(Compressed {
        bytes: Cow::Borrowed(bytes),
        etag: etag(name, file, "-gzip"),
    })
}

/// The same for the same content in the same encoding. The app's page has the release in it.
fn etag(name: &str, file: &EmbeddedFile, encoding: &str) -> String {
    let (length, rest) = match name {
        "app.html" => (8, APP_RELEASE),
        _ => (16, ""),
    };
    let start_of_the_hash = file.metadata.sha256_hash().into_iter().take(length);
    let mut etag = start_of_the_hash.fold(String::from("\""), |mut text, byte| {
        // Writing into a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    etag.push_str(rest);
    etag.push_str(encoding);
    etag.push('"');
    etag
}
