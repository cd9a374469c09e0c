//! Rows of `usage_events`, and the sums over them.

use diesel::prelude::*;
use latchkey_domain::{
    Owner, StoreError,
    conversation::ConversationId,
    llm::ModelId,
    usage::{NanoUsd, TokenUsage, UsageEvent, UsageGroup, UsageGroupBy, UsageSums},
};
use time::Date;

use super::{Reading, big_integer, owner_columns};
use crate::persistence::{
    schema::usage_events,
    sql_types::{Ts, Uid},
    text::AnyText,
};

/// A row of the ledger.
#[derive(Debug, Insertable)]
#[diesel(table_name = usage_events, treat_none_as_default_value = false)]
pub struct UsageEventRow {
    pub id: Uid,
    pub at: Ts,
    pub day: Date,
    pub user_id: Uid,
    pub payer_user_id: Option<Uid>,
    pub payer_team_id: Option<Uid>,
    pub key_id: Option<Uid>,
    pub key_name: Option<AnyText>,
    pub conversation: Option<String>,
    pub message: Option<Uid>,
    pub model: String,
    pub outcome: String,
    pub input: Option<i64>,
    pub output: Option<i64>,
    pub cache_read: Option<i64>,
    pub cache_write_5m: Option<i64>,
    pub cache_write_1h: Option<i64>,
    pub thinking: Option<i64>,
    pub web_searches: Option<i64>,
    pub web_fetches: Option<i64>,
    pub tokens_final: bool,
    pub cost_nano_usd: Option<i64>,
    pub price_version: String,
    pub provider_request_id: Option<AnyText>,
    pub saved_nano_usd: Option<i64>,
}

impl TryFrom<&UsageEvent> for UsageEventRow {
    type Error = StoreError;

    fn try_from(event: &UsageEvent) -> Result<Self, StoreError> {
        let (payer_user_id, payer_team_id) = event
            .payer
            .map_or((None, None), |payer: Owner| owner_columns(payer));
        let count = |counter: fn(&TokenUsage) -> u64| {
            event
                .tokens
                .as_ref()
                .map(|tokens| big_integer(counter(tokens)))
                .transpose()
        };
        Ok(Self {
            id: event.id.into(),
            at: event.at.into(),
            day: event.at.day(),
            user_id: event.user.into(),
            payer_user_id,
            payer_team_id,
            key_id: event.key.map(Uid::from),
            key_name: event.key_name.as_deref().map(AnyText::from),
            conversation: event
                .conversation
                .as_ref()
                .map(|conversation| conversation.as_str().to_owned()),
            message: event.message.map(Uid::from),
            model: event.model.as_str().to_owned(),
            outcome: event.outcome.clone(),
            input: count(|tokens| tokens.input)?,
            output: count(|tokens| tokens.output)?,
            cache_read: count(|tokens| tokens.cache_read)?,
            cache_write_5m: count(|tokens| tokens.cache_write_5m)?,
            cache_write_1h: count(|tokens| tokens.cache_write_1h)?,
            thinking: count(|tokens| tokens.thinking)?,
            web_searches: count(|tokens| tokens.web_searches)?,
            web_fetches: count(|tokens| tokens.web_fetches)?,
            tokens_final: event.tokens_final,
            cost_nano_usd: event.cost.map(|cost| cost.0),
            price_version: event.price_version.clone(),
            provider_request_id: event.provider_request_id.as_deref().map(AnyText::from),
            saved_nano_usd: event.saved.map(|saved| saved.0),
        })
    }
}

/// One group of a summary.
#[derive(Debug, Queryable)]
pub struct UsageGroupRow {
    pub day: Option<Date>,
    pub model: Option<String>,
    pub key_id: Option<Uid>,
    pub key_name: Option<AnyText>,
    pub conversation: Option<String>,
    pub sums: UsageSumsRow,
}

/// The sums of one group.
#[derive(Debug, Queryable)]
pub struct UsageSumsRow {
    pub attempts: i64,
    pub with_tokens: i64,
    pub with_cost: i64,
    pub input: i64,
    pub output: i64,
    pub cache_read: i64,
    pub cache_write_5m: i64,
    pub cache_write_1h: i64,
    pub thinking: i64,
    pub web_searches: i64,
    pub web_fetches: i64,
    pub cost: i64,
    pub saved: i64,
}

impl UsageGroupRow {
    /// The group of a summary by `group_by`.
    pub fn into_group(self, group_by: &[UsageGroupBy]) -> Result<UsageGroup, StoreError> {
        let reading = Reading {
            table: "usage_events",
            row: &"a sum",
        };
        let model = self
            .model
            .map(|model| reading.value("model", ModelId::parse(&model).ok()))
            .transpose()?;
        let conversation = self
            .conversation
            .map(|id| reading.value("conversation", ConversationId::parse(&id).ok()))
            .transpose()?;
        let by_key = group_by.contains(&UsageGroupBy::Key);
        Ok(UsageGroup {
            day: self.day,
            model,
            key: by_key.then(|| self.key_id.map(Into::into)),
            key_name: self.key_name.map(AnyText::into_text),
            conversation,
            sums: sums_of(&reading, &self.sums)?,
        })
    }
}

fn sums_of(reading: &Reading<'_>, row: &UsageSumsRow) -> Result<UsageSums, StoreError> {
    let count = |column, number: i64| reading.number::<u64, _>(column, number);
    Ok(UsageSums {
        attempts: count("id", row.attempts)?,
        attempts_without_tokens: count("input", row.attempts - row.with_tokens)?,
        attempts_without_cost: count("cost_nano_usd", row.attempts - row.with_cost)?,
        tokens: TokenUsage {
            input: count("input", row.input)?,
            output: count("output", row.output)?,
            cache_read: count("cache_read", row.cache_read)?,
            cache_write_5m: count("cache_write_5m", row.cache_write_5m)?,
            cache_write_1h: count("cache_write_1h", row.cache_write_1h)?,
            thinking: count("thinking", row.thinking)?,
            web_searches: count("web_searches", row.web_searches)?,
            web_fetches: count("web_fetches", row.web_fetches)?,
        },
        cost: NanoUsd(row.cost),
        saved: NanoUsd(row.saved),
    })
}
