//! Requests that are carried out once, however often they come: `Idempotency-Key`.

use std::{fmt, time::Duration};

use crate::{
    id::{MessageId, UserId},
    time::Timestamp,
};

/// How long a repeated request is recognised.
pub const ONCE_KEPT: Duration = Duration::from_hours(24);
/// Most characters of a key that a client may choose for a request.
pub const MAX_ONCE_KEY_CHARS: usize = 255;

/// MAC of the key that a client chose for a request.
#[derive(Clone, Copy)]
pub struct OnceKeyMac(pub [u8; 32]);

/// MAC of a whole request: what it does, to what, with which body. A plain hash would let whoever reads the store try out what the
/// body was, and that may hold a provider key.
#[derive(Clone, Copy)]
pub struct RequestMac(pub [u8; 32]);

macro_rules! compared_in_constant_time {
    ($mac:ident, $shown:literal) => {
        impl PartialEq for $mac {
            fn eq(&self, other: &Self) -> bool {
                subtle::ConstantTimeEq::ct_eq(&self.0[..], &other.0[..]).into()
            }
        }

        impl Eq for $mac {}

        impl fmt::Debug for $mac {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($shown)
            }
        }
    };
}

compared_in_constant_time!(OnceKeyMac, "[key MAC]");
compared_in_constant_time!(RequestMac, "[request MAC]");

/// A request that its sender named, so that a repetition is known as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedRequest {
    /// The name: the key that the client chose.
    pub key: OnceKeyMac,
    /// What is asked.
    pub request: RequestMac,
}

/// A turn's claim on the key of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    /// Who asks. Keys of different people have nothing to do with each other.
    pub user: UserId,
    /// The request, under its key.
    pub named: NamedRequest,
    /// From when on the key is free again.
    pub expires_at: Timestamp,
}

/// What began under a key before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BegunBefore {
    /// The request that it was.
    pub request: RequestMac,
    /// The answer that it began.
    pub answer: MessageId,
}

/// Makes the MACs by which requests are recognised, under a secret of the server's.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait RequestMacs: Send + Sync {
    /// The MACs of a request of `user`: of its `key`, and of `action` (what it does, to what) with `body`, byte for byte. The same
    /// four give the same MACs in every process of the deployment and after a restart; where one of them differs, so does the MAC that
    /// depends on it. Two people's MACs are unrelated, and so are those of two deployments.
    fn name(&self, user: UserId, key: &str, action: &str, body: &[u8]) -> NamedRequest;
}
