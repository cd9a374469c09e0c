//! Puts the implementations behind the ports.

use std::{fs, path::Path, sync::Arc};

use latchkey_adapters::{
    crypto::{
        keyring::{Keyring, KeyringError, OpenedKeyring, UnprovenKeyring, open_or_create},
        password::{Argon2Hasher, Argon2Settings, Strength},
        request_macs::HmacRequestMacs,
        tokens::{
            HmacRefreshTokens, JwtAccessTokens, RandomPersonalTokens, RandomResetCodes,
            RandomShareTokens,
        },
        vault::{CachedVault, SealingVault, VaultParts},
    },
    import::KnownExports,
    limits::{LimitSettings as Maxima, MemoryRateLimiter},
    llm::{AnthropicClient, AnthropicFormat},
    persistence::{Database, DatabaseSettings, connect},
    system::{OsRandom, SystemClock, UuidV7Ids},
};
use latchkey_application::{Application, Policy, Ports};
use latchkey_domain::{
    api_key::DataKeyRepo, id::InstanceId, rate_limit::LimitName, system::Randomness,
};

use crate::{
    data_dir,
    failure::{Failure, with_causes},
    settings::{LimitSettings, Settings},
};

/// Issuer and audience of access tokens. The secret that signs them is the deployment's own.
const TOKENS_OF: &str = "latchkey";

/// The use cases over real ports, and what must be looked after beside them.
pub struct Wired {
    pub application: Application,
    pub database: Database,
    pub opened: OpenedSecrets,
    pub limiter: Arc<MemoryRateLimiter>,
    /// Whether the keyring was made just now.
    pub keyring_is_new: bool,
}

/// Opened keys that are held for a while, and wiped.
#[derive(Clone)]
pub struct OpenedSecrets {
    data_keys: Arc<SealingVault>,
    provider_keys: Arc<CachedVault>,
}

impl OpenedSecrets {
    /// Wipes those whose time is over.
    pub fn wipe_expired(&self) {
        self.provider_keys.run_pending_tasks();
        self.data_keys.run_pending_tasks();
    }

    /// Wipes all.
    pub fn wipe(&self) {
        self.provider_keys.wipe();
        self.data_keys.wipe();
    }
}

/// Whether this process serves, or only does something at the command line beside a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Serve,
    Command,
}

/// Opens the database and the keyring and puts everything together.
///
/// # Errors
/// The first thing that can't be had, with what to do about it.
pub async fn wire(settings: &Settings, purpose: Purpose) -> Result<Wired, Failure> {
    // Whatever crate speaks TLS, this is what it speaks it with. A second call finds it done.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    data_dir::prepare(&settings.storage.data_dir)?;
    let database = open_database(settings, purpose).await?;
    let random: Arc<dyn Randomness> = Arc::new(OsRandom);
    let OpenedKeyring { keyring, created } =
        open_keyring(&settings.storage.keyring, &*database.data_keys(), &*random).await?;
    let clock = Arc::new(SystemClock);
    let limiter = Arc::new(MemoryRateLimiter::new(
        maxima(&settings.limits),
        clock.clone(),
    ));
    let access_tokens = JwtAccessTokens::new(
        keyring.access_tokens(),
        TOKENS_OF.to_owned(),
        TOKENS_OF.to_owned(),
        Arc::clone(&random),
    )
    .map_err(|error| Failure::of(with_causes(&error)))?;
    let refresh_tokens = HmacRefreshTokens::new(keyring.refresh_secret());
    let request_macs = HmacRequestMacs::new(keyring.fingerprint_key());
    let opened = open_vault(Arc::new(keyring), &database, &random);
    let hasher = Argon2Hasher::new(
        Argon2Settings {
            memory_kib: settings.accounts.password_memory_kib,
            passes: settings.accounts.password_passes,
            ..Argon2Settings::LEAST
        },
        Arc::clone(&random),
    )
    .map_err(|error| Failure::of(with_causes(&error)))?;
    let llm = AnthropicClient::new(&settings.provider.client)
        .map_err(|error| Failure::of(with_causes(&error)))?;
    let ports = Ports {
        users: database.users(),
        sessions: database.sessions(),
        personal_tokens: database.personal_tokens(),
        api_keys: database.api_keys(),
        conversations: database.conversations(),
        search: database.search(),
        shares: database.shares(),
        archive: database.archive(),
        answers: database.answers(),
        request_macs: Arc::new(request_macs),
        usage: database.usage(),
        audit: database.audit(),
        vault: opened.provider_keys.clone(),
        llm: Arc::new(llm),
        format: Arc::new(AnthropicFormat),
        import_format: Arc::new(KnownExports),
        limiter: limiter.clone(),
        hasher: Arc::new(hasher),
        strength: Arc::new(Strength),
        access_tokens: Arc::new(access_tokens),
        refresh_tokens: Arc::new(refresh_tokens),
        personal_token_secrets: Arc::new(RandomPersonalTokens::new(Arc::clone(&random))),
        share_tokens: Arc::new(RandomShareTokens::new(Arc::clone(&random))),
        reset_codes: Arc::new(RandomResetCodes::new(Arc::clone(&random))),
        clock,
        ids: Arc::new(UuidV7Ids),
        random,
        instance: InstanceId::new(&UuidV7Ids),
    };
    Ok(Wired {
        application: Application::new(ports, policy(settings)),
        database,
        opened,
        limiter,
        keyring_is_new: created,
    })
}

async fn open_database(settings: &Settings, purpose: Purpose) -> Result<Database, Failure> {
    let unusable = |error: &dyn std::error::Error| {
        Failure::of(format!(
            "the database can't be used: {}",
            with_causes(error)
        ))
    };
    let database = connect(&DatabaseSettings {
        max_connections: settings.storage.database_max_connections,
        ..DatabaseSettings::new(settings.storage.database.clone())
    })
    .await
    .map_err(|error| unusable(&error))?;
    if purpose == Purpose::Serve {
        // Before anything changes: another server may be at work.
        database.begin_serving().map_err(|error| unusable(&error))?;
    }
    database.migrate().await.map_err(|error| unusable(&error))?;
    Ok(database)
}

/// The keyring, proved to be the database's. It is made only for a database that never had one.
async fn open_keyring(
    path: &Path,
    data_keys: &dyn DataKeyRepo,
    random: &dyn Randomness,
) -> Result<OpenedKeyring, Failure> {
    let unusable = |error: KeyringError| Failure::of(with_causes(&error));
    let unreadable = |error: latchkey_domain::StoreError| {
        Failure::of(format!(
            "the database can't be used: {}",
            with_causes(&error)
        ))
    };
    let state = data_keys.find_crypto_state().await.map_err(unreadable)?;
    let opened = open_or_create(path, state.as_ref(), random).map_err(unusable)?;
    if state.is_some() {
        return Ok(opened);
    }
    let first = opened
        .keyring
        .first_crypto_state(random)
        .map_err(|error| Failure::of(with_causes(&error)))?;
    // Another server may have been quicker: then its keyring is the one.
    let standing = data_keys
        .insert_crypto_state(&first)
        .await
        .map_err(unreadable)?;
    if let Err(source) = opened.keyring.prove(&standing) {
        if opened.created {
            forget_new_keyring(path, source);
        }
        return Err(unusable(KeyringError::Unproven {
            path: path.into(),
            source,
        }));
    }
    Ok(opened)
}

/// Removes a keyring that was made a moment ago and has sealed nothing, so that it isn't taken for the right one.
fn forget_new_keyring(path: &Path, why: UnprovenKeyring) {
    if why == UnprovenKeyring::OtherDeployment
        && let Err(error) = fs::remove_file(path)
    {
        tracing::warn!(%error, path = %path.display(), "a keyring that fits no database could not be removed");
    }
}

fn open_vault(
    keyring: Arc<Keyring>,
    database: &Database,
    random: &Arc<dyn Randomness>,
) -> OpenedSecrets {
    let parts = VaultParts {
        data_keys: database.data_keys(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids),
        random: Arc::clone(random),
    };
    let data_keys = Arc::new(SealingVault::new(keyring, parts));
    OpenedSecrets {
        provider_keys: Arc::new(CachedVault::new(data_keys.clone())),
        data_keys,
    }
}

fn maxima(limits: &LimitSettings) -> Maxima {
    LimitName::ALL
        .into_iter()
        .fold(Maxima::default(), |maxima, name| {
            maxima.with(name, limits.max(name))
        })
}

fn policy(settings: &Settings) -> Policy {
    Policy {
        signup: settings.accounts.signup,
        anonymous: settings.accounts.anonymous,
        min_password_chars: settings.accounts.min_password_chars,
        ..Policy::new(settings.provider.default_model.clone())
    }
}
