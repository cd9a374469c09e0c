//! `latchkey backup`: a consistent copy of the SQLite file, also while the server runs.

use std::path::Path;

use latchkey_adapters::persistence::{DatabaseSettings, DatabaseUrl, connect};

use crate::{
    failure::{Failure, with_causes},
    log,
    serve::main_runtime,
    settings::Settings,
    terminal::say,
};

const USE_ITS_OWN_TOOLS: &str =
    "PostgreSQL has tools of its own for this, such as pg_dump; docs/OPERATIONS.md shows how";

/// Copies the database into the new file `target`.
///
/// # Errors
/// Why there is no copy.
pub fn run(target: &Path, settings: &Settings) -> Result<(), Failure> {
    log::start(&settings.log.warnings_only());
    let url = &settings.storage.database;
    match url {
        DatabaseUrl::Sqlite(path) if path.exists() => {}
        // Opening it would make an empty one.
        DatabaseUrl::Sqlite(path) => {
            return Err(Failure::of(format!(
                "there is no database at {}",
                path.display()
            )));
        }
        DatabaseUrl::Postgres(_) => return Err(Failure::wrong_use(USE_ITS_OWN_TOOLS)),
    }
    main_runtime()?.block_on(async {
        let database = connect(&DatabaseSettings::new(url.clone()))
            .await
            .map_err(|error| Failure::of(with_causes(&error)))?;
        let copied = database
            .backup(target)
            .await
            .ok_or_else(|| Failure::wrong_use(USE_ITS_OWN_TOOLS))?;
        database.close().await;
        copied.map_err(|error| Failure::of(format!("no backup was made: {}", with_causes(&error))))?;
        say(format_args!(
            "{} holds the database as it was at one instant. The keyring {} is not in it: back that up apart.",
            target.display(),
            settings.storage.keyring.display()
        ))
    })
}
