//! What every [`ResetCodes`] promises.

use std::{collections::HashSet, sync::Arc};

use latchkey_domain::user::ResetCodes;

use crate::memory::system::SeededRandomness;

/// A maker of codes.
pub struct ResetCodesSetup {
    /// The maker.
    pub codes: Arc<dyn ResetCodes>,
    /// Where it draws its randomness.
    pub randomness: Arc<SeededRandomness>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! reset_codes_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { reset_codes, $factory;
            a_code_has_the_hash_that_it_came_with,
            each_code_is_its_own,
            case_spaces_and_dashes_dont_matter,
            another_text_has_another_hash_or_none,
            without_randomness_no_code_is_made,
        }
    };
}
pub use reset_codes_cases as cases;

/// "A new code and the hash under which it is stored."
pub fn a_code_has_the_hash_that_it_came_with(setup: &ResetCodesSetup) {
    for _ in 0..100 {
        let (code, hash) = setup.codes.generate().unwrap();
        assert!(code.expose().starts_with("lkc_"));
        assert_eq!(setup.codes.hash(code.expose()), Some(hash));
    }
}

/// "A code is 160 random bits …"
pub fn each_code_is_its_own(setup: &ResetCodesSetup) {
    let hashes: HashSet<_> = (0..1_000)
        .map(|_| setup.codes.generate().unwrap().1)
        .collect();
    assert_eq!(hashes.len(), 1_000);
}

/// "… as a person typed it (case, spaces and dashes don't matter)."
pub fn case_spaces_and_dashes_dont_matter(setup: &ResetCodesSetup) {
    let (code, hash) = setup.codes.generate().unwrap();
    let code = code.expose();
    let spaced: String = code.chars().flat_map(|c| [c, ' ']).collect();
    for typed in [
        code.to_uppercase(),
        code.to_lowercase(),
        code.replace('-', ""),
        code.replace('-', " "),
        format!("  {code}\n"),
        spaced,
    ] {
        assert_eq!(setup.codes.hash(&typed), Some(hash), "typed otherwise");
    }
}

/// "`None` for a text that can't be a code."
pub fn another_text_has_another_hash_or_none(setup: &ResetCodesSetup) {
    let (code, hash) = setup.codes.generate().unwrap();
    let code = code.expose();
    for typed in [
        "",
        "lkc_",
        "lkc",
        "hello",
        "\0",
        "äöü",
        &"a".repeat(100_000),
    ] {
        assert_eq!(setup.codes.hash(typed), None);
    }
    let cut = code.get(..code.len() - 1).unwrap_or_default();
    assert_ne!(setup.codes.hash(cut), Some(hash));
    assert_ne!(setup.codes.hash(&format!("{code}a")), Some(hash));
    let tail = code.strip_prefix("lkc_").unwrap_or_default();
    assert_ne!(setup.codes.hash(&format!("lkx_{tail}")), Some(hash));
}

/// "RandomnessError when the system has no random bytes."
pub fn without_randomness_no_code_is_made(setup: &ResetCodesSetup) {
    setup.randomness.set_failing(true);
    assert!(setup.codes.generate().is_err());
}
