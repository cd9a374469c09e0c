//! What every [`RateLimiter`] promises.

use std::{any::Any, sync::Arc, time::Duration};

use latchkey_domain::rate_limit::{
    LimitName, LimitPermit, LimitReached, LimitState, LimitSubject, RateLimiter, RateLimiterError,
};

use super::all_at_once;
use crate::memory::system::ManualClock;

/// The limits that the limiter of a case has; the others have their defaults.
pub const LIMITS: [(LimitName, u32); 5] = [
    (LimitName::Chat, 5),
    (LimitName::KeyTests, 3),
    (LimitName::Refreshes, 0),
    (LimitName::ChatParallel, 2),
    (LimitName::AnonymousChatParallel, 0),
];

/// A fresh limiter with [`LIMITS`], and the clock that it reads.
pub struct RateLimiterSetup {
    /// The limiter.
    pub limiter: Arc<dyn RateLimiter>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// What lives exactly as long as the case.
    pub guard: Box<dyn Any + Send + Sync>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! rate_limiter_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { rate_limiter, $factory;
            each_use_leaves_one_less,
            one_more_than_allowed_is_refused,
            what_is_refused_is_not_counted,
            waiting_as_long_as_told_helps,
            a_limit_is_as_good_as_new_when_it_says,
            looking_counts_nothing,
            subjects_are_counted_apart,
            limits_are_counted_apart,
            a_limit_that_is_off_is_never_reached,
            of_fifty_uses_at_once_only_the_allowed_are_granted,
            a_clock_that_steps_back_locks_nobody_out,
            a_place_is_free_again_when_its_permit_is_dropped,
            a_place_is_kept_however_long_it_takes,
            places_of_two_subjects_are_apart,
            places_that_are_off_never_run_out,
            of_fifty_that_enter_at_once_only_the_allowed_do,
        }
    };
}
pub use rate_limiter_cases as cases;

/// "How many are left."
pub async fn each_use_leaves_one_less(setup: &RateLimiterSetup) {
    for left in (0..5).rev() {
        let state = take(setup, LimitName::Chat, "ada").await.unwrap();
        assert_eq!(
            (state.name, state.max, state.remaining),
            (LimitName::Chat, 5, left)
        );
        assert!(state.resets_in <= window(LimitName::Chat));
    }
}

/// "Reached when none is left"; "… at least a second."
pub async fn one_more_than_allowed_is_refused(setup: &RateLimiterSetup) {
    use_up(setup, LimitName::Chat, "ada").await;
    let reached = take(setup, LimitName::Chat, "ada").await.unwrap_err();
    assert_eq!((reached.name, reached.max), (LimitName::Chat, 5));
    assert!(reached.retry_after >= Duration::from_secs(1));
    assert!(reached.retry_after <= window(LimitName::Chat));
}

/// "… then nothing is counted."
pub async fn what_is_refused_is_not_counted(setup: &RateLimiterSetup) {
    use_up(setup, LimitName::Chat, "ada").await;
    setup.clock.advance(window(LimitName::Chat) / 2);
    for _ in 0..20 {
        take(setup, LimitName::Chat, "ada").await.unwrap_err();
    }
    setup.clock.advance(window(LimitName::Chat) / 2);
    use_up(setup, LimitName::Chat, "ada").await;
}

/// "When trying again makes sense."
pub async fn waiting_as_long_as_told_helps(setup: &RateLimiterSetup) {
    for _ in 0..3 {
        take(setup, LimitName::KeyTests, "ada").await.unwrap();
        setup.clock.advance(Duration::from_mins(7));
    }
    for _ in 0..5 {
        let reached = take(setup, LimitName::KeyTests, "ada").await.unwrap_err();
        setup.clock.advance(reached.retry_after);
        take(setup, LimitName::KeyTests, "ada").await.unwrap();
    }
}

/// "When it is as good as new again."
pub async fn a_limit_is_as_good_as_new_when_it_says(setup: &RateLimiterSetup) {
    take(setup, LimitName::Chat, "ada").await.unwrap();
    setup.clock.advance(Duration::from_secs(20));
    let state = take(setup, LimitName::Chat, "ada").await.unwrap();
    setup.clock.advance(state.resets_in);
    let fresh = peek(setup, LimitName::Chat, "ada").await.unwrap();
    assert_eq!(fresh.remaining, 5);
    use_up(setup, LimitName::Chat, "ada").await;
}

/// "How `name` stands for `subject`, without counting."
pub async fn looking_counts_nothing(setup: &RateLimiterSetup) {
    for used in 0..5 {
        for _ in 0..10 {
            let state = peek(setup, LimitName::Chat, "ada").await.unwrap();
            assert_eq!((state.max, state.remaining), (5, 5 - used));
        }
        take(setup, LimitName::Chat, "ada").await.unwrap();
    }
    let reached = peek(setup, LimitName::Chat, "ada").await.unwrap_err();
    assert_eq!((reached.name, reached.max), (LimitName::Chat, 5));
    assert!(reached.retry_after >= Duration::from_secs(1));
}

/// "Who is counted."
pub async fn subjects_are_counted_apart(setup: &RateLimiterSetup) {
    use_up(setup, LimitName::Chat, "ada").await;
    for subject in ["bob", "ad", "adaa", "Ada", ""] {
        use_up(setup, LimitName::Chat, subject).await;
    }
}

/// "What is limited."
pub async fn limits_are_counted_apart(setup: &RateLimiterSetup) {
    use_up(setup, LimitName::Chat, "ada").await;
    let state = take(setup, LimitName::KeyTests, "ada").await.unwrap();
    assert_eq!((state.name, state.remaining), (LimitName::KeyTests, 2));
    let state = take(setup, LimitName::Registrations, "ada").await.unwrap();
    assert_eq!(state.max, LimitName::Registrations.default_max());
}

/// "0 turns it off"; "0 when the limit is off."
pub async fn a_limit_that_is_off_is_never_reached(setup: &RateLimiterSetup) {
    for _ in 0..100 {
        let state = take(setup, LimitName::Refreshes, "ada").await.unwrap();
        assert_eq!(state.max, 0);
    }
    peek(setup, LimitName::Refreshes, "ada").await.unwrap();
}

/// A use is granted and counted in one step.
pub async fn of_fifty_uses_at_once_only_the_allowed_are_granted(setup: &RateLimiterSetup) {
    let results = all_at_once(50, |_| {
        let limiter = setup.limiter.clone();
        async move { limiter.take(LimitName::Chat, &subject("ada")).await }
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 5);
}

/// A clock that was an hour ahead and is put right must not refuse for that hour.
pub async fn a_clock_that_steps_back_locks_nobody_out(setup: &RateLimiterSetup) {
    use_up(setup, LimitName::Chat, "ada").await;
    setup.clock.step_back(Duration::from_hours(1));
    setup.clock.advance(window(LimitName::Chat));
    take(setup, LimitName::Chat, "ada").await.unwrap();
}

/// "… given back when the permit is dropped"; "Reached when all places are taken."
pub async fn a_place_is_free_again_when_its_permit_is_dropped(setup: &RateLimiterSetup) {
    let first = enter(setup, LimitName::ChatParallel, "ada").await.unwrap();
    let second = enter(setup, LimitName::ChatParallel, "ada").await.unwrap();
    let Err(reached) = enter(setup, LimitName::ChatParallel, "ada").await else {
        panic!("a third place of two");
    };
    assert_eq!((reached.name, reached.max), (LimitName::ChatParallel, 2));
    assert!(reached.retry_after >= Duration::from_secs(1));
    drop(first);
    let third = enter(setup, LimitName::ChatParallel, "ada").await.unwrap();
    assert!(enter(setup, LimitName::ChatParallel, "ada").await.is_err());
    drop((second, third));
    for _ in 0..10 {
        enter(setup, LimitName::ChatParallel, "ada").await.unwrap();
    }
}

/// What runs, runs, however late it is.
pub async fn a_place_is_kept_however_long_it_takes(setup: &RateLimiterSetup) {
    let first = enter(setup, LimitName::ChatParallel, "ada").await.unwrap();
    let second = enter(setup, LimitName::ChatParallel, "ada").await.unwrap();
    setup.clock.advance(Duration::from_hours(5));
    assert!(enter(setup, LimitName::ChatParallel, "ada").await.is_err());
    drop((first, second));
}

/// Places are counted per subject.
pub async fn places_of_two_subjects_are_apart(setup: &RateLimiterSetup) {
    let mut permits = Vec::new();
    for subject in ["ada", "ada", "bob", "bob"] {
        permits.push(
            enter(setup, LimitName::ChatParallel, subject)
                .await
                .unwrap(),
        );
    }
    assert!(enter(setup, LimitName::ChatParallel, "bob").await.is_err());
}

/// "0 turns it off."
pub async fn places_that_are_off_never_run_out(setup: &RateLimiterSetup) {
    let mut permits = Vec::new();
    for _ in 0..100 {
        permits.push(
            enter(setup, LimitName::AnonymousChatParallel, "ada")
                .await
                .unwrap(),
        );
    }
}

/// A place is taken in one step.
pub async fn of_fifty_that_enter_at_once_only_the_allowed_do(setup: &RateLimiterSetup) {
    let results = all_at_once(50, |_| {
        let limiter = setup.limiter.clone();
        async move {
            limiter
                .enter(LimitName::ChatParallel, &subject("ada"))
                .await
        }
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
}

fn subject(name: &str) -> LimitSubject {
    LimitSubject(name.to_owned())
}

fn window(name: LimitName) -> Duration {
    name.window().expect("a limit with a window")
}

async fn use_up(setup: &RateLimiterSetup, name: LimitName, who: &str) {
    let mut limits = LIMITS.iter();
    let (_, max) = limits
        .find(|(limit, _)| *limit == name)
        .expect("a limit of the cases");
    for _ in 0..*max {
        take(setup, name, who).await.unwrap();
    }
}

async fn take(
    setup: &RateLimiterSetup,
    name: LimitName,
    who: &str,
) -> Result<LimitState, LimitReached> {
    reached(setup.limiter.take(name, &subject(who)).await)
}

async fn peek(
    setup: &RateLimiterSetup,
    name: LimitName,
    who: &str,
) -> Result<LimitState, LimitReached> {
    reached(setup.limiter.peek(name, &subject(who)).await)
}

async fn enter(
    setup: &RateLimiterSetup,
    name: LimitName,
    who: &str,
) -> Result<Box<dyn LimitPermit>, LimitReached> {
    reached(setup.limiter.enter(name, &subject(who)).await)
}

fn reached<T>(result: Result<T, RateLimiterError>) -> Result<T, LimitReached> {
    result.map_err(|error| match error {
        RateLimiterError::Reached(reached) => reached,
        RateLimiterError::Store(error) => panic!("the limiter itself failed: {error:?}"),
    })
}
