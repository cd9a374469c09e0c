//! TLS to PostgreSQL: rustls, every certificate verified.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

/// Why there can be no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of `sslrootcert` can't be read or holds no certificate.
    #[error("sslrootcert holds no certificate that can be read: {0}")]
    Certificates(String),
    /// rustls doesn't take the settings.
    #[error("TLS can't be set up: {0}")]
    Settings(#[from] rustls::Error),
}

/// The settings of all connections: the certificates of the file `trusted` are trusted, or else those of the system.
pub fn client_config(trusted: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?;
    let builder = match trusted {
        Some(file) => builder.with_root_certificates(certificates(file)?),
        None => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier::new(provider)?)),
    };
    Ok(builder.with_no_client_auth())
}

fn certificates(file: &Path) -> Result<RootCertStore, TlsError> {
    let unreadable = |cause: &dyn std::fmt::Display| TlsError::Certificates(cause.to_string());
    let mut roots = RootCertStore::empty();
    let found = CertificateDer::pem_file_iter(file).map_err(|error| unreadable(&error))?;
    for certificate in found {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        roots.add(certificate)?;
    }
    if roots.is_empty() {
        return Err(unreadable(&"it is empty"));
    }
    Ok(roots)
}
