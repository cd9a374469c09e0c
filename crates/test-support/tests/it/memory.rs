//! Every contract suite against the in-memory implementation.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use latchkey_domain::user::PasswordStrength;
use latchkey_test_support::{
    contract_tests,
    contracts::{
        Stores,
        access_tokens::AccessTokensSetup,
        answer_format::AnswerFormatSetup,
        id_source::IdSourceSetup,
        import_format::ImportFormatSetup,
        key_vault::KeyVaultSetup,
        password_hasher::PasswordHasherSetup,
        personal_tokens::PersonalTokensSetup,
        randomness::RandomnessSetup,
        rate_limiter::{LIMITS, RateLimiterSetup},
        refresh_tokens::RefreshTokensSetup,
        request_macs::RequestMacsSetup,
        reset_codes::ResetCodesSetup,
        share_tokens::ShareTokensSetup,
    },
    memory::{
        MemoryAccessTokens, MemoryFormat, MemoryHasher, MemoryImportFormat, MemoryPersonalTokens,
        MemoryRateLimiter, MemoryRefreshTokens, MemoryRequestMacs, MemoryResetCodes,
        MemoryShareTokens, MemoryStore, MemoryStrength, MemoryVault,
        system::{ManualClock, SeededRandomness, SequentialIds},
    },
    store_contract_tests,
};

fn stores() -> Ready<Stores> {
    ready(MemoryStore::new().stores())
}

fn limiter() -> Ready<RateLimiterSetup> {
    let clock = Arc::new(ManualClock::new());
    let limiter = MemoryRateLimiter::new(clock.clone());
    for (name, max) in LIMITS {
        limiter.set_max(name, max);
    }
    ready(RateLimiterSetup {
        limiter: Arc::new(limiter),
        clock,
        guard: Box::new(()),
    })
}

fn vault() -> Ready<KeyVaultSetup> {
    let data_keys = MemoryStore::new();
    let randomness = Arc::new(SeededRandomness::default());
    let vault = |keyring| {
        let vault = MemoryVault::new(keyring, data_keys.clone(), randomness.clone());
        Arc::new(vault)
    };
    ready(KeyVaultSetup {
        vault: vault("ours"),
        restarted: vault("ours"),
        foreign: vault("theirs"),
        data_keys: data_keys.clone(),
        randomness: randomness.clone(),
        guard: Box::new(()),
    })
}

fn hasher() -> Ready<PasswordHasherSetup> {
    ready(PasswordHasherSetup {
        hasher: Arc::new(MemoryHasher::with_cost(2)),
        weaker: Arc::new(MemoryHasher::with_cost(1)),
        guard: Box::new(()),
    })
}

fn strength() -> Arc<dyn PasswordStrength> {
    Arc::new(MemoryStrength)
}

fn access_tokens() -> AccessTokensSetup {
    let randomness = Arc::new(SeededRandomness::default());
    AccessTokensSetup {
        tokens: Arc::new(MemoryAccessTokens::new("ours", randomness.clone())),
        foreign: Arc::new(MemoryAccessTokens::new("theirs", randomness.clone())),
        randomness,
    }
}

fn refresh_tokens() -> RefreshTokensSetup {
    RefreshTokensSetup {
        tokens: Arc::new(MemoryRefreshTokens::new("ours")),
        restarted: Arc::new(MemoryRefreshTokens::new("ours")),
        foreign: Arc::new(MemoryRefreshTokens::new("theirs")),
    }
}

fn request_macs() -> RequestMacsSetup {
    RequestMacsSetup {
        macs: Arc::new(MemoryRequestMacs::new("ours")),
        restarted: Arc::new(MemoryRequestMacs::new("ours")),
        foreign: Arc::new(MemoryRequestMacs::new("theirs")),
    }
}

fn personal_tokens() -> PersonalTokensSetup {
    let randomness = Arc::new(SeededRandomness::default());
    PersonalTokensSetup {
        tokens: Arc::new(MemoryPersonalTokens::new(randomness.clone())),
        randomness,
    }
}

fn share_tokens() -> ShareTokensSetup {
    let randomness = Arc::new(SeededRandomness::default());
    ShareTokensSetup {
        tokens: Arc::new(MemoryShareTokens::new(randomness.clone())),
        randomness,
    }
}

fn reset_codes() -> ResetCodesSetup {
    let randomness = Arc::new(SeededRandomness::default());
    ResetCodesSetup {
        codes: Arc::new(MemoryResetCodes::new(randomness.clone())),
        randomness,
    }
}

fn format() -> AnswerFormatSetup {
    Arc::new(MemoryFormat)
}

fn import_format() -> ImportFormatSetup {
    ImportFormatSetup {
        format: Arc::new(MemoryImportFormat),
        conversations: vec![
            br#"{"id": "a", "say": ["one", "two"]}"#.to_vec(),
            br#"{"id": "b", "say": ["three", "four", "five"]}"#.to_vec(),
        ],
        empty: br#"{"id": "c", "title": "Nothing", "say": []}"#.to_vec(),
    }
}

fn ids() -> IdSourceSetup {
    Arc::new(SequentialIds::new())
}

fn randomness() -> RandomnessSetup {
    Arc::new(SeededRandomness::default())
}

store_contract_tests!(crate::memory::stores);
contract_tests!(rate_limiter, crate::memory::limiter);
contract_tests!(key_vault, crate::memory::vault);
contract_tests!(password_hasher, crate::memory::hasher);
contract_tests!(password_strength, crate::memory::strength);
contract_tests!(access_tokens, crate::memory::access_tokens);
contract_tests!(refresh_tokens, crate::memory::refresh_tokens);
contract_tests!(request_macs, crate::memory::request_macs);
contract_tests!(personal_tokens, crate::memory::personal_tokens);
contract_tests!(share_tokens, crate::memory::share_tokens);
contract_tests!(reset_codes, crate::memory::reset_codes);
contract_tests!(answer_format, crate::memory::format);
contract_tests!(import_format, crate::memory::import_format);
contract_tests!(id_source, crate::memory::ids);
contract_tests!(randomness, crate::memory::randomness);
