//! A vault that seals with a hash: quick, not secure, but as strict about places as a real one.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use latchkey_domain::{
    api_key::{
        ApiKeySecret, DataKey, DataKeyRepo, Fingerprint, KeyVault, Provider, SealedSecret,
        SecretPlace, VaultError,
    },
    id::{ApiKeyId, DataKeyId},
    owner::Owner,
    secret::SecretText,
    system::Randomness,
};
use uuid::Uuid;

use super::{digest::digest, system::START};

/// Bytes before the ciphertext: nonce and seal.
const HEAD: usize = 16 + 32;

/// Seals under a keyring that is one word.
pub struct MemoryVault {
    keyring: String,
    data_keys: Arc<dyn DataKeyRepo>,
    randomness: Arc<dyn Randomness>,
    forgotten: Mutex<HashSet<ApiKeyId>>,
}

impl MemoryVault {
    /// A vault with this keyring.
    pub fn new(
        keyring: &str,
        data_keys: Arc<dyn DataKeyRepo>,
        randomness: Arc<dyn Randomness>,
    ) -> Self {
        Self {
            keyring: keyring.to_owned(),
            data_keys,
            randomness,
            forgotten: Mutex::default(),
        }
    }

    /// Whether [`forget`](KeyVault::forget) was called for this key.
    pub fn has_forgotten(&self, key: ApiKeyId) -> bool {
        self.forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&key)
    }

    async fn newest_data_key(&self, owner: Owner) -> Result<DataKey, VaultError> {
        if let Some(key) = self.data_keys.find_newest_data_key(owner).await? {
            return Ok(key);
        }
        let random = self.random()?;
        let mut wrapped = random.to_vec();
        wrapped.extend(self.wrap_check(&random, owner));
        let made = DataKey {
            id: DataKeyId::from_uuid(Uuid::from_bytes(random)),
            owner,
            version: 1,
            root_version: 1,
            wrapped,
            created_at: START,
        };
        Ok(self.data_keys.insert_data_key(&made).await?)
    }

    /// The key inside `data_key`, if this keyring wrapped it for its owner.
    fn unwrap(&self, data_key: &DataKey) -> Result<[u8; 32], VaultError> {
        let (random, check) = data_key
            .wrapped
            .split_at_checked(16)
            .ok_or(VaultError::Unreadable)?;
        if check != self.wrap_check(random, data_key.owner) {
            return Err(VaultError::Unreadable);
        }
        Ok(digest(&[b"data key", self.keyring.as_bytes(), random]))
    }

    fn wrap_check(&self, random: &[u8], owner: Owner) -> [u8; 32] {
        digest(&[
            b"wrap",
            self.keyring.as_bytes(),
            random,
            &owner_bytes(owner),
        ])
    }

    fn random(&self) -> Result<[u8; 16], VaultError> {
        let mut bytes = [0; 16];
        let filled = self.randomness.fill(&mut bytes);
        filled.map_err(|_| VaultError::NoRandomness)?;
        Ok(bytes)
    }
}

#[async_trait]
impl KeyVault for MemoryVault {
    async fn seal(
        &self,
        place: SecretPlace,
        secret: &ApiKeySecret,
    ) -> Result<SealedSecret, VaultError> {
        let data_key = self.newest_data_key(place.owner).await?;
        let key = self.unwrap(&data_key)?;
        let nonce = self.random()?;
        let hidden = mask(&key, &nonce, secret.expose().as_bytes());
        let mut blob = nonce.to_vec();
        blob.extend(seal_of(&key, place, data_key.version, &nonce, &hidden));
        blob.extend(hidden);
        Ok(SealedSecret {
            blob,
            data_key_version: data_key.version,
            record_version: place.record_version,
        })
    }

    async fn open(
        &self,
        place: SecretPlace,
        sealed: &SealedSecret,
    ) -> Result<ApiKeySecret, VaultError> {
        let version = sealed.data_key_version;
        let data_key = self.data_keys.find_data_key(place.owner, version).await?;
        let key = self.unwrap(&data_key.ok_or(VaultError::Unreadable)?)?;
        let parts = sealed.blob.split_at_checked(HEAD);
        let (head, hidden) = parts.ok_or(VaultError::Unreadable)?;
        let (nonce, seal) = head.split_at(16);
        if sealed.record_version != place.record_version
            || seal != seal_of(&key, place, version, nonce, hidden)
        {
            return Err(VaultError::Unreadable);
        }
        let clear = String::from_utf8(mask(&key, nonce, hidden));
        let clear = clear.map_err(|_| VaultError::Unreadable)?;
        ApiKeySecret::parse(&SecretText::new(clear)).map_err(|_| VaultError::Unreadable)
    }

    fn forget(&self, key: ApiKeyId) {
        self.forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key);
    }

    fn fingerprint(&self, owner: Owner, provider: Provider, secret: &ApiKeySecret) -> Fingerprint {
        let hash = digest(&[
            b"fingerprint",
            self.keyring.as_bytes(),
            &owner_bytes(owner),
            provider.as_str().as_bytes(),
            secret.expose().as_bytes(),
        ]);
        let mut fingerprint = [0; 16];
        fingerprint
            .iter_mut()
            .zip(hash)
            .for_each(|(to, from)| *to = from);
        Fingerprint(fingerprint)
    }
}

fn seal_of(
    key: &[u8],
    place: SecretPlace,
    data_key_version: u32,
    nonce: &[u8],
    hidden: &[u8],
) -> [u8; 32] {
    digest(&[
        b"seal",
        key,
        &owner_bytes(place.owner),
        place.key.as_uuid().as_bytes(),
        place.provider.as_str().as_bytes(),
        &place.record_version.to_be_bytes(),
        &data_key_version.to_be_bytes(),
        nonce,
        hidden,
    ])
}

/// Hides `text`, or shows it again.
fn mask(key: &[u8], nonce: &[u8], text: &[u8]) -> Vec<u8> {
    let stream = (0u32..).flat_map(|block| digest(&[b"mask", key, nonce, &block.to_be_bytes()]));
    text.iter()
        .zip(stream)
        .map(|(byte, mask)| byte ^ mask)
        .collect()
}

fn owner_bytes(owner: Owner) -> Vec<u8> {
    let kind = match owner {
        Owner::User(_) => b'u',
        Owner::Team(_) => b't',
    };
    std::iter::once(kind)
        .chain(*owner.uuid().as_bytes())
        .collect()
}
