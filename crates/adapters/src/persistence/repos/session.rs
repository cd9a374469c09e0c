//! Sign-ins.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
    delete, insert_into, update,
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    StoreError, Timestamp,
    id::{SessionId, UserId},
    session::{RotateRefresh, SESSION_IDLE_LIFE, Session, SessionRepo, SignedIn},
};

use super::Db;
use crate::persistence::{
    rows::{session::SessionRow, user::UserRow},
    schema::sessions,
    sql_types::{Ts, Uid},
    statement::user::user_by_session,
};

#[async_trait]
impl SessionRepo for Db {
    async fn insert_session(&self, session: &Session) -> Result<(), StoreError> {
        let row = SessionRow::from(session);
        self.write_statement(async move |conn| {
            insert_into(sessions::table)
                .values(row)
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<SignedIn>, StoreError> {
        self.read(async move |conn| {
            let found: Option<(UserRow, SessionRow)> =
                user_by_session(id).get_result(conn).await.optional()?;
            let Some((user, session)) = found else {
                return Ok(None);
            };
            Ok(Some(SignedIn {
                user: user.try_into()?,
                session: session.try_into()?,
            }))
        })
        .await
    }

    async fn rotate_refresh(&self, rotation: &RotateRefresh) -> Result<bool, StoreError> {
        let rotation = rotation.clone();
        self.write_statement(async move |conn| {
            let rotated = update(sessions::table.find(Uid::from(rotation.session)))
                .filter(sessions::refresh_hash.eq(rotation.current.0.to_vec()))
                .set((
                    sessions::previous_refresh_hash.eq(rotation.current.0.to_vec()),
                    sessions::refresh_hash.eq(rotation.successor.0.to_vec()),
                    sessions::generation.eq(sessions::generation + 1),
                    sessions::refreshed_at.eq(Ts(rotation.at)),
                ))
                .execute(conn)
                .await?;
            Ok(rotated > 0)
        })
        .await
    }

    async fn mark_authenticated(&self, id: SessionId, at: Timestamp) -> Result<bool, StoreError> {
        self.write_statement(async move |conn| {
            let marked = update(sessions::table.find(Uid::from(id)))
                .set(sessions::authenticated_at.eq(Ts(at)))
                .execute(conn)
                .await?;
            Ok(marked > 0)
        })
        .await
    }

    async fn list_sessions(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.read(async move |conn| {
            let rows = sessions::table
                .filter(sessions::user_id.eq(Uid::from(user)))
                .order((sessions::created_at.desc(), sessions::id.desc()))
                .select(SessionRow::as_select())
                .load(conn)
                .await?;
            Ok(rows
                .into_iter()
                .map(Session::try_from)
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn end_session(&self, user: UserId, id: SessionId) -> Result<bool, StoreError> {
        self.write_statement(async move |conn| {
            let ended = delete(sessions::table.find(Uid::from(id)))
                .filter(sessions::user_id.eq(Uid::from(user)))
                .execute(conn)
                .await?;
            Ok(ended > 0)
        })
        .await
    }

    async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write_statement(async move |conn| {
            let expired = sessions::expires_at.le(Ts(now));
            let idle = sessions::refreshed_at.le(Ts(now.minus(SESSION_IDLE_LIFE)));
            let deleted = delete(sessions::table)
                .filter(expired.or(idle))
                .execute(conn)
                .await?;
            Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
        })
        .await
    }
}
