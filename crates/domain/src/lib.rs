//! What is true in Latchkey: values, aggregates, rules, and the ports through which the outside is reached.
//!
//! This crate does no I/O and knows no runtime, no framework and no format. Other services can use it alone:
//! implement the ports they need (`examples/own_port.rs` does that for one) and call the rules.
//!
//! Each folder is one aggregate; a port stands beside what it serves:
//!
//! | folder | holds | ports |
//! |---|---|---|
//! | [`user`] | accounts, passwords, settings | [`UserRepo`](user::UserRepo), [`PasswordHasher`](user::PasswordHasher), [`PasswordStrength`](user::PasswordStrength), [`ResetCodes`](user::ResetCodes) |
//! | [`session`] | sign-ins and their tokens | [`SessionRepo`](session::SessionRepo), [`AccessTokens`](session::AccessTokens), [`RefreshTokens`](session::RefreshTokens) |
//! | [`personal_token`] | personal access tokens and their scopes | [`PersonalTokenRepo`](personal_token::PersonalTokenRepo), [`PersonalTokens`](personal_token::PersonalTokens) |
//! | [`api_key`] | the users' own provider keys | [`ApiKeyRepo`](api_key::ApiKeyRepo), [`KeyVault`](api_key::KeyVault), [`DataKeyRepo`](api_key::DataKeyRepo) |
//! | [`conversation`] | messages as trees, running answers | [`ConversationRepo`](conversation::ConversationRepo), [`AnswerRepo`](conversation::AnswerRepo), [`RequestMacs`](conversation::RequestMacs) |
//! | [`archive`] | conversations as a whole | [`ArchiveRepo`](archive::ArchiveRepo), [`ImportFormat`](archive::ImportFormat) |
//! | [`share`] | links to conversations | [`ShareRepo`](share::ShareRepo), [`ShareTokens`](share::ShareTokens) |
//! | [`search`] | words, hits and snippets | [`SearchRepo`](search::SearchRepo) |
//! | [`llm`] | the provider | [`LlmClient`](llm::LlmClient), [`LlmStream`](llm::LlmStream), [`AnswerAssembler`](llm::AnswerAssembler) |
//! | [`usage`] | tokens, money, prices, the ledger | [`UsageLedger`](usage::UsageLedger) |
//! | [`rate_limit`] | limits | [`RateLimiter`](rate_limit::RateLimiter) |
//! | [`audit`] | who did what | [`AuditLog`](audit::AuditLog) |
//! | [`system`] | time, ids, randomness | [`Clock`](system::Clock), [`IdSource`](system::IdSource), [`Randomness`](system::Randomness) |

pub mod api_key;
pub mod archive;
pub mod audit;
pub mod conversation;
pub mod error;
pub mod id;
pub mod llm;
pub mod owner;
pub mod page;
pub mod personal_token;
pub mod rate_limit;
pub mod raw_json;
pub mod search;
pub mod secret;
pub mod session;
pub mod share;
pub mod system;
pub mod time;
pub mod usage;
pub mod user;

pub use error::{BoxError, StoreError};
pub use owner::Owner;
pub use page::{Page, PageRequest};
pub use raw_json::RawJson;
pub use time::Timestamp;
