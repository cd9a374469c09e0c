//! Sums of one's own usage.

use std::time::Duration;

use latchkey_domain::usage::{NanoUsd, UsageEvent, UsageGroupBy};
use latchkey_test_support::builders::Samples;

use crate::world::World;

#[tokio::test]
async fn a_summary_holds_ones_own_attempts_of_those_days() {
    let world = World::new();
    let (ada, bob) = (world.actor("ada").await, world.actor("bob").await);
    let samples = Samples::new();
    let day = Duration::from_hours(24);
    let event_at = |user, days| UsageEvent {
        at: world.now().plus(day * days),
        ..samples.usage_event(user)
    };
    let events = [
        event_at(ada.user.id, 0),
        event_at(ada.user.id, 1),
        event_at(ada.user.id, 1),
        event_at(ada.user.id, 2),
        event_at(bob.user.id, 1),
    ];
    world.ports.usage.append_usage(&events).await.unwrap();
    let (from, to) = (world.now().day(), world.now().plus(day).day());
    let usage = &world.app.usage;
    let all = usage.summary(&ada, from, to, Vec::new()).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].sums.attempts, 3);
    assert_eq!(all[0].sums.cost, NanoUsd(3_000));
    let by_day = vec![UsageGroupBy::Day];
    let days = usage.summary(&ada, from, to, by_day).await.unwrap();
    let attempts: Vec<_> = days
        .iter()
        .map(|group| (group.day, group.sums.attempts))
        .collect();
    assert_eq!(attempts, [(Some(from), 1), (Some(to), 2)]);
}
