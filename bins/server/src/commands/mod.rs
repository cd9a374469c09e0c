//! What an operator does at the command line, beside a running server or without one.

pub mod backup;
pub mod users;

use std::future::Future;

use crate::{
    failure::Failure,
    log,
    serve::main_runtime,
    settings::Settings,
    terminal::note,
    wiring::{Purpose, Wired, wire},
};

/// Does `work` with the use cases, and closes the database behind it.
fn with_application<T, F: Future<Output = Result<T, Failure>>>(
    settings: &Settings,
    work: impl FnOnce(Wired) -> F,
) -> Result<T, Failure> {
    log::start(&settings.log.warnings_only());
    main_runtime()?.block_on(async {
        let wired = wire(settings, Purpose::Command).await?;
        if wired.keyring_is_new {
            note(format_args!(
                "A new keyring was made: {}. Back it up, apart from the database.",
                settings.storage.keyring.display()
            ));
        }
        let database = wired.database.clone();
        let done = work(wired).await;
        database.close().await;
        done
    })
}
