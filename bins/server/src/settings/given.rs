//! The settings as they are given: names, defaults and help. What they mean is read in the files beside this one.
//!
//! Every value is text here, so that all that are wrong can be named at once.

mod limits;

use clap::{
    Arg, Args, Command,
    builder::{StringValueParser, TypedValueParser},
    error::ErrorKind,
};
use latchkey_domain::secret::SecretText;

pub use limits::GivenLimits;

/// All settings, as texts.
#[derive(Args)]
pub struct GivenSettings {
    #[command(flatten)]
    pub listening: GivenListening,
    #[command(flatten)]
    pub storage: GivenStorage,
    #[command(flatten)]
    pub provider: GivenProvider,
    #[command(flatten)]
    pub accounts: GivenAccounts,
    #[command(flatten)]
    pub limits: GivenLimits,
    #[command(flatten)]
    pub log: GivenLog,
}

#[derive(Args)]
#[command(next_help_heading = "Listening")]
pub struct GivenListening {
    /// Address and port to listen on
    #[arg(
        long,
        env = "LATCHKEY_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS:PORT"
    )]
    pub listen: String,
    /// Where browsers find this server, such as `https://chat.example.org`; https makes cookies Secure
    #[arg(long, env = "LATCHKEY_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Refuse routes that carry keys over plain http [on, off]
    #[arg(
        long,
        env = "LATCHKEY_REQUIRE_HTTPS",
        default_value = "off",
        value_name = "SWITCH",
        hide_short_help = true
    )]
    pub require_https: String,
    /// Origins of other web clients, separated by commas
    #[arg(
        long,
        env = "LATCHKEY_CORS_ORIGINS",
        value_name = "ORIGINS",
        hide_short_help = true
    )]
    pub cors_origins: Option<String>,
    /// Networks whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas
    #[arg(
        long,
        env = "LATCHKEY_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        hide_short_help = true
    )]
    pub trusted_proxies: Option<String>,
    /// Most connections at once
    #[arg(
        long,
        env = "LATCHKEY_MAX_CONNECTIONS",
        default_value = "12500",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub max_connections: String,
    /// Largest export of another service that may be imported, in MiB
    #[arg(
        long,
        env = "LATCHKEY_IMPORT_MIB",
        default_value = "2048",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub import_mib: String,
    /// Threads that read requests and write answers; half as many as processors unless set
    #[arg(
        long,
        env = "LATCHKEY_WORKERS",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub workers: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Storage")]
pub struct GivenStorage {
    /// Folder of the SQLite file and the keyring
    #[arg(
        long,
        env = "LATCHKEY_DATA_DIR",
        default_value = "./data",
        value_name = "FOLDER"
    )]
    pub data_dir: String,
    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST:PORT/NAME`; the file latchkey.db in the data folder unless set
    #[arg(long, env = "DATABASE_URL", value_name = "URL", value_parser = secret())]
    pub database_url: Option<SecretText>,
    /// Most connections to PostgreSQL
    #[arg(
        long,
        env = "LATCHKEY_DATABASE_MAX_CONNECTIONS",
        default_value = "16",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub database_max_connections: String,
    /// The root keyring; the file keyring.json in the data folder unless set
    #[arg(long, env = "LATCHKEY_KEYRING", value_name = "FILE")]
    pub keyring: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Provider")]
pub struct GivenProvider {
    /// Where Anthropic's API is called; plain http only on this machine
    #[arg(
        long,
        env = "LATCHKEY_PROVIDER_URL",
        default_value = "https://api.anthropic.com",
        value_name = "URL"
    )]
    pub provider_url: String,
    /// Allow a provider in a private network [on, off]
    #[arg(
        long,
        env = "LATCHKEY_ALLOW_PRIVATE_UPSTREAM",
        default_value = "off",
        value_name = "SWITCH",
        hide_short_help = true
    )]
    pub allow_private_upstream: String,
    /// Proxy for calls to the provider; those of the environment are not read
    #[arg(long, env = "LATCHKEY_OUTBOUND_PROXY", value_name = "URL", value_parser = secret(), hide_short_help = true)]
    pub outbound_proxy: Option<SecretText>,
    /// How long the provider may take to accept a connection
    #[arg(
        long,
        env = "LATCHKEY_PROVIDER_CONNECT_TIMEOUT",
        default_value = "10s",
        value_name = "TIME",
        hide_short_help = true
    )]
    pub provider_connect_timeout: String,
    /// How long the provider may be silent; its pings count
    #[arg(
        long,
        env = "LATCHKEY_PROVIDER_IDLE_TIMEOUT",
        default_value = "90s",
        value_name = "TIME",
        hide_short_help = true
    )]
    pub provider_idle_timeout: String,
    /// How long an answer may take in all
    #[arg(
        long,
        env = "LATCHKEY_PROVIDER_TOTAL_TIMEOUT",
        default_value = "60m",
        value_name = "TIME",
        hide_short_help = true
    )]
    pub provider_total_timeout: String,
    /// Model of conversations whose owner chose none
    #[arg(
        long,
        env = "LATCHKEY_DEFAULT_MODEL",
        default_value = "claude-sonnet-5-5",
        value_name = "MODEL"
    )]
    pub default_model: String,
}

#[derive(Args)]
#[command(next_help_heading = "Accounts")]
pub struct GivenAccounts {
    /// Who may make an account [open, invite, closed]; the very first one can always be made
    #[arg(
        long,
        env = "LATCHKEY_SIGNUP",
        default_value = "open",
        value_name = "WHO"
    )]
    pub signup: String,
    /// Whether people without an account may chat with a key of their own [on, off]
    #[arg(
        long,
        env = "LATCHKEY_ANONYMOUS",
        default_value = "on",
        value_name = "SWITCH"
    )]
    pub anonymous: String,
    /// Fewest characters of a password, 8 to 64
    #[arg(
        long,
        env = "LATCHKEY_MIN_PASSWORD_CHARS",
        default_value = "12",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub min_password_chars: String,
    /// Memory of one password hash in KiB; can only be raised
    #[arg(
        long,
        env = "LATCHKEY_PASSWORD_MEMORY_KIB",
        default_value = "19456",
        value_name = "KIB",
        hide_short_help = true
    )]
    pub password_memory_kib: String,
    /// Passes of one password hash; can only be raised
    #[arg(
        long,
        env = "LATCHKEY_PASSWORD_PASSES",
        default_value = "2",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub password_passes: String,
}

#[derive(Args)]
#[command(next_help_heading = "Log")]
pub struct GivenLog {
    /// What is logged: error, warn, info, debug, or by module such as `info,latchkey_adapters=debug`
    #[arg(
        long,
        env = "LATCHKEY_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    pub log: String,
    /// text or json; text on a terminal and json elsewhere unless set
    #[arg(
        long,
        env = "LATCHKEY_LOG_FORMAT",
        value_name = "FORMAT",
        hide_short_help = true
    )]
    pub log_format: Option<String>,
}

/// Settings that the contract names and this version doesn't have yet: what is said to who sets one.
pub const NOT_SUPPORTED: [(&str, &str); 2] = [
    (
        "REDIS_URL",
        "is not supported in this version: limits are counted in this process. Remove it, and run one server",
    ),
    (
        "LATCHKEY_METRICS_LISTEN",
        "is not supported in this version: there are no metrics yet. Remove it",
    ),
];

/// What holds for every setting: usable with each sub-command, its present value not shown in the help, and an
/// empty text is as good as none.
pub fn complete(command: Command) -> Command {
    command.mut_args(|arg| {
        if arg.get_env().is_none() {
            return arg;
        }
        let arg = arg.global(true).hide_env_values(true);
        if arg.get_default_values().is_empty() {
            arg
        } else {
            arg.value_parser(BlankIsDefault)
        }
    })
}

/// Reads a blank text as the setting's default: an environment made from a template often has empty variables.
#[derive(Clone)]
struct BlankIsDefault;

impl TypedValueParser for BlankIsDefault {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        if !text.trim().is_empty() {
            return Ok(text);
        }
        arg.and_then(|arg| arg.get_default_values().first())
            .and_then(|default| default.to_str())
            .map(str::to_owned)
            .ok_or_else(|| clap::Error::new(ErrorKind::InvalidValue))
    }
}

fn secret() -> impl TypedValueParser<Value = SecretText> {
    StringValueParser::new().map(SecretText::new)
}
