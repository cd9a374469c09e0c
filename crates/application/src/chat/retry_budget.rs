//! The retry budget: when the provider fails for everybody, retries must not double its load.

use std::sync::atomic::{AtomicI64, Ordering};

/// What a request adds, in hundredths of a retry: so retries stay below a fifth of the requests, what was saved up
/// included, once there are a thousand.
const PER_REQUEST: i64 = 19;
/// What a retry takes.
const PER_RETRY: i64 = 100;
/// Most that is saved up: ten retries.
const MOST: i64 = 1_000;

/// A budget of retries, shared by all requests of the process.
#[derive(Debug)]
pub(super) struct RetryBudget(AtomicI64);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicI64::new(MOST))
    }
}

impl RetryBudget {
    /// Counts a request.
    pub(super) fn request(&self) {
        self.change(|saved| Some((saved + PER_REQUEST).min(MOST)));
    }

    /// Takes one retry out; `false` if there is none left.
    pub(super) fn take_retry(&self) -> bool {
        self.change(|saved| (saved >= PER_RETRY).then(|| saved - PER_RETRY))
    }

    fn change(&self, to: impl FnMut(i64) -> Option<i64>) -> bool {
        AtomicI64::fetch_update(&self.0, Ordering::Relaxed, Ordering::Relaxed, to).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_storm_retries_stay_below_a_fifth_of_the_requests() {
        let budget = RetryBudget::default();
        let mut retries = 0;
        for _ in 0..10_000 {
            budget.request();
            retries += u32::from(budget.take_retry()) + u32::from(budget.take_retry());
        }
        assert!(retries <= 10_000 / 5, "{retries} retries");
    }

    #[test]
    fn a_quiet_time_saves_up_ten_retries() {
        let budget = RetryBudget::default();
        for _ in 0..100 {
            budget.request();
        }
        assert_eq!((0..100).filter(|_| budget.take_retry()).count(), 10);
    }
}
