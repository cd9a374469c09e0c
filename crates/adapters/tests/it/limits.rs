//! Limits counted in memory: exact, whatever the clock does, and never in more memory than allowed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at once")]
#![expect(clippy::unused_async, reason = "the suite awaits its set-up")]

use std::{sync::Arc, time::Duration};

use latchkey_adapters::limits::{LimitSettings, MemoryRateLimiter};
use latchkey_domain::rate_limit::{
    LimitName, LimitReached, LimitSubject, RateLimiter, RateLimiterError,
};
use latchkey_test_support::{
    contract_tests,
    contracts::rate_limiter::{LIMITS, RateLimiterSetup},
    memory::system::ManualClock,
};

contract_tests!(rate_limiter, crate::limits::limiter);

async fn limiter() -> RateLimiterSetup {
    let settings = LIMITS
        .into_iter()
        .fold(LimitSettings::default(), |settings, (name, max)| {
            settings.with(name, max)
        });
    let clock = Arc::new(ManualClock::new());
    RateLimiterSetup {
        limiter: Arc::new(MemoryRateLimiter::new(settings, clock.clone())),
        clock,
        guard: Box::new(()),
    }
}

const FAILURES: LimitName = LimitName::LoginFailuresPerAccount;
const QUARTER: Duration = Duration::from_mins(15);

struct Fixture {
    clock: Arc<ManualClock>,
    limiter: Arc<MemoryRateLimiter>,
}

impl Fixture {
    fn new(settings: LimitSettings) -> Self {
        Self::with_capacity(settings, 100_000)
    }

    fn with_capacity(settings: LimitSettings, max_subjects: usize) -> Self {
        let clock = Arc::new(ManualClock::new());
        let limiter = MemoryRateLimiter::with_capacity(settings, clock.clone(), max_subjects);
        Self {
            clock,
            limiter: Arc::new(limiter),
        }
    }

    async fn take(&self, name: LimitName, subject: &str) -> Result<u32, LimitReached> {
        match self
            .limiter
            .take(name, &LimitSubject(subject.to_owned()))
            .await
        {
            Ok(state) => Ok(state.remaining),
            Err(RateLimiterError::Reached(reached)) => Err(reached),
            Err(RateLimiterError::Store(error)) => panic!("{error}"),
        }
    }

    /// Takes so many, all of which are granted.
    async fn take_all(&self, name: LimitName, subject: &str, count: u32) {
        for _ in 0..count {
            self.take(name, subject).await.unwrap();
        }
    }

    async fn enter(
        &self,
        subject: &str,
    ) -> Result<Box<dyn latchkey_domain::rate_limit::LimitPermit>, RateLimiterError> {
        self.limiter
            .enter(LimitName::ChatParallel, &LimitSubject(subject.to_owned()))
            .await
    }
}

#[tokio::test]
async fn the_eleventh_of_ten_is_refused_until_the_first_is_a_window_old() {
    let fixture = Fixture::new(LimitSettings::default());
    for left in (0..10).rev() {
        assert_eq!(fixture.take(FAILURES, "ada").await, Ok(left));
        fixture.clock.advance(Duration::from_secs(10));
    }
    let reached = fixture.take(FAILURES, "ada").await.unwrap_err();
    let retry_after = Duration::from_secs(15 * 60 - 100);
    assert_eq!(
        reached,
        LimitReached {
            name: FAILURES,
            max: 10,
            retry_after
        }
    );

    let shortly_before = retry_after.saturating_sub(Duration::from_micros(1));
    fixture.clock.advance(shortly_before);
    let reached = fixture.take(FAILURES, "ada").await.unwrap_err();
    assert_eq!(
        reached.retry_after,
        Duration::from_secs(1),
        "at least a second"
    );
    fixture.clock.advance(Duration::from_micros(1));
    assert_eq!(fixture.take(FAILURES, "ada").await, Ok(0));
    assert!(
        fixture.take(FAILURES, "ada").await.is_err(),
        "the second counts ten seconds more"
    );
}

#[tokio::test]
async fn what_is_refused_is_not_counted() {
    let fixture = Fixture::new(LimitSettings::default());
    fixture.take_all(FAILURES, "ada", 10).await;
    fixture.clock.advance(QUARTER / 2);
    for _ in 0..100 {
        assert!(fixture.take(FAILURES, "ada").await.is_err());
    }
    fixture.clock.advance(QUARTER / 2);
    fixture.take_all(FAILURES, "ada", 10).await;
}

#[tokio::test]
async fn no_window_of_any_place_holds_more_than_allowed() {
    let fixture = Fixture::new(LimitSettings::default());
    let mut granted = Vec::new();
    for second in 0..3_600_u64 {
        if fixture.take(FAILURES, "ada").await.is_ok() {
            granted.push(second);
        }
        fixture.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(granted.len(), 40);
    for pair in granted.windows(11) {
        assert!(pair[10] - pair[0] >= QUARTER.as_secs(), "{pair:?}");
    }
}

#[tokio::test]
async fn subjects_and_limits_are_counted_apart() {
    let fixture = Fixture::new(LimitSettings::default());
    fixture.take_all(FAILURES, "ada", 10).await;
    assert_eq!(fixture.take(FAILURES, "bob").await, Ok(9));
    assert_eq!(fixture.take(LimitName::KeyTests, "ada").await, Ok(9));
}

#[tokio::test]
async fn looking_does_not_count() {
    let fixture = Fixture::new(LimitSettings::default());
    let ada = LimitSubject("ada".to_owned());
    for _ in 0..20 {
        let state = fixture.limiter.peek(FAILURES, &ada).await.unwrap();
        assert_eq!(
            (state.max, state.remaining, state.resets_in),
            (10, 10, Duration::ZERO)
        );
    }
    assert_eq!(fixture.limiter.subjects(), 0);
    fixture.take_all(FAILURES, "ada", 3).await;
    fixture.clock.advance(Duration::from_mins(1));
    let state = fixture.limiter.peek(FAILURES, &ada).await.unwrap();
    assert_eq!(
        (state.remaining, state.resets_in),
        (7, Duration::from_mins(14))
    );
    fixture.take_all(FAILURES, "ada", 7).await;
    let outcome = fixture.limiter.peek(FAILURES, &ada).await;
    let Err(RateLimiterError::Reached(reached)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(reached.retry_after, Duration::from_mins(14));
}

#[tokio::test]
async fn a_clock_that_steps_back_a_little_changes_little() {
    let fixture = Fixture::new(LimitSettings::default());
    fixture.take_all(FAILURES, "ada", 10).await;
    fixture.clock.step_back(Duration::from_mins(5));
    let reached = fixture.take(FAILURES, "ada").await.unwrap_err();
    assert_eq!(reached.retry_after, QUARTER);
    fixture.clock.advance(QUARTER);
    assert_eq!(fixture.take(FAILURES, "ada").await, Ok(9));
}

#[tokio::test]
async fn a_clock_that_steps_back_a_year_locks_nobody_out() {
    let fixture = Fixture::new(LimitSettings::default());
    fixture.take_all(FAILURES, "ada", 10).await;
    fixture.clock.step_back(Duration::from_hours(24 * 365));
    assert_eq!(fixture.take(FAILURES, "ada").await, Ok(9));
}

#[tokio::test]
async fn zero_turns_a_limit_off_and_another_number_moves_it() {
    let settings = LimitSettings::default()
        .with(FAILURES, 0)
        .with(LimitName::KeyTests, 2);
    let fixture = Fixture::new(settings);
    let state = fixture
        .limiter
        .take(FAILURES, &LimitSubject("ada".to_owned()))
        .await
        .unwrap();
    assert_eq!(state.max, 0);
    fixture.take_all(FAILURES, "ada", 1_000).await;
    assert_eq!(fixture.limiter.subjects(), 0);
    fixture.take_all(LimitName::KeyTests, "ada", 2).await;
    assert!(fixture.take(LimitName::KeyTests, "ada").await.is_err());

    let off = Fixture::new(LimitSettings::off());
    let mut permits = Vec::new();
    for _ in 0..100 {
        permits.push(off.enter("ada").await.unwrap());
    }
}

#[tokio::test]
async fn so_many_run_at_once_and_a_permit_gives_its_place_back() {
    let fixture = Fixture::new(LimitSettings::default());
    let mut permits = Vec::new();
    for _ in 0..8 {
        permits.push(fixture.enter("ada").await.unwrap());
    }
    let Err(RateLimiterError::Reached(reached)) = fixture.enter("ada").await.map(|_| ()) else {
        panic!("the ninth of eight was let in");
    };
    assert_eq!(
        reached,
        LimitReached {
            name: LimitName::ChatParallel,
            max: 8,
            retry_after: Duration::from_secs(1)
        }
    );
    assert!(fixture.enter("bob").await.is_ok());
    fixture.clock.advance(Duration::from_hours(24));
    assert!(
        fixture.enter("ada").await.is_err(),
        "time gives no place back"
    );
    permits.pop();
    permits.push(fixture.enter("ada").await.unwrap());
    assert!(fixture.enter("ada").await.is_err());
    permits.clear();
    for _ in 0..8 {
        permits.push(fixture.enter("ada").await.unwrap());
    }
}

#[tokio::test]
async fn a_permit_outlives_its_limiter() {
    let fixture = Fixture::new(LimitSettings::default());
    let permit = fixture.enter("ada").await.unwrap();
    drop(fixture);
    drop(permit);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_exactly_so_many_are_granted() {
    let fixture = Arc::new(Fixture::new(LimitSettings::default()));
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move {
                let granted = fixture.take(FAILURES, "ada").await.is_ok();
                (granted, fixture.enter("ada").await.ok())
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|it| it.0).count(), 10);
    assert_eq!(outcomes.iter().filter(|it| it.1.is_some()).count(), 8);
}

#[tokio::test]
async fn a_limit_without_a_window_cannot_be_counted() {
    let fixture = Fixture::new(LimitSettings::default());
    let subject = LimitSubject("ada".to_owned());
    let outcome = fixture
        .limiter
        .take(LimitName::ChatParallel, &subject)
        .await;
    assert!(matches!(outcome, Err(RateLimiterError::Store(_))));
}

#[tokio::test]
async fn the_sweep_forgets_those_whose_windows_are_over() {
    let fixture = Fixture::new(LimitSettings::default());
    for number in 0..1_000 {
        fixture.take_all(FAILURES, &number.to_string(), 1).await;
    }
    fixture.clock.advance(QUARTER / 2);
    fixture.take_all(FAILURES, "ada", 1).await;
    fixture.limiter.sweep();
    assert_eq!(fixture.limiter.subjects(), 1_001);
    fixture.clock.advance(QUARTER / 2);
    fixture.limiter.sweep();
    assert_eq!(fixture.limiter.subjects(), 1);
}

#[tokio::test]
async fn a_flood_of_subjects_stays_within_the_bound_and_pushes_out_the_quietest() {
    let fixture = Fixture::with_capacity(LimitSettings::default(), 1_600);
    fixture.take_all(FAILURES, "ada", 10).await;
    for number in 0..20_000 {
        fixture.clock.advance(Duration::from_millis(1));
        fixture.take_all(FAILURES, &number.to_string(), 1).await;
        assert!(fixture.limiter.subjects() <= 1_600);
    }
    assert!(fixture.limiter.subjects() >= 1_000);
    assert!(
        fixture.take(FAILURES, "19999").await == Ok(8),
        "the latest are still counted"
    );
    assert_eq!(
        fixture.take(FAILURES, "0").await,
        Ok(9),
        "the quietest were forgotten"
    );
}
