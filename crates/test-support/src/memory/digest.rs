//! One keyed hash for all fakes: good enough to refuse what a test changed.

use sha2::{Digest, Sha256};

/// SHA-256 over the parts with their lengths, so that no part slides into another.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    let pairs = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    pairs.map(digit).collect()
}
