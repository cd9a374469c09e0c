//! The sealed blob, format 1: how a short secret is encrypted, bound to its place and committed to its key.
//!
//! ```text
//! offset  size       field
//!      0     3       B7 4B 01: magic and format
//!      3     1       suite 01: HKDF-SHA256 with commitment, XChaCha20-Poly1305
//!      4     4       key version, big-endian
//!      8    24       nonce, fresh for each blob
//!     32    32       commitment to key, nonce and context
//!     64    64n      ciphertext of: u16 length, secret, zeros up to at least 192 and a multiple of 64
//!  64+64n   16       tag
//! ```
//!
//! Nothing here reads a file, a database or a clock; randomness is passed in.

mod context;
pub(crate) mod kdf;

pub use context::{Place, SealContext, SealKind, Sealer};

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use latchkey_domain::system::{Randomness, RandomnessError};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use kdf::MessageKeys;

const MAGIC: [u8; 3] = [0xB7, 0x4B, 0x01];
const SUITE: u8 = 0x01;
const VERSION_AT: usize = 4;
const NONCE_AT: usize = 8;
const COMMITMENT_AT: usize = 32;
const HEADER_LEN: usize = 64;
const TAG_LEN: usize = 16;
const NONCE_LEN: usize = COMMITMENT_AT - NONCE_AT;
/// Padding hides the secret's length in steps of this.
const PADDING_STEP: usize = 64;
const MIN_PADDED: usize = 192;
const MAX_PADDED: usize = 4_096;
const LENGTH_PREFIX: usize = 2;

/// The longest secret that fits.
pub const MAX_SECRET_LEN: usize = MAX_PADDED - LENGTH_PREFIX;

/// A key that seals: 32 bytes, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealKey([u8; 32]);

impl SealKey {
    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key with these bytes; `None` if there are not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// A new random key.
    ///
    /// # Errors
    /// [`RandomnessError`] when the system has no random bytes.
    pub fn generate(random: &dyn Randomness) -> Result<Self, RandomnessError> {
        let mut key = Self([0; 32]);
        random.fill(&mut key.0)?;
        Ok(key)
    }

    /// The bytes, to derive from or to wrap.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[seal key]")
    }
}

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The secret is longer than [`MAX_SECRET_LEN`].
    #[error("the secret is too long to be sealed")]
    TooLong,
    /// The system gave no random bytes.
    #[error(transparent)]
    NoRandomness(#[from] RandomnessError),
}

/// Why a blob doesn't open. For the log alone: callers outside get one error for all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No blob has this length.
    #[error("shape")]
    Shape,
    /// It starts with something else than magic and format 1.
    #[error("unknown format")]
    UnknownFormat,
    /// It names another suite.
    #[error("unknown suite")]
    UnknownSuite,
    /// It names another key version than the row that it stands in.
    #[error("key version {found} where the row says {expected}")]
    OtherKeyVersion {
        /// What the row says.
        expected: u32,
        /// What the blob says.
        found: u32,
    },
    /// Another key, nonce or place than it was sealed with.
    #[error("commitment")]
    Commitment,
    /// The bytes were changed.
    #[error("tag")]
    Tag,
    /// What came out is not a padded secret.
    #[error("padding")]
    Padding,
}

/// Seals `secret` with `key` for `context`. The nonce comes from `random` and from nowhere else.
///
/// # Errors
/// [`SealError`]; then nothing was sealed.
pub fn seal(
    key: &SealKey,
    context: &SealContext<'_>,
    secret: &[u8],
    random: &dyn Randomness,
) -> Result<Vec<u8>, SealError> {
    let mut padded = pad(secret).ok_or(SealError::TooLong)?;
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce)?;
    let aad_hash = context.hash();
    let keys = MessageKeys::derive(key, &nonce, &aad_hash);

    let mut blob = Vec::with_capacity(HEADER_LEN + padded.len() + TAG_LEN);
    blob.extend_from_slice(&MAGIC);
    blob.push(SUITE);
    blob.extend_from_slice(&context.key_version.to_be_bytes());
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(keys.commitment());

    let tag = XChaCha20Poly1305::new(keys.encryption_key().into())
        .encrypt_inout_detached(
            &XNonce::from(nonce),
            &associated_data(&blob, &aad_hash),
            padded.as_mut_slice().into(),
        )
        .map_err(|_| SealError::TooLong)?;
    blob.extend_from_slice(&padded);
    blob.extend_from_slice(&tag);
    Ok(blob)
}

/// Opens what [`seal`] made with the same key for the same context.
///
/// The checks go from the outside in: length, magic, suite, key version, commitment, tag, padding. Nothing is cut
/// out of the blob before its length is known to be right, and no other key is tried.
///
/// # Errors
/// [`OpenError`], for the log.
pub fn open(
    key: &SealKey,
    context: &SealContext<'_>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let parts = Parts::read(blob)?;
    if parts.key_version != context.key_version {
        return Err(OpenError::OtherKeyVersion {
            expected: context.key_version,
            found: parts.key_version,
        });
    }
    let aad_hash = context.hash();
    let keys = MessageKeys::derive(key, &parts.nonce, &aad_hash);
    if !bool::from(keys.commitment().ct_eq(&parts.commitment)) {
        return Err(OpenError::Commitment);
    }
    let mut padded = Zeroizing::new(parts.ciphertext.to_vec());
    XChaCha20Poly1305::new(keys.encryption_key().into())
        .decrypt_inout_detached(
            &XNonce::from(parts.nonce),
            &associated_data(parts.header, &aad_hash),
            padded.as_mut_slice().into(),
            &Tag::from(parts.tag),
        )
        .map_err(|_| OpenError::Tag)?;
    unpad(&padded).ok_or(OpenError::Padding)
}

/// A blob taken apart.
struct Parts<'a> {
    header: &'a [u8],
    key_version: u32,
    nonce: [u8; NONCE_LEN],
    commitment: [u8; 32],
    ciphertext: &'a [u8],
    tag: [u8; TAG_LEN],
}

impl<'a> Parts<'a> {
    fn read(blob: &'a [u8]) -> Result<Self, OpenError> {
        let padded_len = blob
            .len()
            .checked_sub(HEADER_LEN + TAG_LEN)
            .ok_or(OpenError::Shape)?;
        if !(MIN_PADDED..=MAX_PADDED).contains(&padded_len)
            || !padded_len.is_multiple_of(PADDING_STEP)
        {
            return Err(OpenError::Shape);
        }
        let (header, sealed) = blob.split_at_checked(HEADER_LEN).ok_or(OpenError::Shape)?;
        let (ciphertext, tag) = sealed
            .split_at_checked(padded_len)
            .ok_or(OpenError::Shape)?;
        if !header.starts_with(&MAGIC) {
            return Err(OpenError::UnknownFormat);
        }
        if header.get(MAGIC.len()) != Some(&SUITE) {
            return Err(OpenError::UnknownSuite);
        }
        Ok(Self {
            header,
            key_version: u32::from_be_bytes(field(header, VERSION_AT)?),
            nonce: field(header, NONCE_AT)?,
            commitment: field(header, COMMITMENT_AT)?,
            ciphertext,
            tag: field(tag, 0)?,
        })
    }
}

fn field<const LEN: usize>(bytes: &[u8], at: usize) -> Result<[u8; LEN], OpenError> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk::<LEN>())
        .copied()
        .ok_or(OpenError::Shape)
}

fn associated_data(header: &[u8], aad_hash: &[u8; 32]) -> Vec<u8> {
    [header, aad_hash].concat()
}

/// `secret` behind its length, filled up with zeros; `None` if it is too long.
fn pad(secret: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let length = u16::try_from(secret.len()).ok()?;
    let padded_len = (LENGTH_PREFIX + secret.len())
        .next_multiple_of(PADDING_STEP)
        .max(MIN_PADDED);
    if padded_len > MAX_PADDED {
        return None;
    }
    let mut padded = Zeroizing::new(Vec::with_capacity(padded_len));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(secret);
    padded.resize(padded_len, 0);
    Some(padded)
}

/// The secret within `padded`; `None` if [`pad`] wouldn't have written it so.
fn unpad(padded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk::<LENGTH_PREFIX>()?;
    let (secret, zeros) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let expected_len = (LENGTH_PREFIX + secret.len())
        .next_multiple_of(PADDING_STEP)
        .max(MIN_PADDED);
    if padded.len() != expected_len || zeros.iter().any(|&byte| byte != 0) {
        return None;
    }
    Some(Zeroizing::new(secret.to_vec()))
}
