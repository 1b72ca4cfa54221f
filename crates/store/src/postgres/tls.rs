//! TLS to the database: how far its server must prove who it is, and how we prove who we are.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::errors::OpenError;
use super::url::{Identity, Mode, Roots, Security};

/// Makes connections safe.
pub(super) type Tls = MakeRustlsConnect;

/// What makes connections as safe as is asked for. Reads the roots.
pub(super) fn connector(security: &Security) -> Result<Tls, OpenError> {
    let provider = Arc::new(ring::default_provider());
    let failed = |error: Error| OpenError::Tls { what: error.to_string() };
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let config = if security.mode == Mode::VerifyFull {
        builder.with_root_certificates(roots(&security.roots)?)
    } else {
        let chain = if security.mode == Mode::VerifyCa {
            let trusted = Arc::new(roots(&security.roots)?);
            let built = WebPkiServerVerifier::builder_with_provider(trusted, provider.clone());
            Some(built.build().map_err(|error| OpenError::Tls { what: error.to_string() })?)
        } else {
            None
        };
        let verifier = Arc::new(AnyName::new(chain, &provider));
        builder.dangerous().with_custom_certificate_verifier(verifier)
    };
    let config = match &security.identity {
        Some(own) if security.mode != Mode::Disable => {
            let (chain, key) = identity(own)?;
            config.with_client_auth_cert(chain, key).map_err(|error| {
                unusable("sslcert", &own.certificate, format!("{error} (is `sslkey` its key?)"))
            })?
        }
        _ => config.with_no_client_auth(),
    };
    Ok(MakeRustlsConnect::new(config))
}

/// A file that the URL names and that cannot be used.
fn unusable(name: &str, path: &Path, what: impl fmt::Display) -> OpenError {
    OpenError::Tls { what: format!("`{name}`, {}: {what}", path.display()) }
}

/// The certificates in a file: one at the least.
fn certificates(name: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, OpenError> {
    let found =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(found) if found.is_empty() => {
            Err(unusable(name, path, "it holds no certificate in PEM"))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(unusable(name, path, error)),
    }
}

/// Our certificate, with those that lead to whom the server trusts, and its key.
fn identity(
    own: &Identity,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), OpenError> {
    let chain = certificates("sslcert", &own.certificate)?;
    refuse_open_key(&own.key)?;
    let key = PrivateKeyDer::from_pem_file(&own.key).map_err(|error| match error {
        pem::Error::NoItemsFound => {
            unusable("sslkey", &own.key, "it holds no private key in PEM that is not encrypted")
        }
        error => unusable("sslkey", &own.key, error),
    })?;
    Ok((chain, key))
}

/// As libpq has it: nobody else may have the key, but that of root may be its group's to read.
#[cfg(unix)]
fn refuse_open_key(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).map_err(|error| unusable("sslkey", path, error))?;
    let others = if found.uid() == 0 { 0o037 } else { 0o077 };
    if !found.is_file() {
        return Err(unusable("sslkey", path, "it is not a file"));
    }
    if found.mode() & others != 0 {
        return Err(unusable("sslkey", path, "others may use it: chmod 600 it"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_key(_: &Path) -> Result<(), OpenError> {
    Ok(())
}

/// Who is trusted to sign.
fn roots(named: &Roots) -> Result<RootCertStore, OpenError> {
    let mut store = RootCertStore::empty();
    match named {
        Roots::File(path) => {
            for certificate in certificates("sslrootcert", path)? {
                let added = store.add(certificate);
                added.map_err(|error| unusable("sslrootcert", path, error))?;
            }
        }
        Roots::Unnamed | Roots::System => {
            let found = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(found.certs);
            if store.is_empty() {
                let what = "this machine trusts nobody (ca-certificates is not installed?); name a \
                            file with `sslrootcert`";
                return Err(OpenError::Tls { what: what.into() });
            }
        }
    }
    Ok(store)
}

/// Takes a server whatever its name: one whose certificate comes from somebody who is trusted, or
/// any. That it has the key of its certificate is always proven.
#[derive(Debug)]
struct AnyName {
    chain: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyName {
    fn new(chain: Option<Arc<WebPkiServerVerifier>>, provider: &CryptoProvider) -> Self {
        Self { chain, algorithms: provider.signature_verification_algorithms }
    }
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        // The name is looked at last.
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            said => said,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What to do about a connection that is not safe enough, as far as that is known.
pub(super) fn advice(error: &tokio_postgres::Error) -> Option<&'static str> {
    let cause = std::error::Error::source(error)?;
    let refused = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match refused.and_then(|inner| inner.downcast_ref::<Error>()) {
        // A signature is wrong, too, where two who sign have the same name.
        Some(Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        )) => Some(
            "its certificate comes from nobody who is trusted: name who signed it with \
             `sslrootcert=FILE` in the url",
        ),
        Some(Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Some("name it in the url as its certificate does, or ask for `sslmode=verify-ca`"),
        Some(Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => Some("renew the certificate of the database"),
        Some(_) => None,
        // The driver has no kind for it.
        None if cause.to_string() == "server does not support TLS" => {
            Some("turn `ssl` on in PostgreSQL, or leave `sslmode` out of the url")
        }
        None => None,
    }
}
