//! Data keys and the crypto state.

use async_trait::async_trait;
use diesel::{
    BoxableExpression, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, QueryResult,
    SelectableHelper, insert_into,
    sql_types::{Bool, Nullable},
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError,
    api_key::{CryptoState, DataKey, DataKeyRepo},
};

use super::{Backend, Conn, Db};
use crate::persistence::{
    failure::Failure,
    rows::data_key::{CanaryRow, CryptoStateRow, DataKeyRow, crypto_state_of},
    schema::{canaries, crypto_state, data_keys},
    sql_types::Uid,
};

type Condition = Box<dyn BoxableExpression<data_keys::table, Backend, SqlType = Nullable<Bool>>>;

/// That a data key is `owner`'s.
fn is_of(owner: Owner) -> Condition {
    match owner {
        Owner::User(id) => Box::new(data_keys::user_id.eq(Uid::from(id))),
        Owner::Team(id) => Box::new(data_keys::team_id.eq(Uid::from(id))),
    }
}

#[async_trait]
impl DataKeyRepo for Db {
    async fn find_crypto_state(&self) -> Result<Option<CryptoState>, StoreError> {
        self.read(async move |conn| read_crypto_state(conn).await)
            .await
    }

    async fn insert_crypto_state(&self, state: &CryptoState) -> Result<CryptoState, StoreError> {
        let row = CryptoStateRow::from(state);
        let canaries: Vec<CanaryRow> = state.canaries.iter().map(CanaryRow::from).collect();
        self.write(async move |conn| {
            let inserted = insert_into(crypto_state::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            if inserted > 0 && !canaries.is_empty() {
                insert_all!(conn, canaries::table, canaries);
            }
            let stands = read_crypto_state(conn).await?;
            Ok(stands.ok_or_else(missing)?)
        })
        .await
    }

    async fn find_newest_data_key(&self, owner: Owner) -> Result<Option<DataKey>, StoreError> {
        self.read(async move |conn| {
            let row = data_keys::table
                .filter(is_of(owner))
                .order(data_keys::version.desc())
                .select(DataKeyRow::as_select())
                .first(conn)
                .await
                .optional()?;
            Ok(row.map(DataKey::try_from).transpose()?)
        })
        .await
    }

    async fn find_data_key(
        &self,
        owner: Owner,
        version: u32,
    ) -> Result<Option<DataKey>, StoreError> {
        self.read(async move |conn| {
            let row = read_data_key(conn, owner, version.into()).await?;
            Ok(row.map(DataKey::try_from).transpose()?)
        })
        .await
    }

    async fn insert_data_key(&self, key: &DataKey) -> Result<DataKey, StoreError> {
        let (row, owner) = (DataKeyRow::from(key), key.owner);
        self.write(async move |conn| {
            let version = row.version;
            insert_into(data_keys::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            let stands = read_data_key(conn, owner, version).await?;
            Ok(stands.ok_or_else(missing)?.try_into()?)
        })
        .await
    }
}

async fn read_crypto_state(conn: &mut Conn) -> Result<Option<CryptoState>, Failure<StoreError>> {
    let rows = crypto_state::table
        .left_join(canaries::table.on(canaries::root_version.ge(0)))
        .order(canaries::root_version)
        .select((
            CryptoStateRow::as_select(),
            Option::<CanaryRow>::as_select(),
        ))
        .load::<(CryptoStateRow, Option<CanaryRow>)>(conn)
        .await?;
    Ok(crypto_state_of(rows)?)
}

async fn read_data_key(
    conn: &mut Conn,
    owner: Owner,
    version: i64,
) -> QueryResult<Option<DataKeyRow>> {
    data_keys::table
        .filter(is_of(owner))
        .filter(data_keys::version.eq(version))
        .select(DataKeyRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The row was refused because there is one, and then there was none.
fn missing() -> StoreError {
    StoreError::Internal("a row that stood in the way can't be read".into())
}
