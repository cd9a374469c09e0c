//! How a fake is set up.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The settings of a fake. `Config::default()` is as strict as the real service, on a free port of the loopback.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, each named where it is set"
)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether retired models (such as `claude-3-5-sonnet-20241022`) answer as if they were still there.
    pub allow_retired: bool,
    /// Whether every key that starts with `sk-ant-` is taken, not only well-formed `sk-ant-api03-…` ones. Keys with a
    /// magic word keep their fate.
    pub any_key: bool,
    /// The pause before each delta of an answer, where neither the reply nor a directive says otherwise.
    pub pace: Duration,
    /// Whether requests and what was answered are kept for [`FakeAnthropic::requests`](crate::FakeAnthropic::requests).
    pub record: bool,
    /// Prompts below this many tokens are not cached (the real service has 512 to 4,096, by model).
    pub min_cache_tokens: u64,
    /// Whether a body over 32 MB is refused with an HTML page, as the edge in front of the real service may do.
    pub edge_refuses_large_bodies: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            allow_retired: false,
            any_key: false,
            pace: Duration::ZERO,
            record: true,
            min_cache_tokens: 0,
            edge_refuses_large_bodies: false,
        }
    }
}

impl Config {
    /// The strict settings without records, for benchmarks.
    #[must_use]
    pub fn without_records() -> Self {
        Self {
            record: false,
            ..Self::default()
        }
    }

    /// Takes retired models and any `sk-ant-…` key: examples from old documentation run as they stand.
    #[must_use]
    pub fn lenient() -> Self {
        Self {
            allow_retired: true,
            any_key: true,
            ..Self::default()
        }
    }
}
