//! The tokens that Latchkey gives out: access tokens, refresh tokens, reset codes.

mod access;
mod refresh;
mod reset_code;

pub use access::{JwtAccessTokens, NoSigningSecret};
pub use refresh::HmacRefreshTokens;
pub use reset_code::RandomResetCodes;
