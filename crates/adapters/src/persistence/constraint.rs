//! Unique indexes by name: each database spells a violation differently.

use diesel::result::{DatabaseErrorKind, Error as SqlError};

/// The unique indexes whose violation means something to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// One account per address.
    UserEmail,
    /// One conversation per owner and id.
    ConversationId,
}

impl Unique {
    const ALL: [Self; 2] = [Self::UserEmail, Self::ConversationId];

    /// The index that refused the row; `None` for any other error.
    pub fn violated_by(error: &SqlError) -> Option<Self> {
        let SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
            return None;
        };
        let (name, message) = (information.constraint_name(), information.message());
        Self::ALL
            .into_iter()
            .find(|unique| unique.is_named(name) || unique.columns().contains(&columns_in(message)))
    }

    /// PostgreSQL names the index.
    fn is_named(self, name: Option<&str>) -> bool {
        name.is_some_and(|name| match self {
            Self::UserEmail => name == "users_email_key",
            Self::ConversationId => {
                name == "conversations_user_key" || name == "conversations_team_key"
            }
        })
    }

    /// SQLite names the columns.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::UserEmail => &["users.email"],
            Self::ConversationId => &[
                "conversations.user_id, conversations.id",
                "conversations.team_id, conversations.id",
            ],
        }
    }
}

fn columns_in(message: &str) -> &str {
    message
        .strip_prefix("UNIQUE constraint failed: ")
        .unwrap_or_default()
}
