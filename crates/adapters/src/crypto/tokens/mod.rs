//! The tokens that Latchkey gives out: access tokens, refresh tokens, personal access tokens, reset codes, secrets of links.

mod access;
mod personal;
mod refresh;
mod reset_code;
mod share;

pub use access::{JwtAccessTokens, NoSigningSecret};
pub use personal::RandomPersonalTokens;
pub use refresh::HmacRefreshTokens;
pub use reset_code::RandomResetCodes;
pub use share::RandomShareTokens;
