//! The tokens that Latchkey gives out: access tokens, refresh tokens, personal access tokens, reset codes.

mod access;
mod personal;
mod refresh;
mod reset_code;

pub use access::{JwtAccessTokens, NoSigningSecret};
pub use personal::RandomPersonalTokens;
pub use refresh::HmacRefreshTokens;
pub use reset_code::RandomResetCodes;
