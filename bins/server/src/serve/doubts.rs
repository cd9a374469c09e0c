//! Settings that work and may not be meant.

use crate::settings::{Environment, Settings};

/// Warns of what an operator should know.
pub fn warn(settings: &Settings, environment: &Environment) {
    let listening = &settings.listening;
    if listening.is_beyond_loopback() && !listening.is_https() {
        tracing::warn!(
            "others can connect to {}, and without https they and everybody between see passwords and keys: put a TLS \
             proxy in front and set LATCHKEY_PUBLIC_URL=https://…",
            listening.address
        );
    }
    if !listening.is_https() {
        tracing::warn!(
            "the sign-in cookie is sent without Secure, since LATCHKEY_PUBLIC_URL is not https: good on this machine alone"
        );
    }
    if !settings.limits.on {
        tracing::warn!(
            "LATCHKEY_LIMITS=off: nothing is limited, passwords can be guessed at any rate; for tests and benchmarks alone"
        );
    }
    if environment.has_unused_provider_key() {
        tracing::warn!(
            "ANTHROPIC_API_KEY is set and not used: everybody brings their own key. Remove it from this server's environment"
        );
    }
}
