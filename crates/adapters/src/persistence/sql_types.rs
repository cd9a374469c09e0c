//! SQL types of our own, so that one schema serves both databases and each keeps its native form.

use std::io::Write;

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, SqlType},
    sqlite::{Sqlite, SqliteValue},
};
use latchkey_domain::{
    Timestamp,
    id::{
        ApiKeyId, AuditEventId, DataKeyId, InstanceId, MessageId, PersonalTokenId, SessionId,
        ShareId, TeamId, UsageEventId, UserId,
    },
};
use uuid::Uuid;

/// A UUID: `uuid` on PostgreSQL, 16 bytes on SQLite.
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct DbUuid;

/// An instant: `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite.
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct DbTime;

/// A UUID in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = DbUuid)]
pub struct Uid(pub Uuid);

/// An instant in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = DbTime)]
pub struct Ts(pub Timestamp);

impl ToSql<DbUuid, Pg> for Uid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<DbUuid, Sqlite> for Uid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<DbUuid, Pg> for Uid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl FromSql<DbUuid, Sqlite> for Uid {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}

/// 2000-01-01, from where PostgreSQL counts its microseconds.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

impl ToSql<DbTime, Pg> for Ts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self
            .0
            .as_micros()
            .checked_sub(POSTGRES_EPOCH)
            .ok_or("the instant is out of range")?;
        out.write_all(&micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<DbTime, Sqlite> for Ts {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<DbTime, Pg> for Ts {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = i64::from_be_bytes(value.as_bytes().try_into()?)
            .checked_add(POSTGRES_EPOCH)
            .ok_or("the instant is out of range")?;
        Ok(Self(Timestamp::from_micros(micros)))
    }
}

impl FromSql<DbTime, Sqlite> for Ts {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?;
        Ok(Self(Timestamp::from_micros(micros)))
    }
}

impl From<Timestamp> for Ts {
    fn from(instant: Timestamp) -> Self {
        Self(instant)
    }
}

impl From<Ts> for Timestamp {
    fn from(instant: Ts) -> Self {
        instant.0
    }
}

macro_rules! uid_of {
    ($($id:ident),* $(,)?) => {$(
        impl From<$id> for Uid {
            fn from(id: $id) -> Self {
                Self(id.as_uuid())
            }
        }

        impl From<Uid> for $id {
            fn from(id: Uid) -> Self {
                Self::from_uuid(id.0)
            }
        }
    )*};
}

uid_of!(
    ApiKeyId,
    AuditEventId,
    DataKeyId,
    InstanceId,
    MessageId,
    PersonalTokenId,
    ShareId,
    SessionId,
    TeamId,
    UsageEventId,
    UserId,
);
