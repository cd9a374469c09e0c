//! Which passwords are refused, and why.

use latchkey_adapters::crypto::password::Strength;
use latchkey_domain::{
    secret::SecretText,
    user::{Password, PasswordStrength, PasswordWeakness},
};

fn judge(text: &str, personal: &[&str]) -> Result<(), PasswordWeakness> {
    let password = Password::present(&SecretText::new(text.to_owned())).unwrap();
    let personal: Vec<String> = personal.iter().map(|it| (*it).to_owned()).collect();
    Strength.judge(&password, &personal)
}

#[test]
fn good_passwords_pass() {
    let good = [
        "correct horse battery staple!",
        "xK9#mQ2$vL7p",
        "vier blaue Elefanten tanzen",
        "ada rides a purple bicycle",
        "пятнадцать зелёных слонов",
        "claude would not guess this sentence",
    ];
    for password in good {
        assert_eq!(
            judge(password, &["ada@example.org", "Ada"]),
            Ok(()),
            "{password}"
        );
    }
}

#[test]
fn the_most_used_are_refused_in_either_case() {
    let common = [
        "password",
        "1234567890qwerty",
        "passwordstandard",
        "QWERTYUIOP12345",
        "1qazxsw23edcvfr4",
        "12345678900987654321",
        "PolniyPizdec0211",
    ];
    for password in common {
        assert_eq!(
            judge(password, &[]),
            Err(PasswordWeakness::Common),
            "{password}"
        );
    }
    assert_ne!(
        judge("# mit license", &[]),
        Err(PasswordWeakness::Common),
        "the licence is not on the list"
    );
    assert_ne!(judge("#", &[]), Err(PasswordWeakness::Common));
}

#[test]
fn this_products_name_with_digits_is_refused() {
    for password in [
        "latchkey123456",
        "Latchkey-2026!",
        "claude20262027",
        "AnthropicClaude1",
        "2026latchkey2026",
        "latchkeylatchkey",
    ] {
        assert_eq!(
            judge(password, &[]),
            Err(PasswordWeakness::Personal),
            "{password}"
        );
    }
}

#[test]
fn words_of_the_account_are_refused_also_repeated() {
    let personal = ["ada.lovelace@analytical-engine.example", "Ada Lovelace"];
    for password in [
        "adaadaadaada",
        "lovelacelovelace",
        "Ada.Lovelace1815",
        "ada.lovelace@analytical-engine.example",
        "analyticalengine1",
        "LovelaceAda!!2026",
        "ada lovelace xy",
    ] {
        assert_eq!(
            judge(password, &personal),
            Err(PasswordWeakness::Personal),
            "{password}"
        );
    }
}

#[test]
fn what_is_soon_guessed_is_refused() {
    for password in [
        "abcabcabcabcabc",
        "aaaaaaaaaaaaaaaa",
        "password2026!",
        "qwertyuiopasdf",
        "monkeymonkey12",
    ] {
        assert_eq!(
            judge(password, &[]),
            Err(PasswordWeakness::Guessable),
            "{password}"
        );
    }
}

#[test]
fn short_parts_of_an_address_say_nothing() {
    assert_eq!(judge("xK9#mQ2$vL7p", &["xk@9.io", "", "Li"]), Ok(()));
}
