//! Reads the query of an address; all its faults at once.

use std::borrow::Cow;

use actix_web::web;
use latchkey_domain::page::{DEFAULT_PAGE, MAX_PAGE};
use time::{Date, macros::format_description};

use crate::{
    call::Call,
    problem::{FieldFault, Problem},
};

/// The parameters of a query, while they are read.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    faults: Vec<FieldFault>,
}

impl Call {
    /// The query's parameters.
    pub(crate) fn query(&self) -> Result<Query, Problem> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(&self.query)
            .map_err(|_| Problem::invalid_parameter("?", "can't be read"))?;
        Ok(Query {
            pairs: pairs.into_inner(),
            faults: Vec::new(),
        })
    }
}

impl Query {
    /// A parameter, if it is there; `read` says what is wrong with it.
    pub(crate) fn take<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        let at = self.pairs.iter().position(|(found, _)| found == name)?;
        let (_, value) = self.pairs.swap_remove(at);
        match read(&value) {
            Ok(value) => Some(value),
            Err(detail) => {
                self.fault(name, detail);
                None
            }
        }
    }

    /// The most items that are wanted: 1 to 100, 50 if nothing is said. More than 100 gives 100.
    pub(crate) fn limit(&mut self) -> u32 {
        self.take("limit", |text| match text.parse::<u64>() {
            Ok(0) | Err(_) => Err("must be a whole number from 1 to 100"),
            Ok(limit) => Ok(u32::try_from(limit).unwrap_or(MAX_PAGE).min(MAX_PAGE)),
        })
        .unwrap_or(DEFAULT_PAGE)
    }

    /// A day.
    pub(crate) fn date(&mut self, name: &str) -> Option<Date> {
        self.take(name, |text| {
            Date::parse(text, format_description!("[year]-[month]-[day]"))
                .map_err(|_| "must be a day such as 2026-11-22")
        })
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, name: &str, detail: impl Into<Cow<'static, str>>) {
        self.faults.push(FieldFault {
            pointer: format!("?{name}"),
            detail: detail.into(),
        });
    }

    /// An error if anything was wrong, or is left.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            let shown: String = name.chars().take(64).collect();
            self.fault(
                &shown,
                "is not a parameter of this address, or stands there twice",
            );
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.faults))
        }
    }
}
