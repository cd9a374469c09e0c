//! What the operator sets about the provider.

use std::time::Duration;

use super::{OutboundProxy, ProviderUrl};

/// Where the provider is, how it is reached, and how long it may take.
#[derive(Debug, Clone)]
pub struct AnthropicSettings {
    /// The provider's address.
    pub url: ProviderUrl,
    /// The proxy for all calls. Those of the environment are never read.
    pub outbound_proxy: Option<OutboundProxy>,
    /// How long things may take.
    pub timeouts: ProviderTimeouts,
}

impl AnthropicSettings {
    /// The usual settings for the provider at `url`.
    pub fn new(url: ProviderUrl) -> Self {
        Self {
            url,
            outbound_proxy: None,
            timeouts: ProviderTimeouts::default(),
        }
    }
}

/// How long the provider may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderTimeouts {
    /// To take a connection.
    pub connect: Duration,
    /// To send anything more: the answer's head once the request is out, then each event. Pings count.
    pub idle: Duration,
    /// For a whole answer.
    pub total: Duration,
}

impl Default for ProviderTimeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(90),
            total: Duration::from_hours(1),
        }
    }
}
