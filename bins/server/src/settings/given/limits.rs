//! The limits as they are given.

use clap::Args;

#[derive(Args)]
#[command(next_help_heading = "Limits (0 turns one off)")]
pub struct GivenLimits {
    /// All limits at once [on, off]; off is for tests and benchmarks
    #[arg(
        long,
        env = "LATCHKEY_LIMITS",
        default_value = "on",
        value_name = "SWITCH",
        hide_short_help = true
    )]
    pub limits: String,
    /// Failed sign-ins of one account from one address, in 15 minutes
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_LOGIN_ACCOUNT",
        default_value = "10",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_login_account: String,
    /// Failed sign-ins from one address, in 15 minutes
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_LOGIN_ADDRESS",
        default_value = "100",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_login_address: String,
    /// New accounts from one address, in an hour
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_REGISTER",
        default_value = "20",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_register: String,
    /// Refreshes of one session, in a minute
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_REFRESH",
        default_value = "30",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_refresh: String,
    /// Keys that one user adds, in an hour
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_KEY_ADD",
        default_value = "20",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_key_add: String,
    /// Tests of keys by one user, in an hour
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_KEY_TEST",
        default_value = "10",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_key_test: String,
    /// Messages without an account from one address, in a minute
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_ANONYMOUS_CHAT",
        default_value = "10",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_anonymous_chat: String,
    /// Messages without an account from one address, running at once
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_ANONYMOUS_CHAT_PARALLEL",
        default_value = "2",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_anonymous_chat_parallel: String,
    /// Messages of one user, in a minute
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_CHAT",
        default_value = "60",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_chat: String,
    /// Messages of one user, running at once
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_CHAT_PARALLEL",
        default_value = "8",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_chat_parallel: String,
    /// Estimates of what a message would cost, by one user or from one address, in a minute
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_ESTIMATE",
        default_value = "60",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_estimate: String,
    /// Shared conversations opened from one address, in a minute
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_SHARED",
        default_value = "120",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_shared: String,
    /// Imports of one user, in an hour
    #[arg(
        long,
        env = "LATCHKEY_LIMIT_IMPORT",
        default_value = "20",
        value_name = "NUMBER",
        hide_short_help = true
    )]
    pub limit_import: String,
}
