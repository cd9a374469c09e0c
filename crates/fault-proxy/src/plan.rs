//! What happens to one connection.

use std::{fmt, str::FromStr, time::Duration};

use crate::Chance;

/// What happens to the answers of one connection. By default nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub(crate) delay: Duration,
    pub(crate) splits: Vec<usize>,
    pub(crate) drip: Option<(usize, Duration)>,
    pub(crate) corrupt: Option<(usize, u8)>,
    pub(crate) end: Option<(usize, End)>,
}

/// How a connection ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// FIN: as a server that closes it.
    Close,
    /// RST: as a server that crashed.
    Reset,
    /// It stays open and nothing passes any more: as a network that was cut.
    Stall,
}

impl Plan {
    /// Passes everything on as it comes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits before the first byte of the answer.
    #[must_use]
    pub fn delay(mut self, wait: Duration) -> Self {
        self.delay = wait;
        self
    }

    /// Writes what comes before this byte and what comes from it on separately; may be said more than once.
    #[must_use]
    pub fn split_at(mut self, byte: usize) -> Self {
        self.splits.push(byte);
        self.splits.sort_unstable();
        self
    }

    /// Writes so many bytes (at least one) at a time, with a pause after each write.
    #[must_use]
    pub fn drip(mut self, bytes: usize, pause: Duration) -> Self {
        self.drip = Some((bytes.max(1), pause));
        self
    }

    /// Flips these bits of one byte.
    #[must_use]
    pub fn corrupt(mut self, byte: usize, bits: u8) -> Self {
        self.corrupt = Some((byte, bits));
        self
    }

    /// Ends the connection once so many bytes have passed; at 0, once the server begins to answer.
    #[must_use]
    pub fn end(mut self, after: usize, how: End) -> Self {
        self.end = Some((after, how));
        self
    }

    /// A plan by chance: always a way of writing, mostly a fault within the first `length` bytes.
    #[must_use]
    pub fn drawn(chance: &mut Chance, length: usize) -> Self {
        let plan = match chance.below(3) {
            0 => Self::new(),
            1 => {
                let splits = chance.below(4) + 1;
                (0..splits).fold(Self::new(), |plan, _| plan.split_at(chance.below(length)))
            }
            _ => Self::new().drip(
                chance.below(64) + 1,
                Duration::from_micros(u64::try_from(chance.below(300)).unwrap_or_default()),
            ),
        };
        let at = chance.below(length);
        match chance.below(5) {
            0 => plan,
            1 => plan.corrupt(at, 1 << (chance.below(8))),
            2 => plan.end(at, End::Close),
            3 => plan.end(at, End::Reset),
            _ => plan.end(at, End::Stall),
        }
    }
}

/// As it can be read again: `delay=20ms split@3 drip=2/5ms corrupt@7:1 close@40`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        if !self.delay.is_zero() {
            words.push(format!("delay={}us", self.delay.as_micros()));
        }
        words.extend(self.splits.iter().map(|byte| format!("split@{byte}")));
        if let Some((bytes, pause)) = self.drip {
            words.push(format!("drip={bytes}/{}us", pause.as_micros()));
        }
        if let Some((byte, bits)) = self.corrupt {
            words.push(format!("corrupt@{byte}:{bits}"));
        }
        if let Some((after, how)) = self.end {
            let how = match how {
                End::Close => "close",
                End::Reset => "reset",
                End::Stall => "stall",
            };
            words.push(format!("{how}@{after}"));
        }
        f.write_str(&words.join(" "))
    }
}

/// A plan's words make no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPlan(String);

impl fmt::Display for InvalidPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` isn't one of delay=20ms, split@BYTE, drip=BYTES/5ms, corrupt@BYTE:BITS, close@BYTE, reset@BYTE, stall@BYTE",
            self.0
        )
    }
}

impl std::error::Error for InvalidPlan {}

impl FromStr for Plan {
    type Err = InvalidPlan;

    fn from_str(text: &str) -> Result<Self, InvalidPlan> {
        text.split_whitespace().try_fold(Self::new(), |plan, word| {
            with(plan, word).ok_or_else(|| InvalidPlan(word.to_owned()))
        })
    }
}

fn with(plan: Plan, word: &str) -> Option<Plan> {
    if let Some((what, value)) = word.split_once('=') {
        return match what {
            "delay" => Some(plan.delay(duration(value)?)),
            "drip" => {
                let (bytes, pause) = value.split_once('/')?;
                Some(plan.drip(bytes.parse().ok()?, duration(pause)?))
            }
            _ => None,
        };
    }
    let (what, place) = word.split_once('@')?;
    match what {
        "split" => Some(plan.split_at(place.parse().ok()?)),
        "corrupt" => {
            let (byte, bits) = place.split_once(':')?;
            Some(plan.corrupt(byte.parse().ok()?, bits.parse().ok()?))
        }
        "close" => Some(plan.end(place.parse().ok()?, End::Close)),
        "reset" => Some(plan.end(place.parse().ok()?, End::Reset)),
        "stall" => Some(plan.end(place.parse().ok()?, End::Stall)),
        _ => None,
    }
}

fn duration(text: &str) -> Option<Duration> {
    let number = |unit: &str| text.strip_suffix(unit)?.parse().ok();
    if let Some(milliseconds) = number("ms") {
        Some(Duration::from_millis(milliseconds))
    } else if let Some(microseconds) = number("us") {
        Some(Duration::from_micros(microseconds))
    } else {
        number("s").map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut chance = Chance::new(7);
        for _ in 0..1_000 {
            let plan = Plan::drawn(&mut chance, 4_000).delay(Duration::from_millis(3));
            assert_eq!(plan.to_string().parse(), Ok(plan));
        }
    }

    #[test]
    fn words_without_sense_are_named() {
        for word in [
            "cut@3",
            "close@",
            "drip=3",
            "delay=3",
            "corrupt@4",
            "split@-1",
            "x",
        ] {
            let error = format!("split@1 {word}").parse::<Plan>().unwrap_err();
            assert!(error.to_string().starts_with(&format!("`{word}`")));
        }
    }
}
