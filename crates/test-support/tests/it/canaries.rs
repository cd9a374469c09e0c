//! The search for secrets finds them in every form, and nothing where there is none.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use latchkey_test_support::{
    canaries::{ANONYMOUS_TEXT, API_KEY, Canaries, PASSWORD, api_key, given_api_key},
    captured_log::CapturedLog,
};

fn found(bytes: impl AsRef<[u8]>) -> Option<&'static str> {
    Canaries::new()
        .find_in(bytes.as_ref())
        .map(|finding| finding.form)
}

#[test]
fn a_secret_is_found_in_every_form() {
    let hex = API_KEY
        .bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    assert_eq!(found(format!("before {API_KEY} after")), Some("plain"));
    assert_eq!(found(&hex), Some("hexadecimal"));
    assert_eq!(found(hex.to_uppercase()), Some("hexadecimal"));
    for before in ["", "x", "xy", "user:"] {
        let text = format!("{before}{API_KEY}");
        assert_eq!(
            found(STANDARD.encode(&text)),
            Some("base64"),
            "after {before:?}"
        );
        assert_eq!(found(STANDARD_NO_PAD.encode(&text)), Some("base64"));
        assert_eq!(found(URL_SAFE_NO_PAD.encode(&text)), Some("base64"));
    }
    assert_eq!(
        found("CANARY+plover-gneiss"),
        Some("plain"),
        "a long enough part as it is"
    );
    assert_eq!(found("47%2Fquill%3F"), Some("URL"));
    assert_eq!(found("47%2fquill%3f"), Some("URL"));
    assert_eq!(found(r#"& \"quotes\""#), Some("JSON"));
}

#[test]
fn twelve_characters_of_a_secret_are_enough_and_eleven_are_not() {
    for secret in [PASSWORD, ANONYMOUS_TEXT] {
        assert_eq!(found(secret.get(3..15).unwrap()), Some("plain"));
        assert_eq!(found(secret.get(3..14).unwrap()), None);
    }
}

#[test]
fn what_everybody_knows_of_a_key_is_no_finding() {
    assert_eq!(
        found("it starts with 'sk-ant-api03-' and ends with …4f2A"),
        None
    );
    assert_eq!(found(api_key().hint().as_str()), None);
    assert_eq!(found(given_api_key().hint().as_str()), None);
    assert_eq!(found(""), None);
}

#[test]
fn other_secrets_can_be_watched() {
    let mut canaries = Canaries::none();
    canaries.watch("a token", "lkr_0123456789abcdef");
    let finding = canaries.find_in(b"xx 456789abcdef").unwrap();
    assert_eq!((finding.secret.as_str(), finding.position), ("a token", 3));
    assert_eq!(canaries.find_in(API_KEY.as_bytes()), None);
}

#[test]
#[should_panic(expected = "the answer holds a part of the password (plain) at byte 0")]
fn a_finding_fails_the_test_without_showing_the_secret() {
    Canaries::new().assert_absent("the answer", PASSWORD);
}

#[test]
fn the_log_is_captured_with_its_spans_and_fields() {
    let (log, _guard) = CapturedLog::of_this_thread();
    let span = tracing::info_span!("request", id = "r-1");
    span.in_scope(|| tracing::debug!(status = 404, "not found"));
    let lines = log.lines_with("not found");
    assert_eq!(lines.len(), 1, "{}", log.text());
    assert!(
        lines
            .iter()
            .all(|line| line.contains("r-1") && line.contains("404"))
    );
    log.assert_without(&Canaries::new());
}

#[test]
#[should_panic(expected = "the log holds a part of the stored key")]
fn a_secret_in_a_span_is_found_in_the_log() {
    let (log, _guard) = CapturedLog::of_this_thread();
    let _span = tracing::info_span!("request", key = API_KEY).entered();
    log.assert_without(&Canaries::new());
}

#[test]
#[should_panic(expected = "nothing was logged")]
fn an_empty_log_proves_nothing() {
    let (log, _guard) = CapturedLog::of_this_thread();
    log.assert_without(&Canaries::new());
}
