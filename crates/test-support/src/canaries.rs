//! Secrets that must not be seen anywhere: in no log, no answer, no file. They are looked for in each form in which a
//! secret leaks: as it is, in base64, in hexadecimal, encoded for a URL, escaped in JSON; twelve characters are enough.

use std::{collections::HashSet, fmt::Write};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use latchkey_domain::{api_key::ApiKeySecret, secret::SecretText};

/// A well-formed key that no provider knows.
pub const API_KEY: &str = "sk-ant-api03-CANARYkQ7mZ2xV9pL4tR8wB3nJ6yD1fH5gS0aC-QqWwEe4f2A";
/// Another, for calls without an account.
pub const GIVEN_API_KEY: &str = "sk-ant-api03-CANARYrT5uI8oP2aS7dF3gH6jK9lZ1xC4vB0nM-YyXxZz9k8L";
/// A password that would be accepted.
pub const PASSWORD: &str = "CANARY plover-gneiss-47/quill?";
/// What somebody without an account asked.
pub const ANONYMOUS_TEXT: &str = "CANARY zephyr marmot obelisk & \"quotes\"";

/// How much of a secret is too much.
const PART: usize = 12;
/// What stands before the secret part of a key; everybody knows it.
const PUBLIC_PREFIX: &str = "sk-ant-api03-";

/// [`API_KEY`] as a secret.
pub fn api_key() -> ApiKeySecret {
    ApiKeySecret::parse(&SecretText::new(API_KEY.to_owned())).expect("it is well-formed")
}

/// [`GIVEN_API_KEY`] as a secret.
pub fn given_api_key() -> ApiKeySecret {
    ApiKeySecret::parse(&SecretText::new(GIVEN_API_KEY.to_owned())).expect("it is well-formed")
}

/// Fails if `bytes` hold a part of one of the canaries of this module. `place` names where they come from.
#[track_caller]
pub fn assert_no_canary(place: &str, bytes: impl AsRef<[u8]>) {
    Canaries::new().assert_absent(place, bytes);
}

/// The secrets that are looked for.
pub struct Canaries {
    watched: Vec<Form>,
}

/// One form of one secret: all its parts of one length.
struct Form {
    secret: String,
    name: &'static str,
    length: usize,
    parts: HashSet<Vec<u8>>,
}

/// What was found, without the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What the secret is called.
    pub secret: String,
    /// In which form it was there.
    pub form: &'static str,
    /// Where in the bytes.
    pub position: usize,
}

impl Canaries {
    /// The canaries of this module.
    pub fn new() -> Self {
        let mut canaries = Self::none();
        canaries.watch("the stored key", API_KEY);
        canaries.watch("the given key", GIVEN_API_KEY);
        canaries.watch("the password", PASSWORD);
        canaries.watch("the anonymous text", ANONYMOUS_TEXT);
        canaries
    }

    /// No secret yet.
    pub fn none() -> Self {
        Self {
            watched: Vec::new(),
        }
    }

    /// Looks for `secret`, too: a token that the product gave out, for instance.
    pub fn watch(&mut self, name: &str, secret: &str) {
        let secret = secret.strip_prefix(PUBLIC_PREFIX).unwrap_or(secret);
        assert!(
            secret.len() >= PART,
            "{name} is too short to be told from other text"
        );
        let mut add = |form, length, text: String| {
            let parts = text.as_bytes().windows(length).map(<[u8]>::to_vec);
            self.watched.push(Form {
                secret: name.to_owned(),
                name: form,
                length,
                parts: parts.collect(),
            });
        };
        add("plain", PART, secret.to_owned());
        let hex = hex(secret.as_bytes());
        add("hexadecimal", 2 * PART, hex.to_uppercase());
        add("hexadecimal", 2 * PART, hex);
        for engine in [STANDARD, URL_SAFE] {
            for skipped in 0..3 {
                add(
                    "base64",
                    PART * 4 / 3,
                    base64(&engine, secret.as_bytes(), skipped),
                );
            }
        }
        let quoted = serde_json::Value::from(secret).to_string();
        let escaped = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        if escaped != secret {
            add("JSON", PART, escaped.to_owned());
        }
        for space in ["%20", "+"] {
            let encoded = url_encoded(secret, space);
            if encoded != secret {
                add("URL", PART, encoded.to_lowercase());
                add("URL", PART, encoded);
            }
        }
    }

    /// The first part of a secret in `bytes`.
    pub fn find_in(&self, bytes: &[u8]) -> Option<Finding> {
        self.watched.iter().find_map(|form| {
            let mut windows = bytes.windows(form.length);
            let position = windows.position(|window| form.parts.contains(window))?;
            Some(Finding {
                secret: form.secret.clone(),
                form: form.name,
                position,
            })
        })
    }

    /// Fails if `bytes` hold a part of a secret. `place` names where they come from.
    #[track_caller]
    pub fn assert_absent(&self, place: &str, bytes: impl AsRef<[u8]>) {
        if let Some(found) = self.find_in(bytes.as_ref()) {
            panic!(
                "{place} holds a part of {} ({}) at byte {}",
                found.secret, found.form, found.position
            );
        }
    }
}

impl Default for Canaries {
    fn default() -> Self {
        Self::new()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let written = write!(text, "{byte:02x}");
        debug_assert!(written.is_ok(), "a string takes all");
        text
    })
}

/// The secret's own characters in base64 when `skipped` of its bytes share a group with what stands before it.
fn base64(engine: &impl Engine, secret: &[u8], skipped: usize) -> String {
    let whole = secret.get(skipped..).unwrap_or_default();
    let groups = whole.chunks_exact(3).flatten().copied();
    engine.encode(groups.collect::<Vec<u8>>())
}

fn url_encoded(secret: &str, space: &str) -> String {
    let mut text = String::new();
    for byte in secret.bytes() {
        match byte {
            b' ' => text.push_str(space),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            _ => {
                let written = write!(text, "%{byte:02X}");
                debug_assert!(written.is_ok(), "a string takes all");
            }
        }
    }
    text
}
