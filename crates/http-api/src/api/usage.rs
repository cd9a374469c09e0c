//! `GET /api/usage/summary`

use latchkey_application::Actor;
use latchkey_domain::usage::UsageGroupBy;
use time::Date;

use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, Reply},
    views::UsageSummaryView,
};

/// Sums of the caller's own usage.
pub async fn summarize(call: Call, actor: Actor) -> Answer {
    let Period { from, to, group_by } = period(&call)?;
    let usage = &call.api.application.usage;
    let groups = usage.summary(&actor, from, to, group_by).await?;
    Reply::ok(&UsageSummaryView::of(from, to, &groups))
}

/// What is asked for: this month if nothing is said.
struct Period {
    from: Date,
    to: Date,
    group_by: Vec<UsageGroupBy>,
}

fn period(call: &Call) -> Result<Period, Problem> {
    let mut query = call.query()?;
    let to = query.date("to");
    let from = query.date("from");
    let group_by = query.take("groupBy", parse_group_by).unwrap_or_default();
    let to = to.unwrap_or_else(|| call.now().day());
    let from = from.unwrap_or_else(|| to.replace_day(1).unwrap_or(to));
    if from > to {
        query.fault("from", "must not be after to");
    }
    query.finish()?;
    Ok(Period { from, to, group_by })
}

fn parse_group_by(text: &str) -> Result<Vec<UsageGroupBy>, &'static str> {
    let mut groups = Vec::new();
    for word in text.split(',').filter(|word| !word.is_empty()) {
        let group = match word {
            "day" => UsageGroupBy::Day,
            "model" => UsageGroupBy::Model,
            "key" => UsageGroupBy::Key,
            "conversation" => UsageGroupBy::Conversation,
            _ => return Err("must be made of day, model, key and conversation"),
        };
        if groups.contains(&group) {
            return Err("must not name one twice");
        }
        groups.push(group);
    }
    Ok(groups)
}
