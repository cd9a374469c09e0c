//! Personal access tokens.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
    delete, insert_into, update,
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError, Timestamp,
    id::{PersonalTokenId, UserId},
    personal_token::{
        InsertPersonalTokenError, MAX_TOKENS_PER_USER, PersonalToken, PersonalTokenHash,
        PersonalTokenRepo, TokenHolder,
    },
};

use super::{Db, api_key::lock_of, lock_until_commit};
use crate::persistence::{
    failure::Failure,
    rows::{personal_token::PersonalTokenRow, user::UserRow},
    schema::personal_tokens,
    sql_types::{Ts, Uid},
    statement::user::user_by_personal_token,
};

#[async_trait]
impl PersonalTokenRepo for Db {
    async fn insert_personal_token(
        &self,
        token: &PersonalToken,
    ) -> Result<(), InsertPersonalTokenError> {
        let (row, user) = (PersonalTokenRow::from(token), token.user);
        self.write(async move |conn| {
            // Two inserts of one account must not count the same tokens.
            lock_until_commit(conn, lock_of(Owner::User(user))).await?;
            let tokens: i64 = personal_tokens::table
                .filter(personal_tokens::user_id.eq(Uid::from(user)))
                .count()
                .get_result(conn)
                .await?;
            if usize::try_from(tokens).is_ok_and(|tokens| tokens >= MAX_TOKENS_PER_USER) {
                return Err(Failure::Refused(InsertPersonalTokenError::TooMany));
            }
            insert_into(personal_tokens::table)
                .values(row)
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    async fn find_personal_token(
        &self,
        hash: PersonalTokenHash,
    ) -> Result<Option<TokenHolder>, StoreError> {
        self.read(async move |conn| {
            let found: Option<(UserRow, PersonalTokenRow)> = user_by_personal_token(hash)
                .get_result(conn)
                .await
                .optional()?;
            let Some((user, token)) = found else {
                return Ok(None);
            };
            Ok(Some(TokenHolder {
                user: user.try_into()?,
                token: token.try_into()?,
            }))
        })
        .await
    }

    async fn list_personal_tokens(&self, user: UserId) -> Result<Vec<PersonalToken>, StoreError> {
        self.read(async move |conn| {
            let rows = personal_tokens::table
                .filter(personal_tokens::user_id.eq(Uid::from(user)))
                .order((
                    personal_tokens::created_at.desc(),
                    personal_tokens::id.desc(),
                ))
                .select(PersonalTokenRow::as_select())
                .load(conn)
                .await?;
            Ok(rows
                .into_iter()
                .map(PersonalToken::try_from)
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn mark_personal_token_used(
        &self,
        id: PersonalTokenId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_statement(async move |conn| {
            let never = personal_tokens::last_used_at.is_null();
            let earlier = personal_tokens::last_used_at.lt(Ts(at));
            update(personal_tokens::table.find(Uid::from(id)))
                .filter(never.or(earlier))
                .set(personal_tokens::last_used_at.eq(Ts(at)))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    async fn delete_personal_token(
        &self,
        user: UserId,
        id: PersonalTokenId,
    ) -> Result<bool, StoreError> {
        self.write_statement(async move |conn| {
            let deleted = delete(personal_tokens::table.find(Uid::from(id)))
                .filter(personal_tokens::user_id.eq(Uid::from(user)))
                .execute(conn)
                .await?;
            Ok(deleted > 0)
        })
        .await
    }

    async fn delete_expired_personal_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.write_statement(async move |conn| {
            let deleted = delete(personal_tokens::table)
                .filter(personal_tokens::expires_at.le(Ts(before)))
                .execute(conn)
                .await?;
            Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
        })
        .await
    }
}
