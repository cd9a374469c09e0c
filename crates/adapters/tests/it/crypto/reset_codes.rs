//! Reset codes: read aloud, typed somehow, known by their hash.

use std::{collections::HashSet, sync::Arc};

use latchkey_adapters::{crypto::tokens::RandomResetCodes, system::OsRandom};
use latchkey_domain::{
    system::{Randomness, RandomnessError},
    user::ResetCodes,
};
use latchkey_test_support::memory::system::SeededRandomness;

fn codes() -> RandomResetCodes {
    RandomResetCodes::new(Arc::new(OsRandom))
}

#[test]
fn a_code_can_be_read_aloud_and_is_known_by_its_hash() {
    let (code, hash) = codes().generate().unwrap();
    let text = code.expose();
    assert!(text.starts_with("lkc_"));
    let groups: Vec<_> = text[4..].split('-').collect();
    assert_eq!(groups.len(), 8);
    let is_plain = |c: char| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c);
    assert!(
        groups
            .iter()
            .all(|it| it.len() == 4 && it.chars().all(is_plain)),
        "{text}"
    );
    assert_eq!(codes().hash(text), Some(hash));
}

#[test]
fn no_two_codes_are_the_same() {
    let hashes: HashSet<_> = (0..1_000).map(|_| codes().generate().unwrap().1).collect();
    assert_eq!(hashes.len(), 1_000);
}

#[test]
fn how_it_is_typed_does_not_matter() {
    for _ in 0..100 {
        let (code, hash) = codes().generate().unwrap();
        let text = code.expose();
        let typed = [
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', " "),
            text.replace("lkc_", ""),
            text.replace("lkc_", "LKC_"),
            format!("  {text}\n"),
            text.replace('0', "O").replace('1', "l"),
            text.replace('0', "o").replace('1', "I"),
        ];
        for typed in typed {
            assert_eq!(codes().hash(&typed), Some(hash), "{typed}");
        }
    }
}

#[test]
fn another_code_has_another_hash_and_another_text_none() {
    let (code, hash) = codes().generate().unwrap();
    let text = code.expose();
    let last = if text.ends_with('0') { "2" } else { "0" };
    let other = format!("{}{last}", &text[..text.len() - 1]);
    assert!(codes().hash(&other).is_some_and(|it| it != hash));
    let none = [
        "",
        "lkc_",
        &text[..text.len() - 1],
        &format!("{text}0"),
        &text.replace('-', "_"),
        &format!("{}U", &text[..text.len() - 1]),
        &text.replace("lkc_", "lkr_"),
        "é",
        "lkcé",
        &"0".repeat(8_192),
    ];
    for text in none {
        assert_eq!(codes().hash(text), None, "{text}");
    }
}

#[test]
fn the_text_stands_for_its_bytes() {
    struct Ones;
    impl Randomness for Ones {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
            bytes.fill(0xFF);
            Ok(())
        }
    }
    let (code, _) = RandomResetCodes::new(Arc::new(Ones)).generate().unwrap();
    assert_eq!(code.expose(), "lkc_ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ");
    let random = SeededRandomness::new(1);
    random.set_failing(true);
    assert!(RandomResetCodes::new(Arc::new(random)).generate().is_err());
}
