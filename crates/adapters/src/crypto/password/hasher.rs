//! argon2id on threads of its own, as many at once as the machine can bear.

use std::{
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{self, Output, ParamsString, Salt},
};
use async_trait::async_trait;
use latchkey_domain::{
    BoxError,
    system::{Randomness, RandomnessError},
    user::{Password, PasswordHash, PasswordHasher, PasswordHasherError, Verification},
};
use subtle::ConstantTimeEq;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use super::settings::{Argon2Settings, OUTPUT_LEN, TooCheap};

/// Most hashes that wait for their turn.
const QUEUE: usize = 16;
const SALT_LEN: usize = 16;

/// Hashes passwords with argon2id.
///
/// At most half of the cores hash at a time and at most sixteen more wait; the next is told to come back. Neither
/// memory nor waiting grows without bound, and the other requests keep the rest of the machine.
pub struct Argon2Hasher {
    work: Arc<Work>,
    random: Arc<dyn Randomness>,
    /// One for each hash that is made or waits.
    places: Arc<Semaphore>,
    /// One for each hash that is made.
    turns: Arc<Semaphore>,
}

/// What the hashing threads share.
struct Work {
    settings: Argon2Settings,
    params: Params,
    /// Verified against where there is no account, with the settings in force. No password has this hash.
    nobody: phc::PasswordHash,
    /// Memory of earlier hashes, one buffer for each turn.
    buffers: Mutex<Vec<Vec<Block>>>,
    turns: usize,
}

/// Why there is no hasher.
#[derive(Debug, thiserror::Error)]
pub enum HasherSetupError {
    /// The settings are below what a server may use.
    #[error(transparent)]
    TooCheap(#[from] TooCheap),
    /// The system gave no random bytes.
    #[error(transparent)]
    NoRandomness(#[from] RandomnessError),
    /// The hash of nobody can't be made.
    #[error("the parameters of the password hash can't be written: {0}")]
    Parameters(String),
}

impl Argon2Hasher {
    /// A hasher of this cost, for as many hashes at once as half of the machine's cores.
    ///
    /// # Errors
    /// [`HasherSetupError::TooCheap`] when the cost is below [`Argon2Settings::LEAST`].
    pub fn new(
        settings: Argon2Settings,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, HasherSetupError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let params = settings.params()?;
        Self::with_params(settings, params, random, (cores / 2).max(1))
    }

    fn with_params(
        settings: Argon2Settings,
        params: Params,
        random: Arc<dyn Randomness>,
        turns: usize,
    ) -> Result<Self, HasherSetupError> {
        let mut salt = [0; SALT_LEN];
        let mut output = [0; OUTPUT_LEN];
        random.fill(&mut salt)?;
        random.fill(&mut output)?;
        let nobody = phc_hash(&params, &salt, &output)
            .map_err(|e| HasherSetupError::Parameters(e.to_string()))?;
        Ok(Self {
            work: Arc::new(Work {
                settings,
                params,
                nobody,
                buffers: Mutex::new(Vec::new()),
                turns,
            }),
            random,
            places: Arc::new(Semaphore::new(turns + QUEUE)),
            turns: Arc::new(Semaphore::new(turns)),
        })
    }

    /// Runs `job` on a blocking thread when its turn comes.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Work) -> Result<T, PasswordHasherError> + Send + 'static,
    ) -> Result<T, PasswordHasherError> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| PasswordHasherError::Busy)?;
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(failed)?;
        let work = Arc::clone(&self.work);
        // The permits go along: a caller that leaves doesn't make room before its hash is done.
        let held: [OwnedSemaphorePermit; 2] = [place, turn];
        tokio::task::spawn_blocking(move || {
            let result = job(&work);
            drop(held);
            result
        })
        .await
        .map_err(failed)?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordHasherError> {
        let mut salt = [0; SALT_LEN];
        self.random.fill(&mut salt).map_err(failed)?;
        self.run(move |work| {
            let mut output = Zeroizing::new([0; OUTPUT_LEN]);
            work.argon2id(&work.params, &password, &salt, output.as_mut_slice())?;
            let hash = phc_hash(&work.params, &salt, output.as_slice()).map_err(failed)?;
            Ok(PasswordHash::from_phc(hash.to_string()))
        })
        .await
    }

    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<Verification, PasswordHasherError> {
        self.run(move |work| match hash {
            Some(hash) => {
                let hash = phc::PasswordHash::new(hash.as_phc()).map_err(failed)?;
                work.verify(&password, &hash)
            }
            None => work
                .verify(&password, &work.nobody)
                .map(|_| Verification::Differs),
        })
        .await
    }
}

impl Work {
    fn verify(
        &self,
        password: &Password,
        hash: &phc::PasswordHash,
    ) -> Result<Verification, PasswordHasherError> {
        let is_argon2id =
            hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
        let (Some(salt), Some(expected), Some(settings), true) = (
            &hash.salt,
            &hash.hash,
            Argon2Settings::of_hash(hash),
            is_argon2id,
        ) else {
            return Err(PasswordHasherError::Failed(UNREADABLE.into()));
        };
        let params = Params::try_from(hash).map_err(failed)?;
        let mut output = Zeroizing::new(vec![0; expected.len()]);
        self.argon2id(&params, password, salt, &mut output)?;
        if !bool::from(output.ct_eq(expected.as_bytes())) {
            return Ok(Verification::Differs);
        }
        Ok(Verification::Matches {
            outdated: settings.is_weaker_than(self.settings) || expected.len() < OUTPUT_LEN,
        })
    }

    fn argon2id(
        &self,
        params: &Params,
        password: &Password,
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), PasswordHasherError> {
        let mut buffer = self.take_buffer();
        let blocks = params.block_count();
        if buffer.len() < blocks {
            buffer.resize(blocks, Block::new());
        }
        let memory = buffer.get_mut(..blocks).unwrap_or_default();
        let result = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
            .hash_password_into_with_memory(password.expose().as_bytes(), salt, output, memory)
            .map_err(failed);
        self.give_back(buffer);
        result
    }

    fn take_buffer(&self) -> Vec<Block> {
        self.buffers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default()
    }

    /// Keeps the buffer for the next hash, unless an old hash of higher cost made it larger than the usual ones.
    fn give_back(&self, buffer: Vec<Block>) {
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        if buffers.len() < self.turns && buffer.len() <= self.params.block_count() {
            buffers.push(buffer);
        }
    }
}

const UNREADABLE: &str =
    "the stored password hash is not one of argon2id 0x13 with bearable parameters";

fn phc_hash(
    params: &Params,
    salt: &[u8],
    output: &[u8],
) -> Result<phc::PasswordHash, argon2::password_hash::Error> {
    Ok(phc::PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(output)?),
    })
}

fn failed(error: impl Into<BoxError>) -> PasswordHasherError {
    PasswordHasherError::Failed(error.into())
}
