//! The promises of the ports, kept by what is used in production.

use std::sync::Arc;

use latchkey_adapters::{
    crypto::{
        keyring::Keyring,
        password::{Argon2Hasher, Argon2Settings, Strength},
        request_macs::HmacRequestMacs,
        tokens::{
            HmacRefreshTokens, JwtAccessTokens, RandomPersonalTokens, RandomResetCodes,
            RandomShareTokens,
        },
        vault::{CachedVault, SealingVault, VaultParts},
    },
    system::OsRandom,
};
use latchkey_domain::{api_key::KeyVault, session::AccessTokens, user::PasswordStrength};
use latchkey_test_support::{
    contract_tests,
    contracts::{
        access_tokens::AccessTokensSetup, key_vault::KeyVaultSetup,
        password_hasher::PasswordHasherSetup, personal_tokens::PersonalTokensSetup,
        refresh_tokens::RefreshTokensSetup, request_macs::RequestMacsSetup,
        reset_codes::ResetCodesSetup, share_tokens::ShareTokensSetup,
    },
    memory::{
        MemoryStore,
        system::{ManualClock, SeededRandomness, SequentialIds},
    },
};

mod sealing {
    use super::contract_tests;
    contract_tests!(key_vault, crate::crypto::contracts::sealing_vaults);
}

mod cached {
    use super::contract_tests;
    contract_tests!(key_vault, crate::crypto::contracts::cached_vaults);
}

contract_tests!(password_hasher, crate::crypto::contracts::hashers);
contract_tests!(password_strength, crate::crypto::contracts::judge);
contract_tests!(access_tokens, crate::crypto::contracts::signers);
contract_tests!(
    refresh_tokens,
    crate::crypto::contracts::refresh_tokens_of_two
);
contract_tests!(
    personal_tokens,
    crate::crypto::contracts::personal_tokens_of_one
);
contract_tests!(request_macs, crate::crypto::contracts::request_macs_of_two);
contract_tests!(share_tokens, crate::crypto::contracts::share_tokens_of_one);
contract_tests!(reset_codes, crate::crypto::contracts::codes);

async fn sealing_vaults() -> KeyVaultSetup {
    vaults(|vault| Arc::new(vault))
}

async fn cached_vaults() -> KeyVaultSetup {
    vaults(|vault| Arc::new(CachedVault::new(Arc::new(vault))))
}

fn vaults(finish: impl Fn(SealingVault) -> Arc<dyn KeyVault>) -> KeyVaultSetup {
    let data_keys = MemoryStore::new();
    let randomness = Arc::new(SeededRandomness::new(1));
    let ids = Arc::new(SequentialIds::new());
    let [ours, theirs] =
        [(), ()].map(|()| Arc::new(Keyring::generate(randomness.as_ref()).unwrap()));
    let vault = |keyring: &Arc<Keyring>| {
        finish(SealingVault::new(
            Arc::clone(keyring),
            VaultParts {
                data_keys: data_keys.clone(),
                clock: Arc::new(ManualClock::new()),
                ids: ids.clone(),
                random: randomness.clone(),
            },
        ))
    };
    KeyVaultSetup {
        vault: vault(&ours),
        restarted: vault(&ours),
        foreign: vault(&theirs),
        data_keys: data_keys.clone(),
        randomness: randomness.clone(),
        guard: Box::new(()),
    }
}

async fn hashers() -> PasswordHasherSetup {
    let random = Arc::new(OsRandom);
    let least = Argon2Settings::default();
    let raised = Argon2Settings {
        memory_kib: least.memory_kib + 1_024,
        ..least
    };
    PasswordHasherSetup {
        hasher: Arc::new(Argon2Hasher::new(raised, random.clone()).unwrap()),
        weaker: Arc::new(Argon2Hasher::new(least, random).unwrap()),
        guard: Box::new(()),
    }
}

fn judge() -> Arc<dyn PasswordStrength> {
    Arc::new(Strength)
}

fn signers() -> AccessTokensSetup {
    let randomness = Arc::new(SeededRandomness::new(1));
    let [tokens, foreign] = [(), ()].map(|()| -> Arc<dyn AccessTokens> {
        let keyring = Keyring::generate(randomness.as_ref()).unwrap();
        let names = ["https://chat.example", "latchkey"].map(str::to_owned);
        let [issuer, audience] = names;
        let secrets = keyring.access_tokens();
        Arc::new(JwtAccessTokens::new(secrets, issuer, audience, randomness.clone()).unwrap())
    });
    AccessTokensSetup {
        tokens,
        foreign,
        randomness,
    }
}

fn refresh_tokens_of_two() -> RefreshTokensSetup {
    RefreshTokensSetup {
        tokens: Arc::new(HmacRefreshTokens::new(&[1; 32])),
        restarted: Arc::new(HmacRefreshTokens::new(&[1; 32])),
        foreign: Arc::new(HmacRefreshTokens::new(&[2; 32])),
    }
}

fn request_macs_of_two() -> RequestMacsSetup {
    RequestMacsSetup {
        macs: Arc::new(HmacRequestMacs::new(&[1; 32])),
        restarted: Arc::new(HmacRequestMacs::new(&[1; 32])),
        foreign: Arc::new(HmacRequestMacs::new(&[2; 32])),
    }
}

fn share_tokens_of_one() -> ShareTokensSetup {
    let randomness = Arc::new(SeededRandomness::new(1));
    ShareTokensSetup {
        tokens: Arc::new(RandomShareTokens::new(randomness.clone())),
        randomness,
    }
}

fn personal_tokens_of_one() -> PersonalTokensSetup {
    let randomness = Arc::new(SeededRandomness::new(1));
    PersonalTokensSetup {
        tokens: Arc::new(RandomPersonalTokens::new(randomness.clone())),
        randomness,
    }
}

fn codes() -> ResetCodesSetup {
    let randomness = Arc::new(SeededRandomness::new(1));
    ResetCodesSetup {
        codes: Arc::new(RandomResetCodes::new(randomness.clone())),
        randomness,
    }
}
