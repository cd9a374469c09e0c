//! Where a blob belongs, and the hash that binds it there.

use latchkey_domain::owner::Owner;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const DOMAIN: &[u8] = b"byok-aad-v1";
const SUITE: u8 = super::SUITE;

/// What kind of thing is sealed. A blob of one kind never opens as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealKind {
    /// A data key, wrapped by a root key.
    DataKey,
    /// A user's provider key.
    Credential,
    /// The known text that proves a root key.
    Canary,
}

impl SealKind {
    // 3 is for chat messages and 4 for exports.
    const fn code(self) -> u8 {
        match self {
            Self::DataKey => 1,
            Self::Credential => 2,
            Self::Canary => 5,
        }
    }
}

/// Whose blob it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealer {
    /// The deployment itself.
    Deployment,
    /// A user or a team.
    Owner(Owner),
}

impl Sealer {
    pub(crate) const fn type_code(self) -> u8 {
        match self {
            Self::Deployment => 0,
            Self::Owner(Owner::User(_)) => 1,
            Self::Owner(Owner::Team(_)) => 2,
        }
    }

    pub(crate) fn uuid(self) -> Uuid {
        match self {
            Self::Deployment => Uuid::nil(),
            Self::Owner(owner) => owner.uuid(),
        }
    }
}

/// The row that a blob stands in, read with its owner in the WHERE clause and never from the blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose row.
    pub sealer: Sealer,
    /// The row's id.
    pub row: Uuid,
    /// What the secret is for.
    pub label: &'a str,
    /// The row's version.
    pub record_version: u32,
}

/// Everything that a blob is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext<'a> {
    /// The id that keyring and database share.
    pub deployment: [u8; 16],
    /// What is sealed.
    pub kind: SealKind,
    /// Where it stands.
    pub place: Place<'a>,
    /// Version of the key that seals it.
    pub key_version: u32,
}

impl SealContext<'_> {
    /// SHA-256 over every field behind its tag and length, so that no byte can move from one field to the next.
    pub(super) fn hash(&self) -> [u8; 32] {
        let place = &self.place;
        let mut hash = Sha256::new_with_prefix(DOMAIN);
        let mut field = |tag: u8, bytes: &[u8]| {
            // No field comes near 4 GiB; the label is a name of ours.
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            hash.update([tag]);
            hash.update(length.to_be_bytes());
            hash.update(bytes);
        };
        field(1, &self.deployment);
        field(2, &[self.kind.code()]);
        field(3, &[place.sealer.type_code()]);
        field(4, place.sealer.uuid().as_bytes());
        field(5, place.row.as_bytes());
        field(6, place.label.as_bytes());
        field(7, &place.record_version.to_be_bytes());
        field(8, &self.key_version.to_be_bytes());
        field(9, &[SUITE]);
        hash.finalize().into()
    }
}
