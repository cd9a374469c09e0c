//! The owners' provider keys.

use std::collections::HashSet;

use async_trait::async_trait;
use diesel::{
    BoxableExpression, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper, delete,
    insert_into,
    sql_types::{Bool, Nullable},
    update,
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError, Timestamp,
    api_key::{
        ApiKey, ApiKeyRepo, InsertApiKeyError, KeyChange, KeyVerification, MAX_KEYS_PER_OWNER,
        OrderApiKeysError,
    },
    id::ApiKeyId,
};

use super::{Backend, Conn, Db, lock_until_commit};
use crate::persistence::{
    failure::Failure,
    rows::api_key::{ApiKeyRow, KeyChangeRow},
    schema::api_keys,
    sql_types::{Ts, Uid},
    statement::api_key::put_into_order,
    text::AnyText,
};

type Condition = Box<dyn BoxableExpression<api_keys::table, Backend, SqlType = Nullable<Bool>>>;

/// That a key is `owner`'s.
fn is_of(owner: Owner) -> Condition {
    match owner {
        Owner::User(id) => Box::new(api_keys::user_id.eq(Uid::from(id))),
        Owner::Team(id) => Box::new(api_keys::team_id.eq(Uid::from(id))),
    }
}

#[async_trait]
impl ApiKeyRepo for Db {
    async fn insert_api_key(&self, key: &ApiKey) -> Result<ApiKey, InsertApiKeyError> {
        let (row, owner) = (ApiKeyRow::from(key), key.owner);
        self.write(async move |conn| insert_at_end(conn, row, owner).await)
            .await
    }

    async fn list_api_keys(&self, owner: Owner) -> Result<Vec<ApiKey>, StoreError> {
        self.read(async move |conn| in_order(conn, owner).await)
            .await
    }

    async fn find_api_key(&self, owner: Owner, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        self.read(async move |conn| {
            let row = api_keys::table
                .filter(api_keys::id.eq(Uid::from(id)))
                .filter(is_of(owner))
                .select(ApiKeyRow::as_select())
                .first(conn)
                .await
                .optional()?;
            Ok(row.map(ApiKey::try_from).transpose()?)
        })
        .await
    }

    async fn update_api_key(
        &self,
        owner: Owner,
        id: ApiKeyId,
        change: &KeyChange,
        at: Timestamp,
    ) -> Result<Option<ApiKey>, StoreError> {
        let change = KeyChangeRow::new(change, at);
        self.write_statement(async move |conn| {
            let row = update(api_keys::table)
                .filter(api_keys::id.eq(Uid::from(id)))
                .filter(is_of(owner))
                .set(change)
                .returning(ApiKeyRow::as_returning())
                .get_result(conn)
                .await
                .optional()?;
            Ok(row.map(ApiKey::try_from).transpose()?)
        })
        .await
    }

    async fn order_api_keys(
        &self,
        owner: Owner,
        order: &[ApiKeyId],
    ) -> Result<Vec<ApiKey>, OrderApiKeysError> {
        let order = order.to_vec();
        self.write(async move |conn| put_in_order(conn, owner, &order).await)
            .await
    }

    async fn record_verification(
        &self,
        owner: Owner,
        id: ApiKeyId,
        verification: &KeyVerification,
    ) -> Result<Option<ApiKey>, StoreError> {
        let said = verification.clone();
        self.write_statement(async move |conn| {
            let row = update(api_keys::table)
                .filter(api_keys::id.eq(Uid::from(id)))
                .filter(api_keys::record_version.eq(i64::from(said.record_version)))
                .filter(is_of(owner))
                .set((
                    api_keys::status.eq(said.status.as_str()),
                    api_keys::status_detail.eq(said.detail.map(AnyText::from)),
                    api_keys::last_verified_at.eq(Ts(said.at)),
                ))
                .returning(ApiKeyRow::as_returning())
                .get_result(conn)
                .await
                .optional()?;
            Ok(row.map(ApiKey::try_from).transpose()?)
        })
        .await
    }

    async fn delete_api_key(&self, owner: Owner, id: ApiKeyId) -> Result<bool, StoreError> {
        self.write_statement(async move |conn| {
            let deleted = delete(api_keys::table)
                .filter(api_keys::id.eq(Uid::from(id)))
                .filter(is_of(owner))
                .execute(conn)
                .await?;
            Ok(deleted > 0)
        })
        .await
    }
}

async fn insert_at_end(
    conn: &mut Conn,
    mut row: ApiKeyRow,
    owner: Owner,
) -> Result<ApiKey, Failure<InsertApiKeyError>> {
    // Two inserts of one owner must not count the same keys, nor take the same place.
    lock_until_commit(conn, lock_of(owner)).await?;
    let keys: Vec<(Uid, Vec<u8>, i32)> = api_keys::table
        .filter(is_of(owner))
        .select((api_keys::id, api_keys::fingerprint, api_keys::position))
        .load(conn)
        .await?;
    if let Some((existing, ..)) = keys
        .iter()
        .find(|(_, fingerprint, _)| *fingerprint == row.fingerprint)
    {
        let existing = (*existing).into();
        return Err(Failure::Refused(InsertApiKeyError::Duplicate { existing }));
    }
    if keys.len() >= MAX_KEYS_PER_OWNER {
        return Err(Failure::Refused(InsertApiKeyError::TooMany));
    }
    let last = keys.iter().map(|(.., position)| *position).max();
    row.position = last.map_or(0, |last| last.saturating_add(1));
    let stored = insert_into(api_keys::table)
        .values(row)
        .returning(ApiKeyRow::as_returning())
        .get_result(conn)
        .await?;
    Ok(ApiKey::try_from(stored)?)
}

async fn put_in_order(
    conn: &mut Conn,
    owner: Owner,
    order: &[ApiKeyId],
) -> Result<Vec<ApiKey>, Failure<OrderApiKeysError>> {
    lock_until_commit(conn, lock_of(owner)).await?;
    let own: Vec<Uid> = api_keys::table
        .filter(is_of(owner))
        .select(api_keys::id)
        .load(conn)
        .await?;
    let own: HashSet<ApiKeyId> = own.into_iter().map(ApiKeyId::from).collect();
    if order.len() != own.len() || own != order.iter().copied().collect() {
        return Err(Failure::Refused(OrderApiKeysError::NotTheKeys));
    }
    if !order.is_empty() {
        put_into_order(order).execute(conn).await?;
    }
    in_order(conn, owner).await
}

/// The keys of `owner` in their order of use.
async fn in_order<E>(conn: &mut Conn, owner: Owner) -> Result<Vec<ApiKey>, Failure<E>> {
    let rows = api_keys::table
        .filter(is_of(owner))
        .order((api_keys::position, api_keys::created_at, api_keys::id))
        .select(ApiKeyRow::as_select())
        .load(conn)
        .await?;
    let keys = rows.into_iter().map(ApiKey::try_from);
    Ok(keys.collect::<Result<_, _>>()?)
}

/// The lock of one owner's lists, of keys or of tokens: the random half of the id. Two owners that share it wait for each other, no more.
pub(super) fn lock_of(owner: Owner) -> i64 {
    let (_, random) = owner.uuid().as_u64_pair();
    i64::from_ne_bytes(random.to_ne_bytes())
}
