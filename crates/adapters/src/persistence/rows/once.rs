//! Rows of `once_keys`.

use diesel::Queryable;
use latchkey_domain::{
    StoreError,
    conversation::{BegunBefore, RequestMac},
};

use super::Reading;
use crate::persistence::sql_types::Uid;

/// What a key was taken for.
#[derive(Debug, Queryable)]
pub struct BegunBeforeRow {
    pub request_mac: Vec<u8>,
    pub answer: Uid,
}

impl TryFrom<BegunBeforeRow> for BegunBefore {
    type Error = StoreError;

    fn try_from(row: BegunBeforeRow) -> Result<Self, StoreError> {
        let reading = Reading {
            table: "once_keys",
            row: &row.answer.0,
        };
        Ok(Self {
            request: RequestMac(reading.bytes("request_mac", &row.request_mac)?),
            answer: row.answer.into(),
        })
    }
}
