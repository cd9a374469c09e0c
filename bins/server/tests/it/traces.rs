//! Looks for secrets where none may be.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD}};

/// The fewest characters of a secret that count as a trace of it.
const TRACE: usize = 12;

/// Panics if `place` holds a part of `secret`, as it is or in hex, base64 or percent-encoding.
#[track_caller]
pub fn assert_no_trace(name: &str, place: &[u8], secret: &str) {
    let place = String::from_utf8_lossy(place);
    for form in parts(secret).into_iter().flat_map(forms) {
        assert!(!place.contains(&form), "{name} holds `{form}`, a trace of `{secret}`");
    }
}

/// Pieces of the least length that together cover the secret.
fn parts(secret: &str) -> Vec<&[u8]> {
    let bytes = secret.as_bytes();
    assert!(bytes.len() >= TRACE, "`{secret}` is too short to look for");
    bytes.windows(TRACE).step_by(4).collect()
}

fn forms(part: &[u8]) -> Vec<String> {
    let mut forms = vec![String::from_utf8_lossy(part).into_owned()];
    let hex = part.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    forms.push(hex.to_uppercase());
    forms.push(hex);
    // Three alignments, without the characters at the edges, which depend on the neighbours.
    for shift in 0..3 {
        let aligned = &part[shift..];
        let whole = aligned.len() / 3 * 3;
        forms.push(STANDARD_NO_PAD.encode(&aligned[..whole]));
        forms.push(URL_SAFE_NO_PAD.encode(&aligned[..whole]));
    }
    let percent = part.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    });
    forms.push(percent);
    forms.sort();
    forms.dedup();
    forms
}

#[test]
fn traces_are_found_in_every_form() {
    let secret = "sk-ant-api03-CANARY/key of somebody";
    let caught = |place: String| {
        std::panic::catch_unwind(|| assert_no_trace("place", place.as_bytes(), secret)).is_err()
    };
    assert!(caught(format!("x{secret}x")));
    assert!(caught(STANDARD_NO_PAD.encode(format!("x{secret}x"))));
    assert!(caught(format!("xx{}", &secret[7..23])));
    assert!(caught("736b2d616e742d6170693033".to_owned()));
    assert!(caught("CANARY%2Fkey%20of%20somebody".to_owned()));
    assert!(!caught("nothing of the kind".to_owned()));
}
