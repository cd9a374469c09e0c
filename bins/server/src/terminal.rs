//! What the commands say and ask.

use std::io::{self, BufRead, IsTerminal, Write};

use latchkey_domain::secret::SecretText;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::failure::Failure;

/// Writes a line of output.
///
/// # Errors
/// When the standard output is gone.
pub fn say(line: impl std::fmt::Display) -> Result<(), Failure> {
    writeln!(io::stdout(), "{line}")
        .map_err(|error| Failure::of(format!("nothing can be written: {error}")))
}

/// Writes a line beside the output, for who reads along.
pub fn note(line: impl std::fmt::Display) {
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Asks for a new password: twice and without echo on a terminal, as one line from anything else.
///
/// # Errors
/// When nothing was given, or the two differ.
pub fn ask_new_password() -> Result<SecretText, Failure> {
    if !io::stdin().is_terminal() {
        return read_line();
    }
    let password = ask_hidden("Password: ")?;
    if ask_hidden("Again: ")? != password {
        return Err(Failure::wrong_use("the two passwords differ"));
    }
    Ok(password)
}

fn ask_hidden(prompt: &str) -> Result<SecretText, Failure> {
    let mut out = io::stderr();
    let _ = write!(out, "{prompt}");
    let _ = out.flush();
    let line = {
        let _echo_off = EchoOff::start().map_err(|error| {
            Failure::of(format!(
                "the terminal can't be kept from showing the password: {error}"
            ))
        })?;
        read_line()
    };
    let _ = writeln!(out);
    line
}

fn read_line() -> Result<SecretText, Failure> {
    // Longer than any password that is allowed, so that the buffer never moves.
    let mut line = String::with_capacity(4 * 1024);
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::of(format!("the password can't be read: {error}")))?;
    let password = line.trim_end_matches(['\n', '\r']).len();
    line.truncate(password);
    if line.is_empty() {
        return Err(Failure::wrong_use(
            "no password was given; type it, or send it to the standard input",
        ));
    }
    Ok(SecretText::new(line))
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct EchoOff {
    before: Termios,
}

impl EchoOff {
    fn start() -> rustix::io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

impl Drop for EchoOff {
    fn drop(&mut self) {
        // The shell resets the terminal too.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}
