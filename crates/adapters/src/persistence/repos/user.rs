//! Accounts.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, delete, dsl::exists, insert_into,
    result::Error as SqlError, select, update,
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Page, PageRequest, StoreError, Timestamp,
    id::UserId,
    personal_token::TokenFate,
    user::{
        Email, InsertUserError, PasswordChange, PasswordHash, ResetCode, ResetCodeHash, User,
        UserRepo, UserRole, UserStatus,
    },
};

use super::{Conn, Db, lock_until_commit};
use crate::persistence::{
    constraint::Unique,
    failure::Failure,
    page,
    rows::user::{ResetCodeRow, SettingsRow, UserRow, role_name, status_name},
    schema::{personal_tokens, reset_codes, sessions, usage_events, users},
    sql_types::{Ts, Uid},
    statement::user::{user_by_email, user_by_id, users_after},
    text::AnyText,
};

/// The lock of whoever might make the server's first account.
const FIRST_ACCOUNT: i64 = 0x6c61_7463_686b_0001;

#[async_trait]
impl UserRepo for Db {
    async fn insert_user(&self, user: &User) -> Result<UserRole, InsertUserError> {
        let (row, role) = (UserRow::from(user), user.role);
        self.write(async move |conn| insert_account(conn, row, role).await)
            .await
    }

    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.read(async move |conn| {
            let row: Option<UserRow> = user_by_id(id).get_result(conn).await.optional()?;
            Ok(row.map(User::try_from).transpose()?)
        })
        .await
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        let found = user_by_email(email);
        self.read(async move |conn| {
            let row: Option<UserRow> = found.get_result(conn).await.optional()?;
            Ok(row.map(User::try_from).transpose()?)
        })
        .await
    }

    async fn list_users(
        &self,
        page: PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, StoreError> {
        self.read(async move |conn| {
            let rows: Vec<UserRow> = users_after(page.after, page::one_more(page.limit))
                .load(conn)
                .await?;
            Ok(page::of(rows, page.limit, |user: &User| user.id)?)
        })
        .await
    }

    async fn update_user(&self, user: &User) -> Result<bool, StoreError> {
        let id = Uid::from(user.id);
        let changes = (
            SettingsRow::from(&user.settings),
            users::name.eq(user.name.as_deref().map(AnyText::from)),
            users::updated_at.eq(Ts(user.updated_at)),
        );
        self.write_statement(async move |conn| {
            let changed = update(users::table.find(id))
                .set(changes)
                .execute(conn)
                .await?;
            Ok(changed > 0)
        })
        .await
    }

    async fn change_password(&self, change: &PasswordChange) -> Result<Option<u32>, StoreError> {
        let change = change.clone();
        self.write(async move |conn| set_password(conn, &change).await)
            .await
    }

    async fn rehash_password(
        &self,
        user: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let (old, new) = (old.as_phc().to_owned(), new.as_phc().to_owned());
        self.write_statement(async move |conn| {
            update(users::table.find(Uid::from(user)))
                .filter(users::password_hash.eq(old))
                .set(users::password_hash.eq(new))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    async fn set_user_status(
        &self,
        user: UserId,
        status: UserStatus,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(async move |conn| set_status(conn, user.into(), status, at.into()).await)
            .await
    }

    async fn delete_user(&self, user: UserId) -> Result<bool, StoreError> {
        self.write(async move |conn| {
            let user = Uid::from(user);
            let deleted = delete(users::table.find(user)).execute(conn).await?;
            // The ledger stays, but the names that the person typed go.
            update(usage_events::table)
                .filter(usage_events::user_id.eq(user))
                .filter(usage_events::key_name.is_not_null())
                .set(usage_events::key_name.eq(None::<AnyText>))
                .execute(conn)
                .await?;
            Ok(deleted > 0)
        })
        .await
    }

    async fn insert_reset_code(&self, code: &ResetCode) -> Result<(), StoreError> {
        let row = ResetCodeRow::from(code);
        self.write(async move |conn| {
            delete(reset_codes::table)
                .filter(reset_codes::user_id.eq(row.user_id))
                .execute(conn)
                .await?;
            insert_into(reset_codes::table)
                .values(row)
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    async fn find_reset_code(
        &self,
        hash: ResetCodeHash,
        at: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.read(async move |conn| {
            let user: Option<Uid> = reset_codes::table
                .find(hash.0.to_vec())
                .filter(reset_codes::expires_at.gt(Ts(at)))
                .select(reset_codes::user_id)
                .first(conn)
                .await
                .optional()?;
            Ok(user.map(UserId::from))
        })
        .await
    }

    async fn redeem_reset_code(
        &self,
        hash: ResetCodeHash,
        new: &PasswordHash,
        tokens: TokenFate,
        at: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let new = new.clone();
        self.write(async move |conn| {
            // Whoever deletes the code has it; a second one finds nothing.
            let user: Option<Uid> = delete(reset_codes::table.find(hash.0.to_vec()))
                .filter(reset_codes::expires_at.gt(Ts(at)))
                .returning(reset_codes::user_id)
                .get_result(conn)
                .await
                .optional()?;
            let Some(user) = user.map(UserId::from) else {
                return Ok(None);
            };
            let change = PasswordChange {
                user,
                hash: new,
                keep_session: None,
                tokens,
                at,
            };
            let version = set_password(conn, &change).await?;
            Ok(version.map(|_| user))
        })
        .await
    }
}

async fn insert_account(
    conn: &mut Conn,
    mut row: UserRow,
    mut role: UserRole,
) -> Result<UserRole, Failure<InsertUserError>> {
    // The lock is only for a server without accounts, of which there is one moment.
    if is_without_accounts(conn).await? {
        lock_until_commit(conn, FIRST_ACCOUNT).await?;
        if is_without_accounts(conn).await? {
            role = UserRole::Admin;
            role_name(role).clone_into(&mut row.role);
        }
    }
    insert_into(users::table)
        .values(row)
        .execute(conn)
        .await
        .map_err(|error| match Unique::violated_by(&error) {
            Some(Unique::UserEmail) => Failure::Refused(InsertUserError::EmailTaken),
            _ => Failure::Sql(error),
        })?;
    Ok(role)
}

async fn is_without_accounts(conn: &mut Conn) -> Result<bool, SqlError> {
    let any: bool = select(exists(users::table.select(users::id)))
        .get_result(conn)
        .await?;
    Ok(!any)
}

/// A new password: every session but the one to keep ends, and every open reset code is void.
async fn set_password(
    conn: &mut Conn,
    change: &PasswordChange,
) -> Result<Option<u32>, Failure<StoreError>> {
    let user = Uid::from(change.user);
    let version: Option<i64> = update(users::table.find(user))
        .set((
            users::password_hash.eq(change.hash.as_phc()),
            users::security_version.eq(users::security_version + 1),
            users::updated_at.eq(Ts(change.at)),
        ))
        .returning(users::security_version)
        .get_result(conn)
        .await
        .optional()?;
    let Some(version) = version else {
        return Ok(None);
    };
    // No session has the nil id.
    let keep = change
        .keep_session
        .map_or(Uid(uuid::Uuid::nil()), Uid::from);
    delete(sessions::table)
        .filter(sessions::user_id.eq(user))
        .filter(sessions::id.ne(keep))
        .execute(conn)
        .await?;
    delete(reset_codes::table)
        .filter(reset_codes::user_id.eq(user))
        .execute(conn)
        .await?;
    if change.tokens == TokenFate::Delete {
        delete_tokens(conn, user).await?;
    }
    let version = u32::try_from(version).map_err(|error| StoreError::Internal(error.into()))?;
    Ok(Some(version))
}

async fn set_status(
    conn: &mut Conn,
    user: Uid,
    status: UserStatus,
    at: Ts,
) -> Result<bool, Failure<StoreError>> {
    let raise: i64 = match status {
        UserStatus::Active => 0,
        UserStatus::Disabled => 1,
    };
    let changed = update(users::table.find(user))
        .set((
            users::status.eq(status_name(status)),
            users::security_version.eq(users::security_version + raise),
            users::updated_at.eq(at),
        ))
        .execute(conn)
        .await?;
    if status == UserStatus::Disabled {
        delete(sessions::table)
            .filter(sessions::user_id.eq(user))
            .execute(conn)
            .await?;
        delete_tokens(conn, user).await?;
    }
    Ok(changed > 0)
}

/// Deletes all personal access tokens of an account.
async fn delete_tokens(conn: &mut Conn, user: Uid) -> Result<(), SqlError> {
    delete(personal_tokens::table)
        .filter(personal_tokens::user_id.eq(user))
        .execute(conn)
        .await?;
    Ok(())
}
