//! Limits: how often, and how many at once.

use std::time::Duration;

use async_trait::async_trait;

use crate::error::StoreError;

/// What is limited. Each has its own setting; 0 turns it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitName {
    /// Failed sign-ins of one account from one address.
    LoginFailuresPerAccount,
    /// Failed sign-ins from one address.
    LoginFailuresPerAddress,
    /// New accounts from one address.
    Registrations,
    /// Refreshes of one session.
    Refreshes,
    /// Keys that one user adds, each checked with the provider.
    KeyAdditions,
    /// Tests of keys by one user.
    KeyTests,
    /// Messages without an account, from one address.
    AnonymousChat,
    /// Messages without an account running at once, from one address.
    AnonymousChatParallel,
    /// Messages of one user.
    Chat,
    /// Messages of one user running at once.
    ChatParallel,
    /// Estimates of what a message would cost, by one user or from one address.
    Estimates,
    /// Shared conversations opened from one address.
    SharedReads,
    /// Imports of one user.
    Imports,
}

impl LimitName {
    /// All limits.
    pub const ALL: [Self; 13] = [
        Self::LoginFailuresPerAccount,
        Self::LoginFailuresPerAddress,
        Self::Registrations,
        Self::Refreshes,
        Self::KeyAdditions,
        Self::KeyTests,
        Self::AnonymousChat,
        Self::AnonymousChatParallel,
        Self::Chat,
        Self::ChatParallel,
        Self::Estimates,
        Self::SharedReads,
        Self::Imports,
    ];

    /// The limit's stable name, in headers and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoginFailuresPerAccount => "login_account",
            Self::LoginFailuresPerAddress => "login_address",
            Self::Registrations => "register",
            Self::Refreshes => "refresh",
            Self::KeyAdditions => "key_add",
            Self::KeyTests => "key_test",
            Self::AnonymousChat => "anonymous_chat",
            Self::AnonymousChatParallel => "anonymous_chat_parallel",
            Self::Chat => "chat",
            Self::ChatParallel => "chat_parallel",
            Self::Estimates => "estimate",
            Self::SharedReads => "shared",
            Self::Imports => "import",
        }
    }

    /// The time over which uses are counted; `None` for a limit on how many run at once.
    pub const fn window(self) -> Option<Duration> {
        match self {
            Self::LoginFailuresPerAccount | Self::LoginFailuresPerAddress => {
                Some(Duration::from_mins(15))
            }
            Self::Registrations | Self::KeyAdditions | Self::KeyTests | Self::Imports => {
                Some(Duration::from_hours(1))
            }
            Self::Refreshes
            | Self::AnonymousChat
            | Self::Chat
            | Self::Estimates
            | Self::SharedReads => Some(Duration::from_mins(1)),
            Self::AnonymousChatParallel | Self::ChatParallel => None,
        }
    }

    /// How many are allowed unless the operator says otherwise.
    pub const fn default_max(self) -> u32 {
        match self {
            Self::LoginFailuresPerAddress => 100,
            Self::Registrations | Self::KeyAdditions | Self::Imports => 20,
            Self::Refreshes => 30,
            Self::LoginFailuresPerAccount | Self::KeyTests | Self::AnonymousChat => 10,
            Self::AnonymousChatParallel => 2,
            Self::Chat | Self::Estimates => 60,
            Self::SharedReads => 120,
            Self::ChatParallel => 8,
        }
    }
}

/// Who is counted: an opaque text made by the caller, such as `user:<id>` or `address:<network>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LimitSubject(pub String);

/// How a limit stands after a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitState {
    /// Which limit.
    pub name: LimitName,
    /// How many are allowed in the window; 0 when the limit is off.
    pub max: u32,
    /// How many are left.
    pub remaining: u32,
    /// When it is as good as new again.
    pub resets_in: Duration,
}

/// The limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit {} of {max} is reached", name.as_str())]
pub struct LimitReached {
    /// Which limit.
    pub name: LimitName,
    /// How many are allowed.
    pub max: u32,
    /// When trying again makes sense; at least a second.
    pub retry_after: Duration,
}

/// A place among those that may run at once; given back when dropped.
pub trait LimitPermit: Send + Sync {}

/// Counts uses. In memory for one process; shared between replicas when there are several.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts one use of `name` by `subject`, if one is left.
    ///
    /// # Errors
    /// [`RateLimiterError::Reached`] when none is left; then nothing is counted.
    async fn take(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError>;

    /// How `name` stands for `subject`, without counting.
    ///
    /// # Errors
    /// [`RateLimiterError::Reached`] when none is left.
    async fn peek(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<LimitState, RateLimiterError>;

    /// Takes a place among the `name` that `subject` may run at once; it is given back when the permit is dropped.
    ///
    /// # Errors
    /// [`RateLimiterError::Reached`] when all places are taken.
    async fn enter(
        &self,
        name: LimitName,
        subject: &LimitSubject,
    ) -> Result<Box<dyn LimitPermit>, RateLimiterError>;
}

/// Why a use was not granted.
#[derive(Debug, thiserror::Error)]
pub enum RateLimiterError {
    /// The limit is reached.
    #[error(transparent)]
    Reached(#[from] LimitReached),
    /// The counter can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}
