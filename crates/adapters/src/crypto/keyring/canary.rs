//! Proof that a keyring is the one that a database was written with: a known text sealed under each root key in use.

use latchkey_domain::{
    api_key::{CryptoState, KekCanary},
    system::Randomness,
};
use uuid::Uuid;

use super::Keyring;
use crate::crypto::blob::{self, OpenError, Place, SealContext, SealError, SealKind, Sealer};

const CANARY: &[u8] = b"latchkey canary: this text opens with the right root key and with no other";

/// Why a keyring isn't the one of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnprovenKeyring {
    /// They were made for different deployments.
    #[error("it belongs to another deployment; use the keyring that was made with this database")]
    OtherDeployment,
    /// The keyring lacks a root key that is in use, or may not use it any more.
    #[error(
        "root key version {version} is in use, but the keyring does not hold it or its minDecrypt is higher; put that \
         version back from where old keyrings are kept"
    )]
    VersionMissing {
        /// The version.
        version: u32,
    },
    /// Keyring and database name different versions as the active one.
    #[error(
        "its active root key is version {keyring}, the database's is version {database}; set \"active\" back to {database}"
    )]
    OtherActiveVersion {
        /// What the keyring says.
        keyring: u32,
        /// What the database says.
        database: u32,
    },
    /// The database holds no known text for its active version.
    #[error(
        "the database has no canary for root key version {version}: its crypto state was changed from outside; restore \
         the database from a backup"
    )]
    NoCanary {
        /// The version.
        version: u32,
    },
    /// The known text doesn't open.
    #[error(
        "the canary of root key version {version} does not open: the key is another one, or the canary was changed; \
         use the keyring that was made with this database, or restore the database from a backup"
    )]
    CanaryUnreadable {
        /// The version.
        version: u32,
    },
}

impl Keyring {
    /// The crypto state of a database that starts with this keyring.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`] when the system has no random bytes.
    pub fn first_crypto_state(&self, random: &dyn Randomness) -> Result<CryptoState, SealError> {
        let version = self.active_version();
        let mut canaries = Vec::new();
        if let Some(key) = self.wrapping_key(version) {
            canaries.push(KekCanary {
                root_version: version,
                sealed: blob::seal(&key, &self.canary_context(version), CANARY, random)?,
            });
        }
        Ok(CryptoState {
            deployment: self.deployment(),
            active_root_version: version,
            min_root_version: version,
            canaries,
        })
    }

    /// Proves that this is the keyring that `state` was written with.
    ///
    /// # Errors
    /// [`UnprovenKeyring`]; the server must not start then.
    pub fn prove(&self, state: &CryptoState) -> Result<(), UnprovenKeyring> {
        if state.deployment != self.deployment() {
            return Err(UnprovenKeyring::OtherDeployment);
        }
        for canary in &state.canaries {
            self.prove_canary(canary)?;
        }
        let active = state.active_root_version;
        for version in [active, state.min_root_version] {
            if self.wrapping_key(version).is_none() {
                return Err(UnprovenKeyring::VersionMissing { version });
            }
        }
        if !state
            .canaries
            .iter()
            .any(|canary| canary.root_version == active)
        {
            return Err(UnprovenKeyring::NoCanary { version: active });
        }
        if self.active_version() != active {
            return Err(UnprovenKeyring::OtherActiveVersion {
                keyring: self.active_version(),
                database: active,
            });
        }
        Ok(())
    }

    fn prove_canary(&self, canary: &KekCanary) -> Result<(), UnprovenKeyring> {
        let version = canary.root_version;
        let key = self
            .wrapping_key(version)
            .ok_or(UnprovenKeyring::VersionMissing { version })?;
        match blob::open(&key, &self.canary_context(version), &canary.sealed) {
            Ok(text) if *text == CANARY => Ok(()),
            Ok(_) => Err(UnprovenKeyring::CanaryUnreadable { version }),
            Err(kind) => {
                log_unreadable(version, kind);
                Err(UnprovenKeyring::CanaryUnreadable { version })
            }
        }
    }

    const fn canary_context(&self, version: u32) -> SealContext<'static> {
        SealContext {
            deployment: self.deployment(),
            kind: SealKind::Canary,
            place: Place {
                sealer: Sealer::Deployment,
                row: Uuid::nil(),
                label: "canary",
                record_version: 1,
            },
            key_version: version,
        }
    }
}

fn log_unreadable(version: u32, kind: OpenError) {
    tracing::error!(root_version = version, reason = %kind, "a canary does not open");
}
