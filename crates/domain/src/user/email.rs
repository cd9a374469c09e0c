//! E-mail addresses, as names to sign in with.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Most bytes of an address (RFC 5321, 4.5.3.1.3, less the angle brackets).
const MAX_BYTES: usize = 254;

/// An e-mail address: NFC, lower case, `local@domain`, at most 254 bytes.
///
/// No mail is ever sent to it; what matters is that two spellings of one address are one account.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as a person types it.
    ///
    /// # Errors
    /// [`InvalidEmail`] when it isn't of the form `local@domain` or is too long.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let address: String = text.trim().nfc().flat_map(char::to_lowercase).collect();
        let (local, domain) = address.rsplit_once('@').ok_or(InvalidEmail)?;
        let printable = |c: char| !c.is_control() && !c.is_whitespace();
        let fits = address.len() <= MAX_BYTES
            && !local.is_empty()
            && local.len() <= 64
            && !local.contains('@')
            && address.chars().all(printable)
            && is_domain(domain);
        if fits {
            Ok(Self(address))
        } else {
            Err(InvalidEmail)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

impl fmt::Debug for Email {
    /// Only that there is one: full addresses don't belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// The text isn't an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address")]
pub struct InvalidEmail;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_address_are_equal() {
        let plain = Email::parse("ada@example.org").unwrap();
        assert_eq!(Email::parse("  Ada@Example.ORG ").unwrap(), plain);
        assert_eq!(plain.local_part(), "ada");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "a b@example.org",
            "ada@ex_ample.org",
            "a@b@c",
            "ada@-x.org",
            "ada@x..org",
            "a\u{0}b@x.org",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        assert!(Email::parse(&format!("{}@example.org", "a".repeat(65))).is_err());
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(text in "\\PC{0,40}@[a-z]{1,10}\\.org") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
            }
        }
    }
}
