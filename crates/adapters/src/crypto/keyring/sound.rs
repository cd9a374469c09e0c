//! Tells random secrets from those that somebody typed or copied.

use super::WeakSecret;

/// Fewest different bytes: 32 random ones have about 30, and fewer than 16 once in 10^17 times.
const MIN_DISTINCT: usize = 16;

/// Secrets that stand in public: in example settings of other products (LibreChat, Supabase, jwt.io) and in tutorials.
const PUBLISHED: [&[u8]; 9] = [
    // LibreChat's CREDS_KEY, JWT_SECRET and JWT_REFRESH_SECRET, as bytes and as the text that they are read as.
    &hex(b"f34be427ebb29de8d88c107a71546019685ed8b241d8f2ed00c3df97ad2566f0"),
    &hex(b"16f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909ef"),
    &hex(b"eaa5191f2914e30b9387fd84e254e4ba6fc51b4654968a9b0803b456a54b8418"),
    b"16f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909ef",
    b"eaa5191f2914e30b9387fd84e254e4ba6fc51b4654968a9b0803b456a54b8418",
    b"your-super-secret-jwt-token-with-at-least-32-characters-long",
    b"a-string-secret-at-least-256-bits-long",
    b"0123456789abcdef0123456789abcdef",
    b"abcdefghijklmnopqrstuvwxyz123456",
];

/// Whether `secret` may be used as a root key: 32 bytes that nobody could guess.
pub(super) fn check_key(secret: &[u8]) -> Result<(), WeakSecret> {
    if secret.len() != 32 {
        return Err(WeakSecret::WrongLength {
            found: secret.len(),
        });
    }
    check_bytes(secret)
}

/// Whether `secret` may sign: at least 32 bytes that nobody could guess.
pub(super) fn check_signing_secret(secret: &[u8]) -> Result<(), WeakSecret> {
    if secret.len() < 32 {
        return Err(WeakSecret::WrongLength {
            found: secret.len(),
        });
    }
    check_bytes(secret)
}

fn check_bytes(secret: &[u8]) -> Result<(), WeakSecret> {
    let mut seen = [false; 256];
    for &byte in secret {
        if let Some(slot) = seen.get_mut(usize::from(byte)) {
            *slot = true;
        }
    }
    let distinct = seen.into_iter().filter(|&was_seen| was_seen).count();
    if distinct == 1 {
        return Err(WeakSecret::OneByte);
    }
    if PUBLISHED.contains(&secret) || counts_up_or_down(secret) {
        return Err(WeakSecret::PublishedSample);
    }
    if distinct < MIN_DISTINCT {
        return Err(WeakSecret::TooUniform { distinct });
    }
    Ok(())
}

/// 00 01 02 … and its like: the keys of test vectors, our own among them.
fn counts_up_or_down(secret: &[u8]) -> bool {
    let mut steps = secret
        .iter()
        .zip(secret.iter().skip(1))
        .map(|(a, b)| b.wrapping_sub(*a));
    steps
        .next()
        .is_some_and(|first| steps.all(|step| step == first))
}

/// The 32 bytes that 64 hexadecimal digits stand for.
const fn hex(digits: &[u8; 64]) -> [u8; 32] {
    const fn value(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            _ => digit - b'a' + 10,
        }
    }
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < 32 {
        #[expect(
            clippy::indexing_slicing,
            reason = "evaluated at compile time; a wrong index would not compile"
        )]
        {
            bytes[at] = value(digits[2 * at]) * 16 + value(digits[2 * at + 1]);
        }
        at += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessable_secrets_are_refused() {
        assert_eq!(check_key(&[0; 32]), Err(WeakSecret::OneByte));
        assert_eq!(
            check_key(&[7; 31]),
            Err(WeakSecret::WrongLength { found: 31 })
        );
        assert_eq!(
            check_key(&[7; 33]),
            Err(WeakSecret::WrongLength { found: 33 })
        );
        let few: Vec<u8> = (0_u8..32).map(|i| (i % 4) * 3 + i % 5).collect();
        assert!(matches!(
            check_key(&few),
            Err(WeakSecret::TooUniform { .. })
        ));
        let counting: Vec<u8> = (0..32).collect();
        assert_eq!(check_key(&counting), Err(WeakSecret::PublishedSample));
        for sample in PUBLISHED {
            assert_eq!(
                check_signing_secret(sample),
                Err(WeakSecret::PublishedSample)
            );
        }
    }

    #[test]
    fn signing_secrets_may_be_longer() {
        let text = b"x7Kq2mWz9RtB4nVc6YpL1sHd8FgJ3aEoUiTkQbNw";
        assert_eq!(check_signing_secret(text), Ok(()));
        assert_eq!(
            check_signing_secret(&text[..31]),
            Err(WeakSecret::WrongLength { found: 31 })
        );
        assert_eq!(
            check_signing_secret(b""),
            Err(WeakSecret::WrongLength { found: 0 })
        );
    }
}
