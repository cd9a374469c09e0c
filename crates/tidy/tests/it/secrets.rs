//! The few places that may read a secret.

use std::collections::BTreeSet;

use crate::workspace::{files, read};

/// Files, outside tests, that may call `expose()`, and what for. Adding one is a decision: is there no other way?
const MAY_READ: [(&str, &str); 21] = [
    (
        "bins/server/src/commands/users.rs",
        "prints a reset code, once",
    ),
    (
        "bins/server/src/settings/reading.rs",
        "sees whether a secret setting is empty",
    ),
    (
        "bins/server/src/settings/storage.rs",
        "parses the database's URL",
    ),
    (
        "crates/adapters/src/crypto/blob/kdf.rs",
        "derives a message key",
    ),
    (
        "crates/adapters/src/crypto/password/hasher.rs",
        "hashes a password",
    ),
    (
        "crates/adapters/src/crypto/password/strength.rs",
        "judges a password",
    ),
    (
        "crates/adapters/src/crypto/tokens/refresh.rs",
        "hashes a refresh token",
    ),
    (
        "crates/adapters/src/crypto/vault/fingerprint.rs",
        "fingerprints a key",
    ),
    ("crates/adapters/src/crypto/vault/mod.rs", "seals a key"),
    (
        "crates/adapters/src/llm/anthropic/client.rs",
        "puts the key into the call's header",
    ),
    (
        "crates/adapters/src/llm/anthropic/errors/scrub.rs",
        "looks for the key in the provider's words",
    ),
    (
        "crates/adapters/src/llm/anthropic/outbound_proxy.rs",
        "parses the proxy's URL",
    ),
    (
        "crates/application/src/accounts/password.rs",
        "hands a reset code to its port",
    ),
    (
        "crates/domain/src/api_key/shape.rs",
        "judges the form of a key",
    ),
    (
        "crates/domain/src/user/password.rs",
        "normalises a password",
    ),
    (
        "crates/http-api/src/api/auth/logout.rs",
        "hands a refresh token on",
    ),
    (
        "crates/http-api/src/api/auth/refresh.rs",
        "hands a refresh token on",
    ),
    ("crates/http-api/src/cookie.rs", "writes the refresh cookie"),
    (
        "crates/http-api/src/views/account.rs",
        "answers with tokens, to their owner",
    ),
    (
        "crates/http-api/src/views/personal_token.rs",
        "answers with a new token, to its owner, once",
    ),
    (
        "crates/http-api/src/views/share.rs",
        "answers with a new link's secret, to its owner, once",
    ),
];

#[test]
fn only_these_files_read_secrets() {
    let sources = [files("crates", "rs"), files("bins", "rs")].concat();
    let readers: BTreeSet<String> = sources
        .into_iter()
        .filter(|path| {
            !path.contains("/tests/")
                && !path.starts_with("crates/test-support/")
                && !path.starts_with("crates/tidy/")
        })
        .filter(|path| {
            let text = read(path);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            code.contains(".expose()")
        })
        .collect();
    let expected: BTreeSet<String> = MAY_READ
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .collect();
    assert_eq!(
        readers, expected,
        "the list of files that read secrets changed"
    );
}
