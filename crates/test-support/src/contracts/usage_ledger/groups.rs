//! Groups and their order.

use latchkey_domain::{
    conversation::ConversationId,
    llm::ModelId,
    owner::Owner,
    usage::{NanoUsd, UsageGroup, UsageGroupBy, UsageQuery},
};

use super::{Case, instant};
use crate::contracts::Stores;

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
