//! A strict reader of JSON bodies that keeps what it doesn't have to understand.
//!
//! serde would do for our own members, but not for the provider's: they must go through verbatim, down to lone
//! surrogates and the digits of numbers, and a body of 32 MiB shall not become a tree of allocations. So the text is
//! checked once (syntax, depth, doubled members), and values are slices of it.

mod fields;
mod kinds;
mod scan;
mod value;

pub use fields::{Clearable, Fields, ReadBody, pointer};
pub use kinds::{
    Fault, boolean, chosen, key_id, list_of, message_id, object, parsed, secret, text, timestamp,
    unicode, whole_number,
};
pub use value::{Kind, Value};

/// Why a body isn't one JSON value as we take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyntaxFault {
    /// What is wrong.
    pub what: &'static str,
    /// At which byte.
    pub at: usize,
}

/// Most levels of arrays and objects.
const MAX_DEPTH: u32 = 128;

/// Most members of one object. All their names are kept until its end, to see whether one comes twice.
const MAX_MEMBERS: usize = 10_000;

/// Checks `body` and returns its value.
///
/// # Errors
/// [`SyntaxFault`] when it isn't exactly one JSON value (RFC 8259) in UTF-8 without a byte order mark, nests deeper
/// than 128 levels, or has an object with the same member twice or more than 10,000 of them.
pub fn parse(body: &[u8]) -> Result<Value<'_>, SyntaxFault> {
    let text = std::str::from_utf8(body).map_err(|fault| SyntaxFault {
        what: "the text isn't UTF-8",
        at: fault.valid_up_to(),
    })?;
    scan::check(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(body: &[u8]) -> &'static str {
        parse(body).unwrap_err().what
    }

    #[test]
    fn what_is_not_one_json_value_is_refused() {
        assert_eq!(fault(b""), "the body is empty");
        assert_eq!(
            fault(b"\xEF\xBB\xBF{}"),
            "the text begins with a byte order mark"
        );
        assert_eq!(fault(b"{} x"), "something follows the value");
        assert_eq!(fault(b"{}{}"), "something follows the value");
        assert_eq!(fault(b"\"\xFF\""), "the text isn't UTF-8");
        assert_eq!(
            fault(b"{\"a\":1,\"\\u0061\":2}"),
            "an object has a member twice"
        );
        assert_eq!(
            fault(b"[{\"a\":{\"b\":1,\"b\":1}}]"),
            "an object has a member twice"
        );
        for text in [
            "{",
            "[1,]",
            "{\"a\" 1}",
            "{a:1}",
            "01",
            "1.",
            "+1",
            ".5",
            "1e",
            "nul",
            "'a'",
            "\"a",
            "\"\\x\"",
            "\"\\u12G4\"",
            "\"\u{1}\"",
            "NaN",
            "Infinity",
            "[1 2]",
            "{\"a\":1,}",
            "//\n1",
            "-",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(128).as_bytes()).is_ok());
        assert_eq!(fault(nested(129).as_bytes()), "the value nests too deep");
        assert_eq!(
            fault("[".repeat(1_000_000).as_bytes()),
            "the value nests too deep"
        );
    }

    #[test]
    fn members_are_bounded() {
        let object = |count: usize| {
            let members: Vec<String> = (0..count).map(|n| format!("\"{n}\":1")).collect();
            format!("{{\"a\":[{{{}}}]}}", members.join(","))
        };
        assert!(parse(object(10_000).as_bytes()).is_ok());
        assert_eq!(
            fault(object(10_001).as_bytes()),
            "an object has too many members"
        );
    }

    #[test]
    fn lone_surrogates_and_numbers_stay_as_they_came() {
        let body = br#"{"a":[1.10, "\ud800", 1e400, {"x":"\u0041"}]}"#;
        let value = parse(body).unwrap();
        let a = value.member("a").unwrap();
        assert_eq!(a.text(), r#"[1.10, "\ud800", 1e400, {"x":"\u0041"}]"#);
        let second = a.items().nth(1).unwrap();
        assert_eq!(second.text(), "\"\\ud800\"");
        assert_eq!(second.string().unwrap(), "\u{FFFD}");
        assert!(!second.is_unicode() && !a.is_unicode());
        let x = a.items().nth(3).unwrap().member("x").unwrap();
        assert_eq!(x.string().unwrap(), "A");
    }

    #[test]
    fn a_lone_surrogate_is_no_character() {
        let is_unicode = |text: &str| parse(text.as_bytes()).unwrap().is_unicode();
        for text in [
            r#""\ud83d\ude00""#,
            r#""\uFFFD \\ud800 \"\u0041""#,
            r#""😀""#,
            "1",
        ] {
            assert!(is_unicode(text), "{text}");
        }
        for text in [
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ude00\ud83d""#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\\\ud800""#,
            r#""\ud800\n""#,
        ] {
            assert!(!is_unicode(text), "{text}");
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".{0,20}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map(".{0,6}", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn agrees_with_serde_json_on_any_text(text in "[\\[\\]{}\",:0-9eE.+\\-ntrufalse \\\\u]{0,30}") {
            let ours = parse(text.as_bytes());
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            match (&ours, &theirs) {
                (Ok(_), Err(error)) => {
                    // What we alone accept: lone surrogates, and numbers beyond every float.
                    let text = error.to_string();
                    prop_assert!(text.contains("surrogate") || text.contains("hex escape") || text.contains("out of range"), "{text}");
                }
                (Err(fault), Ok(_)) => prop_assert_eq!(fault.what, "an object has a member twice"),
                _ => {}
            }
        }

        #[test]
        fn what_is_read_is_what_was_written(value in any_json()) {
            let text = value.to_string();
            let ours = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(ours.text(), text.as_str());
            assert_same(ours, &value)?;
        }

        #[test]
        fn nothing_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = parse(&body) {
                let _ = value.members().count() + value.items().count();
            }
        }
    }

    fn assert_same(ours: Value<'_>, theirs: &serde_json::Value) -> Result<(), TestCaseError> {
        match theirs {
            serde_json::Value::String(text) => prop_assert_eq!(&*ours.string().unwrap(), text),
            serde_json::Value::Array(items) => {
                prop_assert_eq!(ours.items().count(), items.len());
                for (ours, theirs) in ours.items().zip(items) {
                    assert_same(ours, theirs)?;
                }
            }
            serde_json::Value::Object(members) => {
                prop_assert_eq!(ours.members().count(), members.len());
                for (name, theirs) in members {
                    assert_same(ours.member(name).unwrap(), theirs)?;
                }
            }
            other => prop_assert_eq!(ours.text(), other.to_string()),
        }
        Ok(())
    }
}
