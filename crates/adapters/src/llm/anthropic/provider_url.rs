//! The provider's address: the operator's setting alone, and strict, for every key goes there.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use url::{Host, Url};

/// Where the provider is: https, or plain http on this machine; perhaps with a path before `/v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderUrl(Url);

/// Whether a provider in a private network may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrivateAddresses {
    /// Only public addresses and this machine.
    #[default]
    Refused,
    /// The operator runs one there, and says so.
    Allowed,
}

impl ProviderUrl {
    /// Reads the address.
    ///
    /// # Errors
    /// [`InvalidProviderUrl`] says what is wrong with it.
    pub fn parse(text: &str, private: PrivateAddresses) -> Result<Self, InvalidProviderUrl> {
        // `Url` quietly mends these, so that what is called would not be what was written.
        if text
            .chars()
            .any(|c| c == '\\' || c.is_whitespace() || c.is_control())
        {
            return Err(InvalidProviderUrl::NotAUrl);
        }
        let mut url = Url::parse(text).map_err(|_| InvalidProviderUrl::NotAUrl)?;
        refuse_extras(&url)?;
        let place = place_of(&url, text)?;
        match (url.scheme(), place) {
            ("https", Place::Private) if private == PrivateAddresses::Refused => {
                return Err(InvalidProviderUrl::PrivateAddress);
            }
            ("https", _) | ("http", Place::ThisMachine) => {}
            ("http", _) => return Err(InvalidProviderUrl::PlainHttp),
            _ => return Err(InvalidProviderUrl::NotAUrl),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if path.split('/').next_back() == Some("v1") {
            return Err(InvalidProviderUrl::HasVersion);
        }
        url.set_path(&path);
        Ok(Self(url))
    }

    /// Whether calls are encrypted. Those to this machine need not be.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address of one of the provider's resources, such as `/v1/messages`.
    pub(super) fn resource(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}{path}"));
        url
    }
}

impl fmt::Display for ProviderUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn refuse_extras(url: &Url) -> Result<(), InvalidProviderUrl> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidProviderUrl::HasUser);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(InvalidProviderUrl::HasQueryOrFragment);
    }
    Ok(())
}

enum Place {
    ThisMachine,
    Private,
    Public,
}

fn place_of(url: &Url, text: &str) -> Result<Place, InvalidProviderUrl> {
    match url.host() {
        None => Err(InvalidProviderUrl::NotAUrl),
        Some(Host::Domain("localhost")) => Ok(Place::ThisMachine),
        // `localhost.`, `LOCALHOST.` and names that no resolver outside knows.
        Some(Host::Domain(name)) if name.ends_with('.') => Err(InvalidProviderUrl::OddHost),
        Some(Host::Domain(_)) => Ok(Place::Public),
        Some(Host::Ipv4(address)) => {
            written_plainly(text, &address.to_string())?;
            Ok(place_of_v4(address))
        }
        Some(Host::Ipv6(address)) => {
            if address.to_ipv4().is_some() && !address.is_loopback() && !address.is_unspecified() {
                return Err(InvalidProviderUrl::OddHost);
            }
            Ok(place_of_v6(address))
        }
    }
}

/// Refuses `0x7f000001`, `2130706433`, `127.1` and the like: the parser reads them as addresses, people don't.
fn written_plainly(text: &str, address: &str) -> Result<(), InvalidProviderUrl> {
    let authority = text.split_once("://").map_or("", |(_, rest)| rest);
    let rest = authority.strip_prefix(address);
    match rest.and_then(|rest| rest.chars().next().map_or(Some('/'), Some)) {
        Some(':' | '/') => Ok(()),
        _ => Err(InvalidProviderUrl::OddHost),
    }
}

fn place_of_v4(address: Ipv4Addr) -> Place {
    let [a, b, c, _] = address.octets();
    if address.is_loopback() {
        return Place::ThisMachine;
    }
    let private = address.is_private()
        || address.is_link_local()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    if private {
        Place::Private
    } else {
        Place::Public
    }
}

fn place_of_v6(address: Ipv6Addr) -> Place {
    if address.is_loopback() {
        return Place::ThisMachine;
    }
    // Only 2000::/3 is routed in public, and of that 2002::/16 leads back to IPv4.
    let [first, ..] = address.segments();
    if first & 0xe000 == 0x2000 && first != 0x2002 {
        Place::Public
    } else {
        Place::Private
    }
}

/// What is wrong with a provider's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProviderUrl {
    /// Not an http address at all.
    #[error("must be an address such as https://api.anthropic.com")]
    NotAUrl,
    /// A user or password in it.
    #[error("must have no user or password in it")]
    HasUser,
    /// A query or fragment in it.
    #[error("must have no query and no fragment")]
    HasQueryOrFragment,
    /// The path ends with the API's version.
    #[error("must be given without /v1, which is added to it")]
    HasVersion,
    /// Plain http to elsewhere.
    #[error(
        "must be https: plain http would show every key on the way, and is only for this machine"
    )]
    PlainHttp,
    /// An address in a private network.
    #[error("is in a private network, which has to be allowed first")]
    PrivateAddress,
    /// A host that says something else than it means.
    #[error(
        "must have a plain host: a name without a dot at its end, or an address in its usual form"
    )]
    OddHost,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<ProviderUrl, InvalidProviderUrl> {
        ProviderUrl::parse(text, PrivateAddresses::Refused)
    }

    #[test]
    fn the_provider_and_this_machine_are_taken() {
        for (text, shown) in [
            ("https://api.anthropic.com", "https://api.anthropic.com"),
            ("https://api.anthropic.com/", "https://api.anthropic.com"),
            (
                "https://gw.example:8443/claude/",
                "https://gw.example:8443/claude",
            ),
            ("http://localhost:9000", "http://localhost:9000"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("http://[::1]:9000", "http://[::1]:9000"),
            ("https://127.0.0.1", "https://127.0.0.1"),
            ("https://8.8.8.8/x", "https://8.8.8.8/x"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn resources_stand_behind_the_path() {
        let url = parse("https://gw.example/claude/").unwrap();
        assert_eq!(
            url.resource("/v1/messages").as_str(),
            "https://gw.example/claude/v1/messages"
        );
        let url = parse("https://api.anthropic.com").unwrap();
        assert_eq!(
            url.resource("/v1/models").as_str(),
            "https://api.anthropic.com/v1/models"
        );
    }

    #[test]
    fn everything_that_could_send_a_key_astray_is_refused() {
        use InvalidProviderUrl::{
            HasQueryOrFragment, HasUser, HasVersion, NotAUrl, OddHost, PlainHttp, PrivateAddress,
        };
        for (text, fault) in [
            ("", NotAUrl),
            ("api.anthropic.com", NotAUrl),
            ("file:///etc/passwd", NotAUrl),
            ("ftp://api.anthropic.com", NotAUrl),
            ("https://", NotAUrl),
            ("https://api.anthropic.com\\@evil", NotAUrl),
            ("https://api.anthropic.com\n", NotAUrl),
            (" https://api.anthropic.com", NotAUrl),
            ("https://user:pass@h", HasUser),
            ("https://user@h", HasUser),
            ("https://h/#f", HasQueryOrFragment),
            ("https://h/?q=1", HasQueryOrFragment),
            ("https://api.anthropic.com/v1", HasVersion),
            ("https://api.anthropic.com/v1/", HasVersion),
            ("http://api.anthropic.com", PlainHttp),
            ("http://10.0.0.1", PlainHttp),
            ("http://localhost.evil.example", PlainHttp),
            ("https://10.0.0.1", PrivateAddress),
            ("https://192.168.1.1", PrivateAddress),
            ("https://169.254.169.254", PrivateAddress),
            ("https://100.64.0.1", PrivateAddress),
            ("https://0.0.0.0", PrivateAddress),
            ("https://[fd00::1]", PrivateAddress),
            ("https://[fe80::1]", PrivateAddress),
            ("https://[::]", PrivateAddress),
            ("https://[64:ff9b::7f00:1]", PrivateAddress),
            ("https://[2002:7f00:1::]", PrivateAddress),
            ("http://localhost.", OddHost),
            ("http://2130706433", OddHost),
            ("http://0x7f000001", OddHost),
            ("http://0x7f.1", OddHost),
            ("http://127.1", OddHost),
            ("http://0177.0.0.1", OddHost),
            ("http://127.0.0.1.", OddHost),
            ("http://127.0.0.1%2e", OddHost),
            ("http://[::ffff:7f00:1]", OddHost),
            ("http://[::127.0.0.1]", OddHost),
        ] {
            assert_eq!(parse(text).err(), Some(fault), "{text}");
        }
    }

    #[test]
    fn a_private_provider_can_be_allowed_but_never_without_encryption() {
        let parse = |text| ProviderUrl::parse(text, PrivateAddresses::Allowed);
        assert!(parse("https://10.0.0.1").is_ok());
        assert!(parse("https://[fd00::1]").is_ok());
        assert_eq!(parse("http://10.0.0.1"), Err(InvalidProviderUrl::PlainHttp));
        assert_eq!(
            parse("https://0x0a.0.0.1"),
            Err(InvalidProviderUrl::OddHost)
        );
    }

    proptest! {
        #[test]
        fn what_is_taken_leads_to_one_origin(text in "https?://\\PC{0,40}") {
            if let Ok(url) = parse(&text) {
                let resource = url.resource("/v1/messages");
                prop_assert_eq!(resource.origin(), Url::parse(&text).unwrap().origin());
                prop_assert!(resource.path().ends_with("/v1/messages"));
                let host = resource.host_str().unwrap();
                let here = host == "localhost" || host == "[::1]" || host.starts_with("127.");
                prop_assert!(url.is_https() || here);
            }
        }
    }
}
