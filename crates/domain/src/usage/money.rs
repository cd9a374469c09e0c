//! Money, exact.

/// Billionths of a US dollar. Sums of them are checked; there is no float anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NanoUsd(pub i64);

impl NanoUsd {
    /// The sum; `None` when it doesn't fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference; `None` when it doesn't fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

/// What a call cost, and by which prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The amount; `None` when it isn't known (a model without a price, no usage): never 0 for "unknown".
    pub amount: Option<NanoUsd>,
    /// What the same call would have cost without the prompt cache, less `amount`: negative when writing to the cache
    /// cost more than reading from it brought. `None` when it isn't known.
    pub saved: Option<NanoUsd>,
    /// Version of the price table.
    pub price_version: &'static str,
}
