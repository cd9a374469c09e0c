//! API keys, data keys and the state of the keyring.

use latchkey_domain::{
    api_key::{
        ApiKey, ApiKeySecret, CryptoState, DataKey, Fingerprint, KekCanary, KeyStatus, Provider,
        SealedSecret,
    },
    id::{ApiKeyId, DataKeyId},
    owner::Owner,
    secret::SecretText,
};

use super::{Samples, bytes_of};

impl Samples {
    /// A valid key of `owner`; its secret is its own.
    pub fn api_key(&self, owner: impl Into<Owner>) -> ApiKey {
        let now = self.now();
        let id = ApiKeyId::new(self.ids());
        let bytes = bytes_of("key", id.as_uuid());
        let mut fingerprint = [0; 16];
        fingerprint
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = from);
        ApiKey {
            id,
            owner: owner.into(),
            provider: Provider::Anthropic,
            name: "Work".to_owned(),
            hint: self.api_key_secret().hint(),
            sealed: SealedSecret {
                blob: bytes.repeat(8),
                data_key_version: 1,
                record_version: 1,
            },
            fingerprint: Fingerprint(fingerprint),
            status: KeyStatus::Valid,
            status_detail: None,
            is_active: true,
            position: 0,
            created_at: now,
            updated_at: now,
            last_used_at: None,
            last_verified_at: Some(now),
            expires_at: None,
            rotated_at: None,
        }
    }

    /// A well-formed secret of its own.
    pub fn api_key_secret(&self) -> ApiKeySecret {
        let tail = self.ids().next_uuid().as_simple().to_string();
        ApiKeySecret::parse(&SecretText::new(format!("sk-ant-api03-sample-{tail}")))
            .expect("a well-formed key")
    }

    /// A wrapped data key of `owner`.
    pub fn data_key(&self, owner: impl Into<Owner>, version: u32) -> DataKey {
        let id = DataKeyId::new(self.ids());
        DataKey {
            id,
            owner: owner.into(),
            version,
            root_version: 1,
            wrapped: bytes_of("data key", id.as_uuid()).repeat(5),
            created_at: self.now(),
        }
    }

    /// The state of a keyring with two root keys.
    pub fn crypto_state(&self) -> CryptoState {
        let deployment = self.ids().next_uuid();
        let canary = |root_version| KekCanary {
            root_version,
            sealed: bytes_of("canary", deployment).repeat(5),
        };
        CryptoState {
            deployment: *deployment.as_bytes(),
            active_root_version: 2,
            min_root_version: 1,
            canaries: vec![canary(1), canary(2)],
        }
    }
}
