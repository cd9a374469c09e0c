//! Runs other programs, and says what went wrong in words.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

/// What every step answers: nothing, or a sentence for the person at the terminal.
pub type Step = Result<(), String>;

/// The workspace's root.
pub fn root() -> PathBuf {
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder.pop();
    folder
}

/// Where cargo puts debug builds: beside this very program, so that a build folder of the caller's choice counts.
pub fn debug_builds() -> Result<PathBuf, String> {
    let xtask = std::env::current_exe()
        .map_err(|error| format!("this program's own place isn't known: {error}"))?;
    let folder = xtask.parent().map(PathBuf::from);
    folder.ok_or_else(|| "this program stands in no folder".to_owned())
}

/// `cargo` in the workspace's root, with these arguments.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command to its end, with its output on the terminal.
pub fn check(mut command: Command) -> Step {
    println!("$ {}", text(&command));
    let status = command
        .status()
        .map_err(|error| format!("`{}` could not be started: {error}", text(&command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed ({status})", text(&command)))
    }
}

/// What a command prints; its errors in the error.
pub fn output(mut command: Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{}` could not be started: {error}", text(&command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("`{}` failed: {}", text(&command), errors.trim()))
    }
}

/// Whether a program of this name can be found.
pub fn exists(program: &str) -> bool {
    find(program).is_some()
}

/// Where a program of this name is.
pub fn find(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Whether this process may do anything: then databases need another user, and packages can be installed.
pub fn is_root() -> bool {
    let mut command = Command::new("id");
    command.arg("-u");
    output(command).is_ok_and(|id| id.trim() == "0")
}

fn text(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
