//! What the server says of itself when it is up.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use crate::{settings::Settings, version};

/// Says where the server is, what it uses, and what to do next.
pub fn announce(settings: &Settings, address: SocketAddr, keyring_is_new: bool) {
    tracing::info!(
        %address,
        provider = %settings.provider.client.url,
        database = %settings.storage.database,
        version = version::TEXT,
        "listening"
    );
    let keyring = settings.storage.keyring.display();
    if keyring_is_new {
        tracing::warn!(
            "a new keyring was made: {keyring}. Back it up, apart from the database: without it no stored key can be read"
        );
    }
    // Without a standard output there is nobody to tell.
    let _ = io::stdout().write_all(text(settings, address, keyring_is_new).as_bytes());
    let _ = io::stdout().flush();
}

fn text(settings: &Settings, address: SocketAddr, keyring_is_new: bool) -> String {
    let here = format!("http://{}", reachable(address));
    let mut text = format!(
        "\nLatchkey {} listens on {here}\n  provider  {}\n  database  {}\n  keyring   {}\n",
        version::TEXT,
        settings.provider.client.url,
        settings.storage.database,
        settings.storage.keyring.display(),
    );
    if let Some(public) = &settings.listening.public_url {
        let _ = writeln!(text, "  public    {public}");
    }
    if keyring_is_new {
        text.push_str(
            "\nThe keyring is new. Back it up, apart from the database: without it no stored key can be read.\n",
        );
    }
    let _ = write!(
        text,
        "\nOpen {here}/ in a browser, or make an account (the first one is the operator's):\n\n  \
         curl -X POST {here}/api/auth/register -H 'Content-Type: application/json' \\\n    \
         -d '{{\"email\": \"you@example.org\", \"password\": \"a few unrelated words\", \"tokenDelivery\": \"body\"}}'\n\n"
    );
    text
}

/// The address as somebody on this machine reaches it.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
