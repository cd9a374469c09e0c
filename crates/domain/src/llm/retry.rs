//! When a failed call is tried again. Only ever before anything of the answer reached the client.

use std::time::Duration;

use super::{LlmError, LlmErrorKind};

/// How often and how long to wait (the defaults are those of Anthropic's own SDKs).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most tries after the first.
    pub max_retries: u32,
    /// Longest wait before the first retry; doubles with each further one.
    pub base: Duration,
    /// Longest wait before any retry, also when the provider names one: a person waits no longer.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 2,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
        }
    }
}

impl RetryPolicy {
    /// How long to wait before the next try; `None` when there should be none.
    ///
    /// `retries` is how many there were, `jitter` a random number that spreads the wait over its whole range
    /// (0 is none, `u16::MAX` all of it).
    pub fn wait_before_retry(
        &self,
        error: &LlmError,
        retries: u32,
        jitter: u16,
    ) -> Option<Duration> {
        if retries >= self.max_retries || !worth_retrying(error) {
            return None;
        }
        if let Some(wanted) = error.retry_after {
            return (wanted <= self.cap).then_some(wanted);
        }
        let longest = self.base.saturating_mul(1 << retries.min(16)).min(self.cap);
        Some(longest.mul_f64(f64::from(jitter) / f64::from(u16::MAX)))
    }
}

fn worth_retrying(error: &LlmError) -> bool {
    if error.should_retry == Some(false) || error.kind == LlmErrorKind::Interrupted {
        return false;
    }
    match error.kind {
        // Without a wait that the provider names, asking again only makes it worse, unless it says otherwise.
        LlmErrorKind::RateLimited => {
            error.retry_after.is_some() || error.should_retry == Some(true)
        }
        // Idle time-outs of a minute and a half are the person's whole patience; the provider's own are quick.
        LlmErrorKind::Timeout => error.should_retry == Some(true),
        kind => kind.retryable(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(kind: LlmErrorKind) -> LlmError {
        LlmError::new(kind)
    }

    #[test]
    fn overload_is_retried_twice_with_growing_waits() {
        let policy = RetryPolicy::default();
        let overload = error(LlmErrorKind::Overloaded);
        let wait = |retries| policy.wait_before_retry(&overload, retries, u16::MAX);
        assert_eq!(wait(0), Some(Duration::from_millis(500)));
        assert_eq!(wait(1), Some(Duration::from_secs(1)));
        assert_eq!(wait(2), None);
    }

    #[test]
    fn the_provider_decides_how_long_up_to_the_cap() {
        let policy = RetryPolicy::default();
        let mut limited = error(LlmErrorKind::RateLimited);
        assert_eq!(policy.wait_before_retry(&limited, 0, 9), None);
        limited.retry_after = Some(Duration::from_secs(2));
        assert_eq!(
            policy.wait_before_retry(&limited, 0, 9),
            Some(Duration::from_secs(2))
        );
        limited.retry_after = Some(Duration::from_mins(1));
        assert_eq!(policy.wait_before_retry(&limited, 0, 9), None);
        limited.retry_after = Some(Duration::from_secs(1));
        limited.should_retry = Some(false);
        assert_eq!(policy.wait_before_retry(&limited, 0, 9), None);
    }

    #[test]
    fn the_provider_decides_whether_where_another_try_can_help() {
        let policy = RetryPolicy::default();
        for kind in LlmErrorKind::ALL {
            let said = |should_retry| LlmError {
                should_retry,
                ..error(kind)
            };
            assert_eq!(policy.wait_before_retry(&said(Some(false)), 0, 0), None);
            let helps = kind.retryable() && kind != LlmErrorKind::Interrupted;
            let waits = policy.wait_before_retry(&said(Some(true)), 0, 0);
            assert_eq!(waits.is_some(), helps, "{kind:?}");
        }
    }

    #[test]
    fn a_wait_that_is_over_is_none() {
        let over = LlmError {
            retry_after: Some(Duration::ZERO),
            ..error(LlmErrorKind::RateLimited)
        };
        let wait = RetryPolicy::default().wait_before_retry(&over, 0, u16::MAX);
        assert_eq!(wait, Some(Duration::ZERO));
    }

    #[test]
    fn what_the_key_or_the_request_is_to_blame_for_is_never_retried() {
        for kind in LlmErrorKind::ALL
            .into_iter()
            .filter(|kind| !kind.retryable())
        {
            assert_eq!(
                RetryPolicy::default().wait_before_retry(&error(kind), 0, 0),
                None,
                "{kind:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_the_cap(retries in 0u32..40, jitter in any::<u16>(), seconds in proptest::option::of(0u64..100)) {
            let policy = RetryPolicy { max_retries: 40, ..RetryPolicy::default() };
            let mut overload = error(LlmErrorKind::Overloaded);
            overload.retry_after = seconds.map(Duration::from_secs);
            if let Some(wait) = policy.wait_before_retry(&overload, retries, jitter) {
                prop_assert!(wait <= policy.cap);
            }
        }
    }
}
