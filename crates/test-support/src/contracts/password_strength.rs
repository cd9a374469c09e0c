//! What every [`PasswordStrength`] promises.

use std::sync::Arc;

use latchkey_domain::{
    secret::SecretText,
    user::{Password, PasswordStrength, PasswordWeakness},
};

/// Makes a test of each case.
#[macro_export]
macro_rules! password_strength_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { password_strength, $factory;
            a_few_unrelated_words_are_good,
            the_most_used_passwords_are_refused,
            what_an_attacker_knows_of_the_person_is_refused,
            what_is_guessed_in_few_tries_is_refused,
            words_of_somebody_else_dont_matter,
        }
    };
}
pub use password_strength_cases as cases;

/// A good password is taken, whoever it is.
pub fn a_few_unrelated_words_are_good(judge: &Arc<dyn PasswordStrength>) {
    for text in ["correct horse battery staple!", "vexing-otter-plumb-quartz"] {
        assert_eq!(verdict(judge, text, &["ada", "example"]), Ok(()), "{text}");
    }
}

/// "It stands in the list of the most used passwords."
pub fn the_most_used_passwords_are_refused(judge: &Arc<dyn PasswordStrength>) {
    for text in ["password", "123456789", "qwertyuiop"] {
        assert_eq!(
            verdict(judge, text, &[]),
            Err(PasswordWeakness::Common),
            "{text}"
        );
    }
}

/// "It is made of the account's own address or name, or this product's."
pub fn what_an_attacker_knows_of_the_person_is_refused(judge: &Arc<dyn PasswordStrength>) {
    for text in [
        "lovelacelovelace",
        "Lovelace1815",
        "latchkey2026",
        "LatchKey-LatchKey",
    ] {
        assert!(verdict(judge, text, &["lovelace"]).is_err(), "{text}");
    }
}

/// "It would be guessed in too few tries."
pub fn what_is_guessed_in_few_tries_is_refused(judge: &Arc<dyn PasswordStrength>) {
    for text in ["aaaaaaaaaaaaaaaa", "abcabcabcabcabc"] {
        assert!(verdict(judge, text, &[]).is_err(), "{text}");
    }
}

/// Only the `personal` words of the call count.
pub fn words_of_somebody_else_dont_matter(judge: &Arc<dyn PasswordStrength>) {
    let text = "wren-mopoke-gallium-91";
    assert!(verdict(judge, text, &["wren-mopoke-gallium-91"]).is_err());
    assert_eq!(verdict(judge, text, &["lovelace"]), Ok(()));
}

fn verdict(
    judge: &Arc<dyn PasswordStrength>,
    text: &str,
    personal: &[&str],
) -> Result<(), PasswordWeakness> {
    let password = Password::present(&SecretText::new(text.to_owned())).expect("not too long");
    let personal: Vec<String> = personal.iter().map(|&word| word.to_owned()).collect();
    judge.judge(&password, &personal)
}
