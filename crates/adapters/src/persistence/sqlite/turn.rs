//! How turns are written to SQLite: statement by statement, as none of them costs a message.

use latchkey_domain::{
    StoreError,
    conversation::{BeginTurn, BeginTurnError, FinishAnswer},
};

use super::{
    Db,
    answer::{begin, finish},
};

/// Begins a turn.
pub async fn begin_turn(db: &Db, turn: BeginTurn) -> Result<(), BeginTurnError> {
    db.write(async move |conn| begin(conn, &turn).await).await
}

/// Ends an answer.
pub async fn finish_answer(db: &Db, end: FinishAnswer) -> Result<bool, StoreError> {
    db.write(async move |conn| finish(conn, &end).await).await
}
