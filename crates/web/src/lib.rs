//! The pages: plain files, embedded in the binary, served from our own origin with nothing fetched from elsewhere.
//!
//! `vendor/` holds other people's files with their licences; `vendor.json` lists them with their checksums.

use std::{borrow::Cow, fmt::Write as _};

use rust_embed::{Embed, EmbeddedFile};

#[derive(Embed)]
#[folder = "pages"]
struct Pages;

#[derive(Embed)]
#[folder = "vendor/redoc"]
struct Redoc;

/// A file of the pages.
#[derive(Debug)]
pub struct File {
    /// Its media type.
    pub content_type: &'static str,
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// Changes whenever the content does.
    pub version: String,
}

/// The file at `path`, such as `index.html` or `assets/page.css`.
pub fn file(path: &str) -> Option<File> {
    let file = Pages::get(path).or_else(|| Redoc::get(path.strip_prefix("assets/")?))?;
    Some(File {
        content_type: content_type(path)?,
        version: version(&file),
        bytes: file.data,
    })
}

fn content_type(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

/// The first half of the content's SHA-256.
fn version(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    hash.iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing into a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> String {
        String::from_utf8(file(path).unwrap().bytes.into_owned()).unwrap()
    }

    #[test]
    fn every_file_has_a_type() {
        for path in Pages::iter() {
            assert!(file(&path).is_some(), "{path}");
        }
        assert!(file("assets/redoc.standalone.js").is_some());
        for path in [
            "",
            "LICENSE",
            "assets/",
            "../Cargo.toml",
            "assets/../index.html",
            "vendor.json",
        ] {
            assert!(file(path).is_none(), "{path}");
        }
    }

    #[test]
    fn pages_load_only_files_that_are_here_and_nothing_inline() {
        for page in ["index.html", "docs.html"] {
            let html = text(page);
            for attribute in ["src=\"", "href=\""] {
                for target in html.split(attribute).skip(1) {
                    let target = target.split('"').next().unwrap();
                    assert!(target.starts_with('/'), "{page} refers to {target}");
                    if let Some(asset) = target.strip_prefix("/assets/") {
                        assert!(file(&format!("assets/{asset}")).is_some(), "{target}");
                    }
                }
            }
            assert!(
                !html.contains("<style") && !html.contains(" style="),
                "{page}"
            );
            for script in html.split("<script").skip(1) {
                assert!(script.starts_with(" src="), "{page}");
            }
            assert!(
                !html.contains(" onclick=") && !html.contains("javascript:"),
                "{page}"
            );
        }
    }

    #[test]
    fn versions_follow_the_content() {
        let (a, b) = (file("index.html").unwrap(), file("docs.html").unwrap());
        assert_ne!(a.version, b.version);
        assert_eq!(a.version.len(), 32);
    }
}
