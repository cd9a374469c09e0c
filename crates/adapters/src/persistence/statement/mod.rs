//! Statements in SQL of our own, for what Diesel's query builder can't say. Unlike `sql_query` they are prepared once
//! and kept, and both databases take them.

pub mod api_key;
pub mod archive;
pub mod branch;
pub mod once;
pub mod search;
pub mod share;
pub mod summary;
pub mod turn;
pub mod user;

use std::marker::PhantomData;

use diesel::{
    QueryResult,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{self, BigInt, Binary, HasSqlType, Nullable, Text},
};
use time::Date;

use crate::persistence::sql_types::{DbTime, DbUuid, Ts, Uid};

/// A statement whose rows have the SQL types `ST`. Only constants of this program are SQL; every value is bound.
pub struct Statement<ST> {
    parts: Vec<Part>,
    rows: PhantomData<ST>,
}

enum Part {
    Sql(&'static str),
    Uuid(Option<Uid>),
    Time(Option<Ts>),
    Text(Option<String>),
    Number(Option<i64>),
    Bytes(Vec<u8>),
    Date(Date),
}

impl<ST> Statement<ST> {
    /// A statement that begins with `sql`.
    pub fn new(sql: &'static str) -> Self {
        Self {
            parts: vec![Part::Sql(sql)],
            rows: PhantomData,
        }
    }

    /// Goes on with `sql`.
    pub fn sql(self, sql: &'static str) -> Self {
        self.and(Part::Sql(sql))
    }

    /// Goes on with an id as a value.
    pub fn uuid(self, id: impl Into<Uid>) -> Self {
        self.and(Part::Uuid(Some(id.into())))
    }

    /// Goes on with an id, or NULL, as a value.
    pub fn uuid_or_null(self, id: Option<Uid>) -> Self {
        self.and(Part::Uuid(id))
    }

    /// Goes on with an instant as a value.
    pub fn time(self, at: impl Into<Ts>) -> Self {
        self.and(Part::Time(Some(at.into())))
    }

    /// Goes on with an instant, or NULL, as a value.
    pub fn time_or_null(self, at: Option<Ts>) -> Self {
        self.and(Part::Time(at))
    }

    /// Goes on with a text as a value.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.and(Part::Text(Some(text.into())))
    }

    /// Goes on with a text, or NULL, as a value.
    pub fn text_or_null(self, text: Option<String>) -> Self {
        self.and(Part::Text(text))
    }

    /// Goes on with bytes as a value.
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.and(Part::Bytes(bytes.to_vec()))
    }

    /// Goes on with a day as a value.
    pub fn date(self, day: Date) -> Self {
        self.and(Part::Date(day))
    }

    /// Goes on with a number as a value.
    pub fn number(self, number: i64) -> Self {
        self.and(Part::Number(Some(number)))
    }

    /// Goes on with a number, or NULL, as a value.
    pub fn number_or_null(self, number: Option<i64>) -> Self {
        self.and(Part::Number(number))
    }

    fn and(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}

impl<ST> Query for Statement<ST> {
    type SqlType = ST;
}

impl<ST> QueryId for Statement<ST> {
    // Statements of this type differ in their text, so the text is what a prepared one is found by.
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST, DB> QueryFragment<DB> for Statement<ST>
where
    DB: Backend + HasSqlType<DbUuid> + HasSqlType<DbTime>,
    Uid: ToSql<DbUuid, DB>,
    Option<Uid>: ToSql<Nullable<DbUuid>, DB>,
    Option<Ts>: ToSql<Nullable<DbTime>, DB>,
    Option<String>: ToSql<Nullable<Text>, DB>,
    Option<i64>: ToSql<Nullable<BigInt>, DB>,
    Vec<u8>: ToSql<Binary, DB>,
    Date: ToSql<sql_types::Date, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Uuid(id) => out.push_bind_param::<Nullable<DbUuid>, _>(id)?,
                Part::Time(at) => out.push_bind_param::<Nullable<DbTime>, _>(at)?,
                Part::Text(text) => out.push_bind_param::<Nullable<Text>, _>(text)?,
                Part::Number(number) => out.push_bind_param::<Nullable<BigInt>, _>(number)?,
                Part::Bytes(bytes) => out.push_bind_param::<Binary, _>(bytes)?,
                Part::Date(day) => out.push_bind_param::<sql_types::Date, _>(day)?,
            }
        }
        Ok(())
    }
}
