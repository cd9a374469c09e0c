//! The proxy through which the operator lets calls go out.

use std::fmt;

use latchkey_domain::secret::SecretText;
use url::Url;

/// An HTTP proxy's address. It may hold a password, so nothing of it is ever printed.
#[derive(Clone)]
pub struct OutboundProxy(SecretText);

impl OutboundProxy {
    /// Reads `http://[user:password@]host[:port]`, or the same with https.
    ///
    /// # Errors
    /// [`InvalidOutboundProxy`] when it is something else.
    pub fn parse(text: &SecretText) -> Result<Self, InvalidOutboundProxy> {
        let url = Url::parse(text.expose().trim()).map_err(|_| InvalidOutboundProxy)?;
        let fits = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        if fits {
            Ok(Self(SecretText::new(url.into())))
        } else {
            Err(InvalidOutboundProxy)
        }
    }

    pub(super) fn to_reqwest(&self) -> Result<reqwest::Proxy, InvalidOutboundProxy> {
        reqwest::Proxy::all(self.0.expose()).map_err(|_| InvalidOutboundProxy)
    }
}

impl fmt::Debug for OutboundProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[outbound proxy]")
    }
}

/// The text isn't a proxy's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a proxy's address such as http://proxy.example:3128")]
pub struct InvalidOutboundProxy;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<OutboundProxy, InvalidOutboundProxy> {
        OutboundProxy::parse(&SecretText::new(text.to_owned()))
    }

    #[test]
    fn a_proxy_prints_nothing_of_its_password() {
        let proxy = parse("http://user:CANARY@proxy.example:3128").unwrap();
        assert_eq!(format!("{proxy:?}"), "[outbound proxy]");
        assert!(proxy.to_reqwest().is_ok());
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "proxy.example",
            "socks5://proxy.example",
            "http://proxy.example/path",
            "file:///etc/passwd",
        ] {
            assert_eq!(parse(text).err(), Some(InvalidOutboundProxy), "{text}");
        }
    }
}
