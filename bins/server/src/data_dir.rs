//! The folder in which everything is kept: for its owner alone.

use std::{
    fs::{self, DirBuilder},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
};

use rustix::{fs::Mode, process::umask};

use crate::failure::Failure;

/// From now on, what this process creates is for its owner alone: database, journals, keyring, backups.
pub fn keep_new_files_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Makes the folder if it doesn't exist.
///
/// # Errors
/// Why it can't be used, with what to do.
pub fn prepare(folder: &Path) -> Result<(), Failure> {
    let unusable = |error: std::io::Error| {
        Failure::of(format!(
            "the data folder {} can't be used: {error}. Make it, or choose another with LATCHKEY_DATA_DIR",
            folder.display()
        ))
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(unusable)?;
    let mode = fs::metadata(folder).map_err(unusable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(
            folder = %folder.display(),
            "others on this machine can look into the data folder (mode {mode:03o}); run: chmod 700 {}",
            folder.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_made_for_its_owner_alone() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        prepare(&folder).unwrap();
        prepare(&folder).unwrap();
        assert_eq!(
            fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }

    #[test]
    fn what_is_no_folder_is_refused_with_what_to_do() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let failure = prepare(file.path()).unwrap_err().to_string();
        assert!(failure.contains("LATCHKEY_DATA_DIR"), "{failure}");
    }
}
