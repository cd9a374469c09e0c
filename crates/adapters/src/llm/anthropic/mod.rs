//! Anthropic's Messages API: requests out, events in, answers put together, errors told apart.

mod assemble;
mod body;
mod bound_thinking;
mod client;
mod errors;
mod event;
mod models;
mod outbound_proxy;
mod provider_url;
mod sampling;
mod settings;
mod shown_content;
// For the fuzz target of the same name.
#[doc(hidden)]
pub mod sse;
mod stream;
mod translate;
mod wire;

pub use assemble::AnthropicFormat;
pub use client::{AnthropicClient, ClientSetupError};
pub use outbound_proxy::{InvalidOutboundProxy, OutboundProxy};
pub use provider_url::{InvalidProviderUrl, PrivateAddresses, ProviderUrl};
pub use settings::{AnthropicSettings, ProviderTimeouts};
