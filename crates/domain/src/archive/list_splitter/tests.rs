//! Lists, cut anywhere.

use super::*;
use proptest::prelude::*;

/// What comes of `bytes` in pieces, each as long as the next of `lengths` says.
fn split(
    bytes: &[u8],
    lengths: &[usize],
    max_item: usize,
) -> (Vec<ListItem>, Result<(), NotAList>) {
    let mut splitter = ListSplitter::new(max_item);
    let mut items = Vec::new();
    let mut rest = bytes;
    let mut lengths = lengths.iter().cycle();
    while !rest.is_empty() {
        let length = (*lengths.next().unwrap()).clamp(1, rest.len());
        let (piece, behind) = rest.split_at(length);
        let (more, outcome) = splitter.push(piece);
        items.extend(more);
        if outcome.is_err() {
            return (items, outcome);
        }
        rest = behind;
    }
    (items, splitter.finish())
}

fn whole(items: &[&str]) -> Vec<ListItem> {
    let items = items.iter();
    items
        .map(|item| ListItem::Whole(item.as_bytes().to_vec()))
        .collect()
}

#[test]
fn items_are_cut_at_their_own_ends() {
    let items = [
        r#"{"a":"]},\"[{","b":[1,[2]]}"#,
        "[3]",
        "-7.5e1",
        r#""x,y\\""#,
        "null",
        "[]",
    ];
    for text in [
        format!("[{}]", items.join(",")),
        format!("\u{FEFF} [\n{} \r\n]\n", items.join(" ,\t")),
    ] {
        for piece in [1, 2, 3, 7, 1_000] {
            let found = split(text.as_bytes(), &[piece], 1_000);
            assert_eq!(found, (whole(&items), Ok(())), "{text} by {piece}");
        }
    }
    assert_eq!(split(b" [ ] ", &[1], 10), (vec![], Ok(())));
}

#[test]
fn what_is_no_list_is_refused_where_it_ends_to_be_one() {
    for (text, at) in [
        ("{\"a\":1}", 0),
        ("PK\u{3}\u{4}", 0),
        ("\u{1f}\u{8b}", 0),
        (" x", 1),
        ("[] []", 3),
        ("[1]x", 3),
        ("[,1]", 1),
        ("[1,,2]", 3),
        ("[1,]", 3),
        ("[1 2]", 3),
        ("[{} {}]", 4),
        ("[}", 1),
        ("[1}", 2),
        ("[+1]", 1),
        ("[\"a\"b]", 4),
    ] {
        let found = split(text.as_bytes(), &[3], 10).1;
        let byte = text.as_bytes()[usize::try_from(at).unwrap()];
        let expected = NotAList::Unexpected { at, found: byte };
        assert_eq!(found, Err(expected), "{text}");
    }
    // Half a mark of UTF-8.
    let halved = NotAList::Unexpected { at: 2, found: b'[' };
    assert_eq!(split(b"\xEF\xBB[]", &[1], 10).1, Err(halved));
}

#[test]
fn what_has_no_end_breaks_off() {
    for text in [
        "",
        " ",
        "[",
        "[1",
        "[{\"a\":1}",
        "[{\"a\":1},",
        "[{\"a\":",
        "[\"x",
        "[\"x\\\"]",
    ] {
        let after = u64::try_from(text.len()).unwrap();
        let found = split(text.as_bytes(), &[3], 10).1;
        assert_eq!(found, Err(NotAList::BrokenOff { after }), "{text}");
    }
}

#[test]
fn an_item_that_is_too_long_is_passed_over_and_not_kept() {
    let text = format!(
        "[{{\"a\":\"{}\"}},[2],\"{}\"]",
        "x".repeat(100_000),
        "y".repeat(60)
    );
    let mut splitter = ListSplitter::new(50);
    let mut items = Vec::new();
    for piece in text.as_bytes().chunks(1_000) {
        items.extend(splitter.push(piece).0);
        assert!(splitter.item.capacity() <= 128);
    }
    let expected = [
        ListItem::TooLong,
        ListItem::Whole(b"[2]".to_vec()),
        ListItem::TooLong,
    ];
    assert_eq!(items, expected);
    assert_eq!(splitter.finish(), Ok(()));
}

/// A string as JSON has it, with everything that could be taken for syntax.
fn string() -> impl Strategy<Value = String> {
    let letters = prop_oneof![
        Just("a".to_owned()),
        Just("\\\"".to_owned()),
        Just("\\\\".to_owned()),
        Just("\\u005b".to_owned()),
        Just("ß東🦀".to_owned()),
        "[\\[\\]{},: ]",
    ];
    proptest::collection::vec(letters, 0..8).prop_map(|letters| format!("\"{}\"", letters.concat()))
}

fn value() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        string(),
        any::<i32>().prop_map(|number| number.to_string()),
        Just("true".to_owned()),
        Just("null".to_owned()),
    ];
    plain.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[ {}]", items.join(" , "))),
            proptest::collection::vec((string(), inner), 0..4).prop_map(|members| {
                let members = members
                    .iter()
                    .map(|(name, value)| format!("{name} :{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    /// Also in the middle of a character, of an escape and of a number.
    #[test]
    fn wherever_the_pieces_end_the_items_are_the_same(
        items in proptest::collection::vec(value(), 0..6),
        between in "[ \n]{0,2}",
        lengths in proptest::collection::vec(1_usize..9, 1..6),
    ) {
        let text = format!("[{between}{}{between}]", items.join(&format!("{between},{between}")));
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        prop_assert_eq!(split(text.as_bytes(), &lengths, 10_000), (whole(&items), Ok(())));
    }

    #[test]
    fn any_bytes_come_to_the_same_end_wherever_the_pieces_end(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'['), Just(b'"'), Just(b','), Just(b']')], 0..60),
        lengths in proptest::collection::vec(1_usize..9, 1..6),
    ) {
        let (items, end) = split(&bytes, &lengths, 20);
        let at_once = split(&bytes, &[bytes.len().max(1)], 20);
        prop_assert_eq!((&items, end), (&at_once.0, at_once.1));
        for item in items {
            prop_assert!(!matches!(item, ListItem::Whole(bytes) if bytes.len() > 20));
        }
    }
}
