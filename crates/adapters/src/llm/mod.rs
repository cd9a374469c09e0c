//! The provider's side of the ports: Anthropic's Claude API over HTTP.

pub mod anthropic;

pub use anthropic::{
    AnthropicClient, AnthropicFormat, AnthropicSettings, ClientSetupError, InvalidOutboundProxy,
    InvalidProviderUrl, OutboundProxy, PrivateAddresses, ProviderTimeouts, ProviderUrl,
};
