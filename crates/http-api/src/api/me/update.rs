//! `PATCH /api/me`

use latchkey_application::{Actor, accounts::UpdateMe};
use latchkey_domain::{
    llm::ModelId,
    user::{CacheLifetime, OnDisconnect, SettingsChange, parse_label, parse_name},
};
use utoipa::ToSchema;

use crate::{
    call::Call,
    json::{
        Clearable, Fault, Fields, ReadBody, Value, chosen, object, parsed, unicode, whole_number,
    },
    problem::PublicText,
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
/// Longest language tag and time zone name.
const MAX_TAG: usize = 64;
/// A bit over ten years.
const MAX_RETENTION_DAYS: u32 = 3_660;

/// What changes of the account; what is left out stays.
#[derive(ToSchema)]
pub struct UpdateMeBody {
    /// What the person wants to be called; `null` takes it away.
    #[schema(max_length = 100, value_type = Option<String>)]
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
    default_model: Option<String>,
    /// What happens to a running answer when its reader leaves: `finish` or `stop`.
    on_disconnect: Option<String>,
    /// How long the provider keeps prompts in its cache: `off`, `5m` or `1h`.
    prompt_cache: Option<String>,
    /// Days after which an idle conversation is deleted; `null` keeps all.
    #[schema(minimum = 1, maximum = 3660)]
    retention_days: Option<u16>,
    /// Language of the pages, as a BCP 47 tag.
    language: Option<String>,
    /// Time zone, as an IANA name.
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
        language: fields.clearable("language", tag),
        time_zone: fields.clearable("timeZone", tag),
    })
}

fn days(value: Value<'_>) -> Result<u16, Fault> {
    let days = whole_number(1..=MAX_RETENTION_DAYS)(value)?;
    u16::try_from(days).map_err(|_| "must be a whole number".into())
}

/// A language tag or a time zone's name.
fn tag(value: Value<'_>) -> Result<String, Fault> {
    let text = unicode(value)?;
    let label = parse_label(&text, MAX_TAG).map_err(|fault| Fault::from(PublicText::of(&fault)))?;
    let fits = label
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_+/".contains(&byte));
    if fits {
        Ok(label)
    } else {
        Err("must be made of letters, digits, -, _, + and /".into())
    }
}

/// Changes name and settings.
pub async fn update_me(call: Call, actor: Actor) -> Answer {
    let body: UpdateMeBody = call.body()?;
    let change = UpdateMe {
        name: body.name,
        settings: body.settings,
    };
    let user = call
        .api
        .application
        .accounts
        .update_me(&actor, change)
        .await?;
    Reply::ok(&UserView::of(&user))
}
