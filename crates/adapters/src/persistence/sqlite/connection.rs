//! A connection as the repositories see it: each statement runs at once, on the thread that asks for it.
//!
//! diesel-async's own wrapper for SQLite moves each statement, its values and its rows to another thread and copies all of them for that.
//! A connection of ours never leaves its thread, so its values are bound where they stand and its rows are read in place.

use std::future::{self, Ready};

use diesel::{
    Connection, QueryResult, SqliteConnection,
    connection::{LoadConnection, SimpleConnection},
    query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId},
    sql_types::Untyped,
    sqlite::Sqlite,
};
use diesel_async::{AsyncConnectionCore, SimpleAsyncConnection};
use fragile::Fragile;
use futures_util::stream;

/// A connection. Only for threads that may block; its futures are ready at once.
pub struct Conn(SqliteConnection);

type Cursor<'conn, 'query> = <SqliteConnection as LoadConnection>::Cursor<'conn, 'query>;

impl Conn {
    pub fn new(connection: SqliteConnection) -> Self {
        Self(connection)
    }

    /// Runs statements without values.
    pub fn run(&mut self, sql: &str) -> QueryResult<()> {
        self.0.batch_execute(sql)
    }
}

impl SimpleAsyncConnection for Conn {
    async fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        self.run(sql)
    }
}

impl AsyncConnectionCore for Conn {
    type ExecuteFuture<'conn, 'query> = Ready<QueryResult<usize>>;
    type LoadFuture<'conn, 'query> = Ready<QueryResult<Self::Stream<'conn, 'query>>>;
    // Rows are of this thread; a future that held some would panic on another, and no job's future gets there.
    type Stream<'conn, 'query> = Fragile<stream::Iter<Cursor<'conn, 'query>>>;
    type Row<'conn, 'query> = <SqliteConnection as LoadConnection>::Row<'conn, 'query>;
    type Backend = Sqlite;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Sqlite> + QueryId + 'query,
    {
        let rows = self.0.load(OfAnyType(source.as_query()));
        future::ready(rows.map(|rows| Fragile::new(stream::iter(rows))))
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Sqlite> + QueryId + 'query,
    {
        future::ready(Connection::execute_returning_count(&mut self.0, &source))
    }
}

/// A query whose columns' types the connection needn't know: whoever reads the rows does.
struct OfAnyType<Q>(Q);

impl<Q> Query for OfAnyType<Q> {
    type SqlType = Untyped;
}

impl<Q: QueryId> QueryId for OfAnyType<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for OfAnyType<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
}
