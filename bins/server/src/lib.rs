//! The server's program: settings, wiring, start, stop and sub-commands. No route is here.

mod cli;
mod commands;
mod data_dir;
mod failure;
mod hardening;
mod log;
mod serve;
mod settings;
mod terminal;
mod version;
mod wiring;

use std::process::ExitCode;

use clap::FromArgMatches;

use cli::{Action, Cli};
use failure::Failure;
use settings::{Environment, Settings};

/// Does what the command line says; the program's whole life.
pub fn run() -> ExitCode {
    // First of all: variables can only be set while there is one thread.
    if let Err(problem) = settings::read_dotenv() {
        return Failure::wrong_use(problem).report();
    }
    let matches = match cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(answer) => return show(&answer),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(answer) => return show(&answer),
    };
    let environment = Environment::of_process();
    let done = Settings::read(&cli.given, &matches, &environment)
        .map_err(Failure::wrong_use)
        .and_then(|settings| act(cli.command, &settings, &environment));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn act(
    action: Option<Action>,
    settings: &Settings,
    environment: &Environment,
) -> Result<(), Failure> {
    data_dir::keep_new_files_private();
    hardening::keep_memory_private().map_err(|error| {
        Failure::of(format!(
            "this process's memory can't be kept private, so no key is safe in it: {error}"
        ))
    })?;
    match action {
        None | Some(Action::Serve) => serve::run(settings, environment),
        Some(Action::User { action }) => commands::users::run(action, settings),
        Some(Action::Backup { file }) => commands::backup::run(&file, settings),
    }
}

/// Help, version, or what is wrong with the command line.
fn show(answer: &clap::Error) -> ExitCode {
    // Without a standard output or error there is nobody to tell.
    let _ = answer.print();
    ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2))
}
