//! Panics are logged by where they happened. What was formatted into their message may be anybody's text.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    thread,
};

/// Logs every panic from now on.
pub(super) fn log_panics() {
    panic::set_hook(Box::new(log_panic));
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let message = fixed_message(info);
    // Filled only when RUST_BACKTRACE asks for it.
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!(place, thread, message, %backtrace, "a task panicked; this is a bug");
    } else {
        tracing::error!(place, thread, message, "a task panicked; this is a bug");
    }
}

/// The message if it stands in the source as it is; what was put together at run time may hold a secret.
fn fixed_message(info: &PanicHookInfo<'_>) -> &'static str {
    info.payload()
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("(not shown: it may hold what somebody sent)")
}
