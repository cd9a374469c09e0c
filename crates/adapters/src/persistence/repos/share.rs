//! Links under which anybody can read a conversation.

use async_trait::async_trait;
use diesel::OptionalExtension;
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, StoreError, Timestamp,
    id::ShareId,
    share::{
        InsertShareError, MAX_SHARES_PER_OWNER, Share, ShareChange, ShareRepo, ShareTokenHash,
    },
};

use super::{Conn, Db, api_key::lock_of, lock_until_commit};
use crate::persistence::{
    failure::Failure,
    rows::share::ShareRow,
    statement::share::{
        count_shares, delete_share, insert_share, own_shares, share_by_hash, write_share,
    },
};

#[async_trait]
impl ShareRepo for Db {
    async fn insert_share(&self, share: &Share) -> Result<(), InsertShareError> {
        let (owner, row) = (share.owner, insert_share(share));
        self.write(async move |conn| {
            // Two inserts of one owner must not count the same links.
            lock_until_commit(conn, lock_of(owner)).await?;
            let shares: i64 = count_shares(owner).get_result(conn).await?;
            if usize::try_from(shares).is_ok_and(|shares| shares >= MAX_SHARES_PER_OWNER) {
                return Err(Failure::Refused(InsertShareError::TooMany));
            }
            match row.execute(conn).await? {
                0 => Err(Failure::Refused(InsertShareError::NothingToShow)),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn find_own_share(&self, owner: Owner, id: ShareId) -> Result<Option<Share>, StoreError> {
        self.read(async move |conn| find(conn, owner, id).await)
            .await
    }

    async fn list_shares(&self, owner: Owner) -> Result<Vec<Share>, StoreError> {
        self.read(async move |conn| {
            let rows: Vec<ShareRow> = own_shares(owner, None).load(conn).await?;
            let shares = rows.into_iter().map(Share::try_from);
            Ok(shares.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn update_share(
        &self,
        owner: Owner,
        id: ShareId,
        change: &ShareChange,
        at: Timestamp,
    ) -> Result<Option<Share>, StoreError> {
        let row = write_share(owner, id, change, at);
        self.write(async move |conn| {
            row.execute(conn).await?;
            find(conn, owner, id).await
        })
        .await
    }

    async fn delete_share(&self, owner: Owner, id: ShareId) -> Result<bool, StoreError> {
        let row = delete_share(owner, id);
        self.write_statement(async move |conn| Ok(row.execute(conn).await? > 0))
            .await
    }

    async fn find_share(&self, hash: ShareTokenHash) -> Result<Option<Share>, StoreError> {
        self.read(async move |conn| {
            let row: Option<ShareRow> = share_by_hash(hash).get_result(conn).await.optional()?;
            Ok(row.map(Share::try_from).transpose()?)
        })
        .await
    }
}

async fn find(
    conn: &mut Conn,
    owner: Owner,
    id: ShareId,
) -> Result<Option<Share>, Failure<StoreError>> {
    let row: Option<ShareRow> = own_shares(owner, Some(id))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(Share::try_from).transpose()?)
}
