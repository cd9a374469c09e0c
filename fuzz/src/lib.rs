//! What the targets share: randomness that the input gives.

use latchkey_domain::system::{Randomness, RandomnessError};

/// Gives these bytes, over and over; zeros if there are none.
pub struct Given(pub Vec<u8>);

impl Randomness for Given {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        let given = self.0.iter().cycle().chain(std::iter::repeat(&0));
        for (byte, given) in bytes.iter_mut().zip(given) {
            *byte = *given;
        }
        Ok(())
    }
}

/// The number in the first eight bytes, filled up with zeros.
pub fn number(data: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (byte, given) in bytes.iter_mut().zip(data) {
        *byte = *given;
    }
    u64::from_be_bytes(bytes)
}

/// The text with one character replaced, if that makes it another text.
pub fn with_one_changed(text: &str, at: usize, by: u8) -> Option<String> {
    let mut changed = text.as_bytes().to_vec();
    let at = at % changed.len().max(1);
    *changed.get_mut(at)? = by;
    let changed = String::from_utf8(changed).ok()?;
    (changed != text).then_some(changed)
}
