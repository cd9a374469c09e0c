//! Rows: what stands in which column, and how it becomes a value of the domain. What can't is [`StoreError::Corrupt`].

pub mod answer;
pub mod api_key;
pub mod audit_event;
pub mod conversation;
pub mod data_key;
pub mod message;
pub mod once;
pub mod personal_token;
mod receipt;
pub mod search;
pub mod session;
pub mod share;
pub mod usage_event;
pub mod user;

use std::fmt::Display;

use diesel::{Expression, Selectable, pg::Pg};
use latchkey_domain::{Owner, StoreError, id::TeamId, id::UserId};

use super::sql_types::Uid;

/// The SQL types of a row's columns; on both databases the same.
pub type SelectedColumns<Row> = <<Row as Selectable<Pg>>::SelectExpression as Expression>::SqlType;

/// The row that is being read, for the error that names it.
struct Reading<'a> {
    table: &'static str,
    row: &'a dyn Display,
}

impl Reading<'_> {
    fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column,
            row: self.row.to_string(),
        }
    }

    /// The value that `parse` makes of a column.
    fn value<T>(&self, column: &'static str, parsed: Option<T>) -> Result<T, StoreError> {
        parsed.ok_or_else(|| self.corrupt(column))
    }

    /// A number that the database keeps in a wider or a signed type.
    fn number<T: TryFrom<N>, N>(&self, column: &'static str, number: N) -> Result<T, StoreError> {
        self.value(column, T::try_from(number).ok())
    }

    /// Bytes of a fixed length.
    fn bytes<const N: usize>(
        &self,
        column: &'static str,
        bytes: &[u8],
    ) -> Result<[u8; N], StoreError> {
        self.number(column, bytes)
    }

    /// The one owner of a row.
    fn owner(&self, user: Option<Uid>, team: Option<Uid>) -> Result<Owner, StoreError> {
        match (user, team) {
            (Some(user), None) => Ok(Owner::User(user.into())),
            (None, Some(team)) => Ok(Owner::Team(team.into())),
            _ => Err(self.corrupt("user_id")),
        }
    }
}

/// The two columns of an owner: `user_id`, `team_id`.
fn owner_columns(owner: Owner) -> (Option<Uid>, Option<Uid>) {
    (
        owner.user_id().map(|id: UserId| id.into()),
        owner.team_id().map(|id: TeamId| id.into()),
    )
}

/// A counter for a column of big integers.
pub fn big_integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|error| StoreError::Internal(error.into()))
}
