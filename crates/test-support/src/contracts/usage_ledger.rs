//! What every [`UsageLedger`](latchkey_domain::usage::UsageLedger) promises.

use latchkey_domain::{
    StoreError,
    api_key::ApiKey,
    conversation::ConversationId,
    id::UserId,
    llm::ModelId,
    owner::Owner,
    time::Timestamp,
    usage::{NanoUsd, TokenUsage, UsageEvent, UsageGroup, UsageGroupBy, UsageQuery, UsageSums},
};

use super::{Stores, all_at_once};
use crate::builders::Samples;

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
            a_sum_that_doesnt_fit_hides_no_other,
        }
    };
}
pub use usage_ledger_cases as cases;

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

/// "First day, inclusive"; "Last day, inclusive."
pub async fn both_days_of_the_range_are_in_it(stores: &Stores) {
    let case = Case::new(stores).await;
    let days = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"];
    for day in days {
        case.append_at(&format!("{day}T12:00:00Z")).await;
    }
    let query = UsageQuery {
        from: instant("2026-02-28T00:00:00Z").day(),
        to: instant("2026-03-01T00:00:00Z").day(),
        ..case.query(&[UsageGroupBy::Day])
    };
    let groups = stores.usage.summarize_usage(&query).await.unwrap();
    let found: Vec<_> = groups.iter().map(|group| group.day).collect();
    assert_eq!(found, [Some(query.from), Some(query.to)]);
}

/// "By day in UTC."
pub async fn days_are_those_of_utc(stores: &Stores) {
    let case = Case::new(stores).await;
    case.append_at("2026-03-29T23:59:59.999999Z").await;
    case.append_at("2026-03-30T00:00:00Z").await;
    case.append_at("2026-03-30T23:59:59.999999Z").await;
    let groups = case.groups(&[UsageGroupBy::Day]).await;
    let found: Vec<_> = groups
        .iter()
        .map(|group| (group.day, group.sums.attempts))
        .collect();
    let first = instant("2026-03-29T00:00:00Z").day();
    let second = instant("2026-03-30T00:00:00Z").day();
    assert_eq!(found, [(Some(first), 1), (Some(second), 2)]);
}

/// "Whose calls."
pub async fn only_the_users_own_calls_are_summed(stores: &Stores) {
    let case = Case::new(stores).await;
    let eve = case.samples.user("eve").id;
    let mut paid_by_eve = case.event();
    paid_by_eve.payer = Some(Owner::User(eve));
    let mut asked_by_eve = case.samples.usage_event(eve);
    asked_by_eve.payer = Some(Owner::User(case.user));
    asked_by_eve.cost = Some(NanoUsd(7));
    case.append(&[paid_by_eve, asked_by_eve]).await;
    assert_eq!(case.total().await.cost, NanoUsd(1_000));
    assert_eq!(case.total_of(eve).await.cost, NanoUsd(7));
}

/// "… ordered by the members of `group_by`"; "Members that the summary isn't grouped by are `None`."
pub async fn groups_by_day_are_in_order(stores: &Stores) {
    let case = Case::new(stores).await;
    let instants = [
        "2026-10-09T01:00:00Z",
        "2026-09-30T01:00:00Z",
        "2026-10-10T01:00:00Z",
    ];
    for at in instants.iter().chain(&instants) {
        case.append_at(at).await;
    }
    let groups = case.groups(&[UsageGroupBy::Day]).await;
    let mut days = instants.map(|at| instant(at).day());
    days.sort_unstable();
    let found: Vec<_> = groups.iter().filter_map(|group| group.day).collect();
    assert_eq!(found, days);
    for group in groups {
        let others = (group.model, group.key, group.key_name, group.conversation);
        assert_eq!(others, (None, None, None, None));
        assert_eq!((group.sums.attempts, group.sums.cost), (2, NanoUsd(2_000)));
    }
}

/// The same by model.
pub async fn groups_by_model_are_in_order(stores: &Stores) {
    let case = Case::new(stores).await;
    for name in [
        "claude-sonnet-5-5",
        "claude-haiku-5-5",
        "claude-opus-5-5",
        "claude-haiku-5-5",
    ] {
        let mut event = case.event();
        event.model = ModelId::parse(name).unwrap();
        case.append(&[event]).await;
    }
    let groups = case.groups(&[UsageGroupBy::Model]).await;
    let found: Vec<_> = groups
        .iter()
        .map(|group| {
            (
                group.model.as_ref().map_or("", ModelId::as_str),
                group.sums.attempts,
            )
        })
        .collect();
    let expected = [
        ("claude-haiku-5-5", 2),
        ("claude-opus-5-5", 1),
        ("claude-sonnet-5-5", 1),
    ];
    assert_eq!(found, expected);
    assert!(
        groups
            .iter()
            .all(|group| group.day.is_none() && group.key.is_none())
    );
}

/// "The key; inner `None` is a key that was given with the request."
pub async fn groups_by_key_tell_keys_from_given_ones(stores: &Stores) {
    let case = Case::new(stores).await;
    let (work, home) = (
        case.samples.api_key(case.user),
        case.samples.api_key(case.user),
    );
    let rows = [
        case.event(),
        case.paid_by(&work, "Work"),
        case.paid_by(&home, "Home"),
        case.paid_by(&work, "Work"),
        case.event(),
        case.event(),
    ];
    case.append(&rows).await;
    let groups = case.groups(&[UsageGroupBy::Key]).await;
    assert_eq!(groups.len(), 3);
    let of = |key| groups.iter().find(|group| group.key == Some(key)).unwrap();
    for (key, name, attempts) in [
        (None, None, 3),
        (Some(work.id), Some("Work"), 2),
        (Some(home.id), Some("Home"), 1),
    ] {
        let group = of(key);
        assert_eq!(
            (group.key_name.as_deref(), group.sums.attempts),
            (name, attempts)
        );
    }
}

/// "What the key was called last in this group."
pub async fn a_key_is_called_what_it_was_called_last(stores: &Stores) {
    let case = Case::new(stores).await;
    let key = case.samples.api_key(case.user);
    let rows = ["Zebra", "Mole", "Ant"].map(|name| case.paid_by(&key, name));
    let [first, second, last] = rows;
    case.append(&[second, last]).await;
    case.append(&[first]).await;
    let groups = case.groups(&[UsageGroupBy::Key]).await;
    let names: Vec<_> = groups
        .iter()
        .map(|group| group.key_name.as_deref())
        .collect();
    assert_eq!(
        names,
        [Some("Ant")],
        "by time, not by name or order of arrival"
    );
}

/// The same by conversation.
pub async fn groups_by_conversation(stores: &Stores) {
    let case = Case::new(stores).await;
    for name in ["beta", "alpha", "beta"] {
        let mut event = case.event();
        event.conversation = ConversationId::parse(name).ok();
        case.append(&[event]).await;
    }
    let groups = case.groups(&[UsageGroupBy::Conversation]).await;
    let found: Vec<_> = groups
        .iter()
        .map(|group| {
            (
                group
                    .conversation
                    .as_ref()
                    .map_or("", ConversationId::as_str),
                group.sums.attempts,
            )
        })
        .collect();
    assert_eq!(found, [("alpha", 1), ("beta", 2)]);
}

/// "By what, in this order."
pub async fn groups_by_several_members_are_ordered_by_the_first(stores: &Stores) {
    let case = Case::new(stores).await;
    for (day, name) in [
        ("02", "b"),
        ("01", "b"),
        ("01", "a"),
        ("02", "a"),
        ("01", "b"),
    ] {
        let mut event = case.event();
        event.at = instant(&format!("2026-05-{day}T00:00:00Z"));
        event.model = ModelId::parse(name).unwrap();
        case.append(&[event]).await;
    }
    let found = |groups: Vec<UsageGroup>| -> Vec<(u8, String, u64)> {
        groups
            .into_iter()
            .map(|group| {
                let model = group.model.map(|model| model.to_string());
                (
                    group.day.unwrap().day(),
                    model.unwrap(),
                    group.sums.attempts,
                )
            })
            .collect()
    };
    let row = |day, model: &str, attempts| (day, model.to_owned(), attempts);
    let by_day = case.groups(&[UsageGroupBy::Day, UsageGroupBy::Model]).await;
    let expected = [
        row(1, "a", 1),
        row(1, "b", 2),
        row(2, "a", 1),
        row(2, "b", 1),
    ];
    assert_eq!(found(by_day), expected);
    let by_model = case.groups(&[UsageGroupBy::Model, UsageGroupBy::Day]).await;
    let expected = [
        row(1, "a", 1),
        row(2, "a", 1),
        row(1, "b", 2),
        row(2, "b", 1),
    ];
    assert_eq!(found(by_model), expected);
}

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

fn tokens(output: u64) -> TokenUsage {
    TokenUsage {
        output,
        ..TokenUsage::default()
    }
}

fn instant(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant of a test")
}
