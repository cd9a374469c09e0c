//! What every [`UsageLedger`](latchkey_domain::usage::UsageLedger) promises.

mod groups;
mod limits;
mod sums;

use latchkey_domain::{
    StoreError,
    api_key::ApiKey,
    id::UserId,
    time::Timestamp,
    usage::{UsageEvent, UsageGroup, UsageGroupBy, UsageQuery, UsageSums},
};

use super::Stores;
use crate::builders::Samples;

pub use groups::*;
pub use limits::*;
pub use sums::*;

/// Makes a test of each case.
#[macro_export]
macro_rules! usage_ledger_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { usage_ledger, $factory;
            an_empty_ledger_sums_to_nothing,
            each_counter_is_summed,
            what_is_unknown_is_counted_and_not_summed,
            many_rows_at_once_are_all_there,
            parallel_appends_lose_nothing,
            both_days_of_the_range_are_in_it,
            days_are_those_of_utc,
            only_the_users_own_calls_are_summed,
            groups_by_day_are_in_order,
            groups_by_model_are_in_order,
            groups_by_key_tell_keys_from_given_ones,
            a_key_is_called_what_it_was_called_last,
            groups_by_conversation,
            groups_by_several_members_are_ordered_by_the_first,
            the_largest_numbers_are_exact,
            a_sum_of_costs_that_doesnt_fit_is_an_error,
            a_sum_of_tokens_that_doesnt_fit_is_an_error,
            a_sum_of_savings_that_doesnt_fit_is_an_error,
            savings_are_summed_with_their_sign,
            a_sum_that_doesnt_fit_hides_no_other,
        }
    };
}
pub use usage_ledger_cases as cases;

/// One user and the whole of time.
struct Case<'a> {
    stores: &'a Stores,
    samples: Samples,
    user: UserId,
}

impl<'a> Case<'a> {
    async fn new(stores: &'a Stores) -> Self {
        let samples = Samples::new();
        let user = stores.add_user(&samples, "ada").await.id;
        Self {
            stores,
            samples,
            user,
        }
    }

    fn event(&self) -> UsageEvent {
        self.samples.usage_event(self.user)
    }

    fn paid_by(&self, key: &ApiKey, name: &str) -> UsageEvent {
        UsageEvent {
            payer: Some(key.owner),
            key: Some(key.id),
            key_name: Some(name.to_owned()),
            ..self.event()
        }
    }

    async fn append(&self, events: &[UsageEvent]) {
        self.stores.usage.append_usage(events).await.unwrap();
    }

    async fn append_at(&self, at: &str) {
        let mut event = self.event();
        event.at = instant(at);
        self.append(&[event]).await;
    }

    fn query(&self, group_by: &[UsageGroupBy]) -> UsageQuery {
        UsageQuery {
            user: self.user,
            from: instant("2000-01-01T00:00:00Z").day(),
            to: instant("2100-01-01T00:00:00Z").day(),
            group_by: group_by.to_vec(),
        }
    }

    async fn groups(&self, group_by: &[UsageGroupBy]) -> Vec<UsageGroup> {
        let query = self.query(group_by);
        self.stores.usage.summarize_usage(&query).await.unwrap()
    }

    async fn total(&self) -> UsageSums {
        self.total_of(self.user).await
    }

    async fn total_of(&self, user: UserId) -> UsageSums {
        let query = UsageQuery {
            user,
            ..self.query(&[])
        };
        let groups = self.stores.usage.summarize_usage(&query).await.unwrap();
        let [group] = groups.as_slice() else {
            panic!("not one group: {groups:?}");
        };
        let members = (
            group.day,
            &group.model,
            &group.key,
            &group.key_name,
            &group.conversation,
        );
        assert_eq!(members, (None, &None, &None, &None, &None));
        group.sums
    }

    async fn sums_dont_fit(&self, group_by: &[UsageGroupBy]) {
        let query = self.query(group_by);
        let result = self.stores.usage.summarize_usage(&query).await;
        assert!(matches!(result, Err(StoreError::Internal(_))), "{result:?}");
    }
}

fn instant(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant of a test")
}
