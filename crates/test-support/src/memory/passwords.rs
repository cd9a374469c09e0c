//! Passwords hashed quickly, and judged by a short list.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use async_trait::async_trait;
use latchkey_domain::{
    system::Randomness,
    user::{
        Password, PasswordHash, PasswordHasher, PasswordHasherError, PasswordStrength,
        PasswordWeakness, Verification,
    },
};

use super::{
    digest::{digest, hex},
    system::SeededRandomness,
};

/// Hashes in no time: `$memory$v=COST$SALT$HASH`. Not for passwords that anybody uses.
pub struct MemoryHasher {
    cost: AtomicU32,
    is_busy: AtomicBool,
    randomness: Arc<dyn Randomness>,
}

impl MemoryHasher {
    /// A hasher of this cost; hashes of a lower one are outdated.
    pub fn with_cost(cost: u32) -> Self {
        Self {
            cost: AtomicU32::new(cost),
            is_busy: AtomicBool::new(false),
            randomness: Arc::new(SeededRandomness::new(u64::from(cost))),
        }
    }

    /// Raises the cost: the hashes made until now become outdated.
    pub fn raise_cost(&self) {
        self.cost.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether it sends everybody away from now on.
    pub fn set_busy(&self, is_busy: bool) {
        self.is_busy.store(is_busy, Ordering::SeqCst);
    }

    fn check_room(&self) -> Result<(), PasswordHasherError> {
        if self.is_busy.load(Ordering::SeqCst) {
            return Err(PasswordHasherError::Busy);
        }
        Ok(())
    }
}

impl Default for MemoryHasher {
    fn default() -> Self {
        Self::with_cost(1)
    }
}

#[async_trait]
impl PasswordHasher for MemoryHasher {
    async fn hash(&self, password: Password) -> Result<PasswordHash, PasswordHasherError> {
        self.check_room()?;
        let mut salt = [0; 16];
        let filled = self.randomness.fill(&mut salt);
        filled.map_err(|error| PasswordHasherError::Failed(error.into()))?;
        let salt = hex(&salt);
        let cost = self.cost.load(Ordering::SeqCst);
        let hash = hash_of(&password, cost, &salt);
        Ok(PasswordHash::from_phc(format!(
            "$memory$v={cost}${salt}${hash}"
        )))
    }

    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<Verification, PasswordHasherError> {
        self.check_room()?;
        let Some(stored) = hash else {
            return Ok(Verification::Differs);
        };
        let (cost, salt, expected) = read(stored.as_phc())
            .ok_or_else(|| PasswordHasherError::Failed("the hash can't be read".into()))?;
        if hash_of(&password, cost, salt) != expected {
            return Ok(Verification::Differs);
        }
        Ok(Verification::Matches {
            outdated: cost < self.cost.load(Ordering::SeqCst),
        })
    }
}

fn hash_of(password: &Password, cost: u32, salt: &str) -> String {
    hex(&digest(&[
        &cost.to_be_bytes(),
        salt.as_bytes(),
        password.expose().as_bytes(),
    ]))
}

fn read(phc: &str) -> Option<(u32, &str, &str)> {
    let mut fields = phc.strip_prefix("$memory$v=")?.split('$');
    let cost = fields.next()?.parse().ok()?;
    let (salt, hash) = (fields.next()?, fields.next()?);
    (hash.len() == 64 && fields.next().is_none()).then_some((cost, salt, hash))
}

/// Refuses a handful of passwords, personal words, and texts of few different characters.
#[derive(Debug, Default)]
pub struct MemoryStrength;

impl PasswordStrength for MemoryStrength {
    fn judge(&self, password: &Password, personal: &[String]) -> Result<(), PasswordWeakness> {
        const COMMON: [&str; 4] = ["password", "123456789", "qwertyuiop", "iloveyou"];
        let text = password.expose().to_lowercase();
        if COMMON.contains(&text.as_str()) {
            return Err(PasswordWeakness::Common);
        }
        let own = personal.iter().map(|word| word.to_lowercase());
        let mut words = own.chain(["latchkey".to_owned()]);
        if words.any(|word| word.chars().count() >= 4 && text.contains(&word)) {
            return Err(PasswordWeakness::Personal);
        }
        let different: std::collections::HashSet<char> = text.chars().collect();
        if different.len() < 6 {
            return Err(PasswordWeakness::Guessable);
        }
        Ok(())
    }
}
