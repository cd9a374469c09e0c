//! Pages of `GET /v1/models`.

use serde_json::{Value, json};

use crate::checks::Terms;
use crate::error::ApiError;
use crate::models::{self, Lifecycle, Model};

const USUAL: usize = 20;
const MOST: usize = 1_000;

#[derive(Default)]
struct Query<'a> {
    limit: Option<usize>,
    after_id: Option<&'a str>,
    before_id: Option<&'a str>,
}

/// One page, newest models first.
pub(crate) fn page(query: Option<&str>, terms: &Terms<'_>) -> Result<Value, ApiError> {
    let query = parse(query.unwrap_or_default())?;
    let listed: Vec<&Model> = models::all()
        .iter()
        .filter(|model| terms.allow_retired || model.lifecycle != Lifecycle::Retired)
        .collect();
    let limit = query.limit.unwrap_or(USUAL);
    let position = |name: &str, id: &str| {
        let found = listed.iter().position(|model| model.id == id);
        found.ok_or_else(|| {
            ApiError::invalid_request(&format!("{name}: '{id}' is not the id of a listed model"))
        })
    };
    let (start, end, has_more) = match (query.after_id, query.before_id) {
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid_request(
                "Only one of `after_id` and `before_id` may be given",
            ));
        }
        (None, Some(id)) => {
            let end = position("before_id", id)?;
            let start = end.saturating_sub(limit);
            (start, end, start > 0)
        }
        (after, None) => {
            let start = after.map_or(Ok(0), |id| {
                position("after_id", id).map(|position| position + 1)
            })?;
            let end = listed.len().min(start.saturating_add(limit));
            (start, end, end < listed.len())
        }
    };
    let page = listed.get(start..end).unwrap_or_default();
    Ok(json!({
        "data": page.iter().map(|model| model.row()).collect::<Vec<_>>(),
        "has_more": has_more,
        "first_id": page.first().map(|model| model.id),
        "last_id": page.last().map(|model| model.id),
    }))
}

fn parse(query: &str) -> Result<Query<'_>, ApiError> {
    let mut parsed = Query::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "limit" => {
                let limit = value
                    .parse()
                    .ok()
                    .filter(|limit| (1..=MOST).contains(limit));
                parsed.limit = Some(limit.ok_or_else(|| {
                    ApiError::invalid_request(
                        "limit: Input should be greater than or equal to 1 and at most 1000",
                    )
                })?);
            }
            "after_id" => parsed.after_id = Some(value),
            "before_id" => parsed.before_id = Some(value),
            "beta" | "lifecycle" => {}
            other => {
                return Err(ApiError::invalid_request(&format!(
                    "{other}: Extra inputs are not permitted"
                )));
            }
        }
    }
    Ok(parsed)
}
