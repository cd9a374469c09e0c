//! Who did what, for the owner of the thing to read.

use async_trait::async_trait;

use crate::{
    error::StoreError,
    id::{AuditEventId, UserId},
    owner::Owner,
    time::Timestamp,
};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// An account was made.
    UserRegistered,
    /// An account was enabled or disabled by the operator.
    UserStatusChanged,
    /// An account was deleted.
    UserDeleted,
    /// All of an account was exported.
    AccountExported,
    /// Conversations were imported.
    ConversationsImported,
    /// Somebody signed in.
    SignedIn,
    /// A session was ended.
    SessionEnded,
    /// A used-up refresh token came again and its family was ended.
    RefreshReuse,
    /// The password was changed.
    PasswordChanged,
    /// The operator made a reset code.
    PasswordResetStarted,
    /// The password was reset with a code.
    PasswordReset,
    /// A personal access token was made.
    TokenCreated,
    /// A personal access token was deleted by its owner.
    TokenDeleted,
    /// A link to a conversation was made.
    ShareCreated,
    /// A link to a conversation was changed.
    ShareChanged,
    /// A link to a conversation was ended.
    ShareEnded,
    /// A key was added.
    KeyAdded,
    /// A key's name, state or expiry was changed.
    KeyUpdated,
    /// The keys were put into another order of use.
    KeysOrdered,
    /// A key was deleted.
    KeyDeleted,
    /// A key was tested.
    KeyTested,
    /// A key's seal did not open.
    KeyUnreadable,
}

impl AuditAction {
    /// All actions, for the tests that walk them.
    pub const ALL: [Self; 22] = [
        Self::UserRegistered,
        Self::UserStatusChanged,
        Self::UserDeleted,
        Self::AccountExported,
        Self::ConversationsImported,
        Self::SignedIn,
        Self::SessionEnded,
        Self::RefreshReuse,
        Self::PasswordChanged,
        Self::PasswordResetStarted,
        Self::PasswordReset,
        Self::TokenCreated,
        Self::TokenDeleted,
        Self::ShareCreated,
        Self::ShareChanged,
        Self::ShareEnded,
        Self::KeyAdded,
        Self::KeyUpdated,
        Self::KeysOrdered,
        Self::KeyDeleted,
        Self::KeyTested,
        Self::KeyUnreadable,
    ];

    /// The action's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserRegistered => "user_registered",
            Self::UserStatusChanged => "user_status_changed",
            Self::UserDeleted => "user_deleted",
            Self::AccountExported => "account_exported",
            Self::ConversationsImported => "conversations_imported",
            Self::SignedIn => "signed_in",
            Self::SessionEnded => "session_ended",
            Self::RefreshReuse => "refresh_reuse",
            Self::PasswordChanged => "password_changed",
            Self::PasswordResetStarted => "password_reset_started",
            Self::PasswordReset => "password_reset",
            Self::TokenCreated => "token_created",
            Self::TokenDeleted => "token_deleted",
            Self::ShareCreated => "share_created",
            Self::ShareChanged => "share_changed",
            Self::ShareEnded => "share_ended",
            Self::KeyAdded => "key_added",
            Self::KeyUpdated => "key_updated",
            Self::KeysOrdered => "keys_ordered",
            Self::KeyDeleted => "key_deleted",
            Self::KeyTested => "key_tested",
            Self::KeyUnreadable => "key_unreadable",
        }
    }

    /// The action with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// One line of the audit: ids and fixed words, never a text that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// The line's id.
    pub id: AuditEventId,
    /// When it happened.
    pub at: Timestamp,
    /// Whose thing it was.
    pub owner: Owner,
    /// Who did it; `None` for the operator at the command line or the server itself.
    pub actor: Option<UserId>,
    /// What was done.
    pub action: AuditAction,
    /// The id of what it was done to.
    pub subject: Option<String>,
}

/// Keeps the audit. Rows are only ever added, and outlive the account.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Adds a line.
    async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError>;

    /// The newest lines of `owner`, newest first, at most `limit`.
    async fn list_audit(&self, owner: Owner, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;
}
