//! What a person chose for the account.

use std::time::Duration;

use crate::llm::ModelId;

/// The account's settings; what is `None` follows the server's default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserSettings {
    /// Model of new conversations.
    pub default_model: Option<ModelId>,
    /// What happens to a running answer when its reader leaves.
    pub on_disconnect: OnDisconnect,
    /// Whether prompts are cached at the provider, and for how long.
    pub prompt_cache: CacheLifetime,
    /// Days after which a conversation without activity is deleted; `None` keeps all.
    pub retention_days: Option<u16>,
    /// Language of the pages, as a BCP 47 tag.
    pub language: Option<String>,
    /// Time zone for days and months, as an IANA name.
    pub time_zone: Option<String>,
}

/// A change of the settings: what is `None` stays, `Some(None)` goes back to the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsChange {
    /// See [`UserSettings::default_model`].
    pub default_model: Option<Option<ModelId>>,
    /// See [`UserSettings::on_disconnect`].
    pub on_disconnect: Option<OnDisconnect>,
    /// See [`UserSettings::prompt_cache`].
    pub prompt_cache: Option<CacheLifetime>,
    /// See [`UserSettings::retention_days`].
    pub retention_days: Option<Option<u16>>,
    /// See [`UserSettings::language`].
    pub language: Option<Option<String>>,
    /// See [`UserSettings::time_zone`].
    pub time_zone: Option<Option<String>>,
}

impl UserSettings {
    /// The settings after `change`.
    #[must_use]
    pub fn with(self, change: SettingsChange) -> Self {
        Self {
            default_model: change.default_model.unwrap_or(self.default_model),
            on_disconnect: change.on_disconnect.unwrap_or(self.on_disconnect),
            prompt_cache: change.prompt_cache.unwrap_or(self.prompt_cache),
            retention_days: change.retention_days.unwrap_or(self.retention_days),
            language: change.language.unwrap_or(self.language),
            time_zone: change.time_zone.unwrap_or(self.time_zone),
        }
    }

    /// How long a conversation without activity is kept; `None` for ever.
    pub fn retention(&self) -> Option<Duration> {
        self.retention_days
            .map(|days| Duration::from_secs(u64::from(days) * 24 * 60 * 60))
    }
}

/// What happens to a running answer when its reader leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnDisconnect {
    /// It runs to its end and is saved; the reader can come back to it.
    #[default]
    Finish,
    /// It is stopped, what came is saved, and the provider is left within two seconds.
    Stop,
}

/// How long the provider keeps a prompt in its cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CacheLifetime {
    /// Not at all.
    Off,
    /// Five minutes: the cheaper write.
    #[default]
    FiveMinutes,
    /// One hour.
    OneHour,
}
