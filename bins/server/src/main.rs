//! `latchkey`: a chat server for Claude to which everybody brings their own key.

use std::process::ExitCode;

/// Wipes every allocation when it is freed, so that no copy of a key stays behind in a buffer that isn't ours.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    latchkey::run()
}
