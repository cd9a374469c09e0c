//! The largest numbers, and larger ones.

use latchkey_domain::usage::{NanoUsd, TokenUsage, UsageGroupBy};

use super::Case;
use crate::contracts::Stores;

/// No float is anywhere on the way.
pub async fn the_largest_numbers_are_exact(stores: &Stores) {
    let case = Case::new(stores).await;
    let mut large = case.event();
    large.cost = Some(NanoUsd(i64::MAX - 1));
    large.tokens = Some(tokens(i64::MAX.unsigned_abs() - 1));
    let mut one = case.event();
    one.cost = Some(NanoUsd(1));
    one.tokens = Some(tokens(1));
    case.append(&[large, one]).await;
    let sums = case.total().await;
    assert_eq!(sums.cost, NanoUsd(i64::MAX));
    assert_eq!(sums.tokens.output, i64::MAX.unsigned_abs());
}

/// "Internal when a sum doesn't fit its type."
pub async fn a_sum_of_costs_that_doesnt_fit_is_an_error(stores: &Stores) {
    let case = Case::new(stores).await;
    let mut large = case.event();
    large.cost = Some(NanoUsd(i64::MAX));
    let mut one = case.event();
    one.cost = Some(NanoUsd(1));
    case.append(&[large, one]).await;
    case.sums_dont_fit(&[]).await;
    case.sums_dont_fit(&[UsageGroupBy::Model]).await;
}

/// The same for what was saved, on either side of nothing.
pub async fn a_sum_of_savings_that_doesnt_fit_is_an_error(stores: &Stores) {
    let case = Case::new(stores).await;
    for saved in [i64::MIN, -1] {
        let mut event = case.event();
        event.saved = Some(NanoUsd(saved));
        case.append(&[event]).await;
    }
    case.sums_dont_fit(&[]).await;
}

/// The same for counters.
pub async fn a_sum_of_tokens_that_doesnt_fit_is_an_error(stores: &Stores) {
    let case = Case::new(stores).await;
    for _ in 0..3 {
        let mut large = case.event();
        large.tokens = Some(tokens(i64::MAX.unsigned_abs()));
        case.append(&[large]).await;
    }
    case.sums_dont_fit(&[]).await;
}

/// One user's odd row is nobody else's trouble.
pub async fn a_sum_that_doesnt_fit_hides_no_other(stores: &Stores) {
    let case = Case::new(stores).await;
    let eve = case.samples.user("eve").id;
    for _ in 0..2 {
        let mut large = case.samples.usage_event(eve);
        large.cost = Some(NanoUsd(i64::MAX));
        case.append(&[large, case.event()]).await;
    }
    assert_eq!(case.total().await.cost, NanoUsd(2_000));
}

fn tokens(output: u64) -> TokenUsage {
    TokenUsage {
        output,
        ..TokenUsage::default()
    }
}
