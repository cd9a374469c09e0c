//! What is taken for a provider key: it can stand in a header, nothing that means another key is, and no refusal
//! repeats it.
#![no_main]

use latchkey_domain::{
    api_key::{ApiKeySecret, MalformedKey},
    secret::SecretText,
};
use libfuzzer_sys::fuzz_target;

const NOT_FOR_MODELS: [&str; 4] = ["sk-ant-admin", "sk-ant-oat", "sk-ant-ort", "sk-ant-api01-"];

fuzz_target!(|text: &str| {
    let parsed = parse(text);
    for around in [format!(" {text}\r\n"), format!("\u{a0}{text}\t")] {
        assert_eq!(parse(&around), parsed, "spaces around it");
    }
    match parsed {
        Ok(key) => is_a_key(&key, text),
        Err(refusal) => says_why(refusal, text),
    }
});

fn parse(text: &str) -> Result<ApiKeySecret, MalformedKey> {
    ApiKeySecret::parse(&SecretText::new(text.to_owned()))
}

fn is_a_key(key: &ApiKeySecret, text: &str) {
    let shown = key.expose();
    assert_eq!(shown, text.trim());
    assert!((20..=512).contains(&shown.len()));
    assert!(shown.bytes().all(|byte| (0x21..=0x7e).contains(&byte)));
    assert!(shown.starts_with("sk-ant-"));
    assert!(!NOT_FOR_MODELS.iter().any(|kind| shown.starts_with(kind)));
    assert_eq!(parse(shown).as_ref(), Ok(key));
    assert_eq!(format!("{key:?}"), "[api key]");
    let hint = key.hint();
    let tail = hint.as_str().strip_prefix('…').expect("a hint is an end");
    assert!(tail.len() == 4 && shown.ends_with(tail));
}

fn says_why(refusal: MalformedKey, text: &str) {
    let key = text.trim();
    let expected = if !key.starts_with("sk-ant-") {
        MalformedKey::WrongPrefix
    } else if !key.chars().all(|c| c.is_ascii_graphic()) {
        MalformedKey::ForbiddenCharacter
    } else if !(20..=512).contains(&key.len()) {
        MalformedKey::WrongLength
    } else {
        assert!(NOT_FOR_MODELS.iter().any(|kind| key.starts_with(kind)));
        MalformedKey::UnsupportedKind
    };
    assert_eq!(refusal, expected);
}
