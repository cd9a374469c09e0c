//! The provider: where it is and how long it may take.

use std::time::Duration;

use latchkey_adapters::llm::{
    AnthropicSettings, OutboundProxy, PrivateAddresses, ProviderTimeouts, ProviderUrl,
};
use latchkey_domain::llm::ModelId;

use super::{
    given::GivenProvider,
    reading::Reading,
    values::{duration, switch},
};

/// The provider, and the model for who chooses none.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    pub client: AnthropicSettings,
    pub default_model: ModelId,
}

const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_hours(24);

impl ProviderSettings {
    pub(super) fn read(given: &GivenProvider, reading: &mut Reading) -> Option<Self> {
        let private = reading.read(
            "LATCHKEY_ALLOW_PRIVATE_UPSTREAM",
            &given.allow_private_upstream,
            private_addresses,
        );
        let url = reading.read("LATCHKEY_PROVIDER_URL", &given.provider_url, |text| {
            ProviderUrl::parse(text, private.unwrap_or_default()).map_err(|fault| fault.to_string())
        });
        let outbound_proxy = reading.read_secret(
            "LATCHKEY_OUTBOUND_PROXY",
            given.outbound_proxy.as_ref(),
            OutboundProxy::parse,
        );
        let mut time =
            |name, text: &str, longest| reading.read(name, text, duration(SHORTEST..=longest));
        let connect = time(
            "LATCHKEY_PROVIDER_CONNECT_TIMEOUT",
            &given.provider_connect_timeout,
            Duration::from_mins(2),
        );
        let idle = time(
            "LATCHKEY_PROVIDER_IDLE_TIMEOUT",
            &given.provider_idle_timeout,
            Duration::from_hours(1),
        );
        let total = time(
            "LATCHKEY_PROVIDER_TOTAL_TIMEOUT",
            &given.provider_total_timeout,
            LONGEST,
        );
        let default_model = reading.read(
            "LATCHKEY_DEFAULT_MODEL",
            &given.default_model,
            ModelId::parse,
        );
        Some(Self {
            client: AnthropicSettings {
                outbound_proxy: outbound_proxy?,
                timeouts: ProviderTimeouts {
                    connect: connect?,
                    idle: idle?,
                    total: total?,
                },
                ..AnthropicSettings::new(url?)
            },
            default_model: default_model?,
        })
    }
}

fn private_addresses(text: &str) -> Result<PrivateAddresses, &'static str> {
    switch(text).map(|allowed| {
        if allowed {
            PrivateAddresses::Allowed
        } else {
            PrivateAddresses::Refused
        }
    })
}
