//! The two tokens of a session, and the ports that make and check them.

use std::fmt;

use crate::{
    id::{SessionId, UserId},
    secret::SecretText,
    system::RandomnessError,
    time::Timestamp,
};

/// A short-lived token that every request carries (a signed JWT).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccessToken(pub SecretText);

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who.
    pub user: UserId,
    /// Signed in by which session.
    pub session: SessionId,
    /// The account's security version when the token was made.
    pub security_version: u32,
    /// When it was made.
    pub issued_at: Timestamp,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

/// Makes and checks access tokens.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AccessTokens: Send + Sync {
    /// A signed token with these claims and an id of its own.
    ///
    /// # Errors
    /// [`RandomnessError`] when no unique id could be drawn.
    fn issue(&self, claims: &AccessClaims) -> Result<AccessToken, RandomnessError>;

    /// The claims of a token that this server signed and that is good at `now`.
    ///
    /// # Errors
    /// [`AccessTokenError`] for everything else: another algorithm, key, issuer, audience or type, a missing
    /// claim, a claim of the wrong type, headers that point to keys, more than 2 KB, expired, not yet valid.
    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, AccessTokenError>;
}

/// The token is not good; why is nobody's business outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessTokenError {
    /// It was good once.
    #[error("the access token has expired")]
    Expired,
    /// It never was, or not here.
    #[error("the access token is not valid")]
    Invalid,
}

/// A single-use token that gets a new access token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefreshToken(pub SecretText);

/// SHA-256 of a refresh token. Compared in constant time.
#[derive(Clone, Copy)]
pub struct RefreshTokenHash(pub [u8; 32]);

impl PartialEq for RefreshTokenHash {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(&self.0[..], &other.0[..]).into()
    }
}

impl Eq for RefreshTokenHash {}

impl fmt::Debug for RefreshTokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token hash]")
    }
}

/// Makes and recognises refresh tokens.
///
/// The token of (session, generation) is derived from a secret of the server, so that a repeated refresh can be
/// given the same successor although no token is stored.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait RefreshTokens: Send + Sync {
    /// The token of this session and generation: always the same for the same two.
    fn derive(&self, session: SessionId, generation: u32) -> RefreshToken;

    /// The hash under which a token is stored.
    fn hash(&self, token: &RefreshToken) -> RefreshTokenHash;

    /// The session and generation of a token that this server made; `None` for any other text.
    fn recognise(&self, token: &str) -> Option<(SessionId, u32)>;
}
