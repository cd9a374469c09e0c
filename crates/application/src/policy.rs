//! What the operator decided.

use std::time::Duration;

use latchkey_domain::{
    llm::{ModelId, RetryPolicy},
    user::DEFAULT_MIN_PASSWORD_CHARS,
};

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignupMode {
    /// Everybody.
    Open,
    /// Who was invited; until there are invitations, whom the operator adds.
    Invite,
    /// Whom the operator adds.
    Closed,
}

impl SignupMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Open, Self::Invite, Self::Closed];

    /// The mode's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invite => "invite",
            Self::Closed => "closed",
        }
    }

    /// The mode with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// The operator's decisions that use cases follow.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Who may make an account. The very first account can always be made.
    pub signup: SignupMode,
    /// Whether people without an account may chat with a key of their own.
    pub anonymous: bool,
    /// Fewest characters of a password.
    pub min_password_chars: usize,
    /// Model of conversations whose owner chose none.
    pub default_model: ModelId,
    /// When a failed provider call is tried again.
    pub retry: RetryPolicy,
    /// How often a running answer writes its journal, at the latest.
    pub journal_interval: Duration,
    /// After how many bytes it does so at once.
    pub journal_bytes: usize,
    /// How often the journal of an answer that another process writes is looked at for its listeners.
    pub journal_poll: Duration,
    /// How long a reader that takes nothing is waited for.
    pub slow_reader: Duration,
    /// How often a running answer checks that its reader is still signed in.
    pub session_check: Duration,
}

impl Policy {
    /// The defaults, with this model.
    pub fn new(default_model: ModelId) -> Self {
        Self {
            signup: SignupMode::Open,
            anonymous: true,
            min_password_chars: DEFAULT_MIN_PASSWORD_CHARS,
            default_model,
            retry: RetryPolicy::default(),
            journal_interval: Duration::from_secs(1),
            journal_bytes: 4 * 1024,
            journal_poll: Duration::from_secs(1),
            slow_reader: Duration::from_secs(30),
            session_check: Duration::from_secs(4),
        }
    }
}
