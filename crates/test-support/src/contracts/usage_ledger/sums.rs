//! Sums and their limits.

use latchkey_domain::usage::{NanoUsd, TokenUsage, UsageEvent, UsageGroupBy, UsageSums};

use super::Case;
use crate::contracts::{Stores, all_at_once};

/// "… empty gives one group": also without rows. Groups by something are as many as there are.
pub async fn an_empty_ledger_sums_to_nothing(stores: &Stores) {
    let case = Case::new(stores).await;
    assert_eq!(case.total().await, UsageSums::default());
    assert_eq!(case.groups(&[UsageGroupBy::Day]).await, []);
}

/// "Sums of the counters"; "Sum of the known costs."
pub async fn each_counter_is_summed(stores: &Stores) {
    let case = Case::new(stores).await;
    case.append(&[case.event(), case.event(), case.event()])
        .await;
    let sums = case.total().await;
    let expected = UsageSums {
        attempts: 3,
        attempts_without_tokens: 0,
        attempts_without_cost: 0,
        tokens: TokenUsage {
            input: 3,
            output: 6,
            cache_read: 9,
            cache_write_5m: 12,
            cache_write_1h: 15,
            thinking: 3,
            web_searches: 18,
            web_fetches: 21,
        },
        cost: NanoUsd(3_000),
        saved: NanoUsd(-75),
    };
    assert_eq!(sums, expected);
}

/// "Attempts whose tokens the provider didn't report"; "… whose cost is unknown; `cost` is then a lower bound."
pub async fn what_is_unknown_is_counted_and_not_summed(stores: &Stores) {
    let case = Case::new(stores).await;
    let known = case.event();
    let mut no_cost = case.event();
    no_cost.cost = None;
    let mut nothing = case.event();
    nothing.cost = None;
    nothing.tokens = None;
    "provider_unreachable".clone_into(&mut nothing.outcome);
    case.append(&[known, no_cost, nothing]).await;
    let sums = case.total().await;
    let counts = (
        sums.attempts,
        sums.attempts_without_tokens,
        sums.attempts_without_cost,
    );
    assert_eq!(counts, (3, 1, 2));
    assert_eq!((sums.tokens.output, sums.cost), (4, NanoUsd(1_000)));

    let other = case.samples.user("eve");
    let mut unknown = case.samples.usage_event(other.id);
    unknown.tokens = None;
    unknown.cost = None;
    case.append(&[unknown]).await;
    let sums = case.total_of(other.id).await;
    assert_eq!(
        (sums.tokens, sums.cost),
        (TokenUsage::default(), NanoUsd(0))
    );
}

/// "… negative when writing to it cost more"; what isn't known adds nothing.
pub async fn savings_are_summed_with_their_sign(stores: &Stores) {
    let case = Case::new(stores).await;
    let saving = |saved| UsageEvent {
        saved,
        ..case.event()
    };
    let rows = [Some(NanoUsd(-30)), None, Some(NanoUsd(100))].map(saving);
    case.append(&rows).await;
    assert_eq!(case.total().await.saved, NanoUsd(70));
    case.append(&[saving(Some(NanoUsd(-1_000)))]).await;
    assert_eq!(case.total().await.saved, NanoUsd(-930));
}

/// "Adds rows … One transaction."
pub async fn many_rows_at_once_are_all_there(stores: &Stores) {
    let case = Case::new(stores).await;
    let rows: Vec<UsageEvent> = (0..1_000).map(|_| case.event()).collect();
    case.append(&rows).await;
    case.append(&[]).await;
    let sums = case.total().await;
    assert_eq!((sums.attempts, sums.cost), (1_000, NanoUsd(1_000_000)));
}

/// "… only ever added to."
pub async fn parallel_appends_lose_nothing(stores: &Stores) {
    let case = Case::new(stores).await;
    let rows: Vec<UsageEvent> = (0..40).map(|_| case.event()).collect();
    all_at_once(20, |n| {
        let repo = stores.usage.clone();
        let rows: Vec<_> = rows.iter().skip(n * 2).take(2).cloned().collect();
        async move { repo.append_usage(&rows).await.unwrap() }
    })
    .await;
    assert_eq!(case.total().await.attempts, 40);
}
