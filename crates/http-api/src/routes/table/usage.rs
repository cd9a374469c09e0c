//! The routes of usage.

use actix_web::http::{Method, StatusCode};
use latchkey_domain::personal_token::Scope;

use crate::{
    api::usage::summarize,
    routes::{QueryParameter, Route, access::scoped},
    views::UsageSummaryView,
};

const USAGE: &str = "Usage";

const USAGE_SUMMARY: &[QueryParameter] = &[
    QueryParameter {
        name: "from",
        description: "First day, in UTC; the first of the month of `to` if nothing is said.",
        kind: "date",
    },
    QueryParameter {
        name: "to",
        description: "Last day, included; today if nothing is said.",
        kind: "date",
    },
    QueryParameter {
        name: "groupBy",
        description: "By what, in this order: a list of `day`, `model`, `key` and `conversation`. Left out, all is one sum.",
        kind: "string",
    },
];

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/api/usage/summary",
            scoped(Scope::UsageRead, summarize),
        )
        .does(USAGE, "Sums up the own usage")
        .query(USAGE_SUMMARY)
        .answers::<UsageSummaryView>(StatusCode::OK, "Tokens by counter, and cost."),
    ]
}
