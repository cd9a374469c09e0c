//! The command line.

use std::path::PathBuf;

use clap::{Command, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::{settings::GivenSettings, version};

/// A self-hosted chat server for Claude to which everybody brings their own Anthropic key.
///
/// Without a command, `latchkey` serves. Settings come from flags, from the environment and from the file `.env` in the
/// present folder, in this order.
#[derive(Parser)]
#[command(name = "latchkey", version = version::TEXT, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Action>,
    #[command(flatten)]
    pub given: GivenSettings,
}

const EXAMPLES: &str = "\
Examples:
  latchkey                                         serve on 127.0.0.1:8080, everything in ./data
  latchkey --listen 0.0.0.0:80 --public-url https://chat.example.org
  latchkey user add ada@example.org --role admin   ask for a password, add the account
  latchkey user reset ada@example.org              print a one-time code for a new password
  latchkey backup latchkey-backup.db               copy the SQLite file in use";

/// What to do.
#[derive(Subcommand)]
pub enum Action {
    /// Serve (what happens without a command)
    Serve,
    /// Manage accounts
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Copy the SQLite database while the server runs; the keyring is left out, back it up apart
    Backup {
        /// The copy; must not exist yet
        file: PathBuf,
    },
}

/// What to do with accounts. Passwords are asked for on the terminal, or read from the standard input.
#[derive(Subcommand)]
pub enum UserAction {
    /// Add an account; its password is asked for, or read as one line from the standard input
    Add {
        /// The address to sign in with
        email: String,
        /// What the person wants to be called
        #[arg(long)]
        name: Option<String>,
        /// What the account may do
        #[arg(long, value_enum, default_value_t = Role::User)]
        role: Role,
    },
    /// List all accounts
    List,
    /// Let an account sign in no longer, and end its sessions
    Disable {
        /// The account's address
        email: String,
    },
    /// Let a disabled account sign in again
    Enable {
        /// The account's address
        email: String,
    },
    /// Print a one-time code with which the person chooses a new password
    Reset {
        /// The account's address
        email: String,
    },
}

/// What an account may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Role {
    /// Its own things
    User,
    /// Also manage accounts
    Admin,
}

/// The command line with what holds for all settings.
pub fn command() -> Command {
    crate::settings::complete(Cli::command())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
