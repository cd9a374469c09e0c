//! Where an image or a document comes from: checked before the provider sees it, so that no conversation holds what
//! the provider refuses in every turn.
//!
//! The limits are the provider's own: images of at most 10 MB as base64 and 8,000 pixels an edge (its refusals say
//! "image exceeds 10 MB maximum: … bytes > 10485760 bytes" and "… exceed max allowed size: 8000 pixels"); documents have
//! that of the whole request, 32 MB (Anthropic's pages on vision and on PDF support, 2026).

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    fault,
    image::{Format, Size},
};
use crate::{
    json::{Kind, Value},
    problem::FieldFault,
};

/// Most characters of an image.
const MAX_IMAGE: usize = 10 * 1024 * 1024;
/// Most pixels of an image's edge.
const MAX_EDGE: u32 = 8_000;
/// So much of an image tells what it is, and how large.
const HEAD: usize = 1024 * 1024;
/// A PDF begins within its first bytes: writers may put something before (ISO 32000-1, annex H).
const PDF_HEAD: usize = 1024;
/// Longest address.
const MAX_URL: usize = 8_192;

/// The size of an image block's image, if it is known.
pub(super) fn check_image(block: Value<'_>) -> Result<Size, FieldFault> {
    let source = source_of(block)?;
    match &*kind_of(source)? {
        "base64" => check_image_data(source),
        "url" => check_url(source).map(|()| Size::default()),
        "file" => Err(no_files()),
        _ => Err(fault("/source/type", "must be base64 or url")),
    }
}

/// Whether a document block's document is a PDF.
pub(super) fn check_document(block: Value<'_>) -> Result<bool, FieldFault> {
    let source = source_of(block)?;
    match &*kind_of(source)? {
        "base64" => check_pdf(source).map(|()| true),
        "url" => check_url(source).map(|()| true),
        "text" => check_plain_text(source).map(|()| false),
        "content" => check_inner_content(source).map(|()| false),
        "file" => Err(no_files()),
        _ => Err(fault(
            "/source/type",
            "must be base64, url, text or content",
        )),
    }
}

fn source_of(block: Value<'_>) -> Result<Value<'_>, FieldFault> {
    block
        .member("source")
        .filter(|source| source.kind() == Kind::Object)
        .ok_or_else(|| fault("/source", "must be an object"))
}

fn kind_of(source: Value<'_>) -> Result<std::borrow::Cow<'_, str>, FieldFault> {
    source
        .member("type")
        .and_then(Value::string)
        .ok_or_else(|| fault("/source/type", "must be a text"))
}

/// A file belongs to the key that uploaded it; the next key would not know it.
fn no_files() -> FieldFault {
    fault(
        "/source/type",
        "can't be file: files at the provider belong to one key; send the data as base64, or a url",
    )
}

fn check_url(source: Value<'_>) -> Result<(), FieldFault> {
    let url = source.member("url").and_then(Value::string);
    let fits = url.is_some_and(|url| {
        url.len() <= MAX_URL
            && url
                .strip_prefix("https://")
                .is_some_and(|rest| !rest.is_empty())
            && !url.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    if fits {
        Ok(())
    } else {
        Err(fault(
            "/source/url",
            "must be an https address, which the provider fetches",
        ))
    }
}

fn check_image_data(source: Value<'_>) -> Result<Size, FieldFault> {
    let media_type = source.member("media_type").and_then(Value::string);
    let said = media_type
        .and_then(|media_type| Format::of_media_type(&media_type))
        .ok_or_else(|| {
            let detail = "must be image/png, image/jpeg, image/gif or image/webp";
            fault("/source/media_type", detail)
        })?;
    let data = source.member("data").and_then(Value::string);
    let head = head_of(data.as_deref())?;
    if data.is_some_and(|data| data.len() > MAX_IMAGE) {
        let detail = "is larger than 10 MB, the provider's limit; please make the image smaller";
        return Err(fault("/source/data", detail));
    }
    match Format::of_bytes(&head) {
        None => Err(fault(
            "/source/data",
            "is no PNG, JPEG, GIF or WebP image; please convert it",
        )),
        Some(found) if found != said => {
            let detail = format!("is {}; say so in media_type", found.media_type());
            Err(fault("/source/data", detail))
        }
        Some(format) => {
            let size = format.size(&head);
            if size.longest_edge() > MAX_EDGE {
                let detail = "is wider or higher than 8,000 pixels; please make the image smaller";
                return Err(fault("/source/data", detail));
            }
            Ok(size)
        }
    }
}

fn check_pdf(source: Value<'_>) -> Result<(), FieldFault> {
    let media_type = source.member("media_type").and_then(Value::string);
    if media_type.as_deref() != Some("application/pdf") {
        let detail = "must be application/pdf; send text as {\"type\": \"text\"}";
        return Err(fault("/source/media_type", detail));
    }
    let data = source.member("data").and_then(Value::string);
    let head = head_of(data.as_deref())?;
    let begins = head
        .get(..PDF_HEAD.min(head.len()))
        .unwrap_or_default()
        .windows(5)
        .any(|five| five == b"%PDF-");
    if begins {
        Ok(())
    } else {
        Err(fault("/source/data", "is no PDF document"))
    }
}

fn check_plain_text(source: Value<'_>) -> Result<(), FieldFault> {
    let media_type = source.member("media_type").and_then(Value::string);
    if media_type.as_deref() != Some("text/plain") {
        return Err(fault("/source/media_type", "must be text/plain"));
    }
    let literal = source.member("data");
    let is_text = |text: &str| !text.trim().is_empty();
    if literal
        .and_then(Value::string)
        .as_deref()
        .is_some_and(is_text)
        && literal.is_some_and(Value::is_unicode)
    {
        Ok(())
    } else {
        Err(fault(
            "/source/data",
            "must be Unicode text that isn't empty",
        ))
    }
}

/// A text, or blocks of text and images, which are looked at like those of the message.
fn check_inner_content(source: Value<'_>) -> Result<(), FieldFault> {
    let content = source
        .member("content")
        .ok_or_else(|| fault("/source/content", "is required"))?;
    if content.kind() == Kind::String {
        return Ok(());
    }
    if content.items().next().is_none() {
        let detail = "must be a text, or blocks of text and images";
        return Err(fault("/source/content", detail));
    }
    for (at, block) in content.items().enumerate() {
        let place = format!("/source/content/{at}");
        let checked = super::refuse_cache_control(block).and_then(|()| {
            match block.member("type").and_then(Value::string).as_deref() {
                Some("text") => super::check_text(block, super::Writer::Person).map(|_| ()),
                Some("image") => check_image(block).map(|_| ()),
                _ => Err(fault("/type", "must be text or image")),
            }
        });
        checked.map_err(|inner| fault(&format!("{place}{}", inner.pointer), inner.detail))?;
    }
    Ok(())
}

/// The first bytes of well-formed base64.
fn head_of(data: Option<&str>) -> Result<Vec<u8>, FieldFault> {
    let bad = || {
        let detail =
            "must be base64 with its padding, without white space, line breaks or a data: prefix";
        fault("/source/data", detail)
    };
    let data = data
        .filter(|data| is_base64(data.as_bytes()))
        .ok_or_else(bad)?;
    // The end too: its last letters must say nothing more than its bytes.
    let end = data.get(data.len().saturating_sub(4)..).unwrap_or_default();
    STANDARD.decode(end).map_err(|_| bad())?;
    let head = data.get(..data.len().min(HEAD)).unwrap_or_default();
    STANDARD.decode(head).map_err(|_| bad())
}

fn is_base64(data: &[u8]) -> bool {
    let letters = data.strip_suffix(b"=").unwrap_or(data);
    let letters = letters.strip_suffix(b"=").unwrap_or(letters);
    !data.is_empty()
        && data.len().is_multiple_of(4)
        && letters
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base64_is_taken_at_its_word() {
        for good in ["aGk=", "aA==", "aGkh", "+/+/"] {
            assert!(head_of(Some(good)).is_ok(), "{good}");
        }
        for bad in [
            "",
            "aGk",
            "aG k",
            "aGk=\n",
            "====",
            "a===",
            "aGl=",
            "aB==",
            "aGk=aGk=",
            "a-_k",
            "data:image/png;base64,aGk=",
        ] {
            assert!(head_of(Some(bad)).is_err(), "{bad}");
        }
        assert!(head_of(None).is_err());
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_read(bytes in proptest::collection::vec(any::<u8>(), 1..300)) {
            let encoded = STANDARD.encode(&bytes);
            prop_assert_eq!(head_of(Some(&encoded)).unwrap(), bytes);
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let _no_panic = head_of(Some(&text)).is_ok();
        }
    }
}
