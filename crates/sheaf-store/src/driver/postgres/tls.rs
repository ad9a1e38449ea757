//! TLS to the server: what `sslmode` and its companions in the address mean, as libpq has it.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres::config::{Host, SslMode, SslNegotiation};

use crate::error::{Result, StoreError};

/// The word for the authorities that the system trusts, in place of a file.
const OF_THE_SYSTEM: &str = "system";

/// What an address says about TLS, beside what the driver reads itself.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) sslmode: Option<String>,
    pub(super) sslrootcert: Option<String>,
    pub(super) sslcert: Option<String>,
    pub(super) sslkey: Option<String>,
}

/// How connections are made secret; files were read when the address was.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    pub(super) mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    fn parse(word: &str) -> Result<Self> {
        Ok(match word {
            "disable" => Self::Disable,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => {
                let words = "disable, prefer, require, verify-ca or verify-full";
                return Err(StoreError::Address(format!("sslmode=`{word}` is not known; write {words}")));
            }
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

impl Tls {
    /// Reads the files that are named, and tells the driver how to connect. Nothing for connections that are in the open.
    pub(super) fn of(asked: &Asked, config: &mut tokio_postgres::Config) -> Result<Option<Self>> {
        let system = asked.sslrootcert.as_deref() == Some(OF_THE_SYSTEM);
        let mode = match (&asked.sslmode, config.get_ssl_mode()) {
            (Some(word), _) => Mode::parse(word)?,
            (None, _) if system => Mode::VerifyFull,
            // What an address in words (`host=... sslmode=...`) says.
            (None, SslMode::Disable) => Mode::Disable,
            (None, SslMode::Require) => Mode::Require,
            (None, _) => Mode::Prefer,
        };
        if system && mode != Mode::VerifyFull && mode != Mode::Disable {
            let text = "sslrootcert=system is for sslmode=verify-full: anybody can have a certificate that the system trusts";
            return Err(StoreError::Address(text.to_owned()));
        }
        // A server does no TLS on its socket, whatever it is asked.
        let sockets = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        if mode == Mode::Disable || (sockets && !config.get_hosts().is_empty()) {
            config.ssl_mode(SslMode::Disable);
            return Ok(None);
        }
        config.ssl_mode(if mode == Mode::Prefer { SslMode::Prefer } else { SslMode::Require });
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = match asked.sslrootcert.as_deref() {
            Some(OF_THE_SYSTEM) => Some(roots_of_the_system()?),
            Some(file) => Some(roots_in(file)?),
            None if matches!(mode, Mode::VerifyCa | Mode::VerifyFull) => {
                let word = mode.word();
                return Err(StoreError::Address(format!(
                    "sslmode={word} needs sslrootcert=FILE, the certificates of the authorities that are trusted (PEM), or sslrootcert=system"
                )));
            }
            None => None,
        };
        let chain = roots.map(|roots| {
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()
        });
        let chain = chain.transpose().map_err(|error| wrong("sslrootcert", error))?;
        let trust = Arc::new(Trust { chain, name: mode == Mode::VerifyFull, provider: provider.clone() });
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("TLS", error))?
            .dangerous()
            .with_custom_certificate_verifier(trust);
        let mut tls = match (&asked.sslcert, &asked.sslkey) {
            (None, None) => builder.with_no_client_auth(),
            (Some(cert), Some(key)) => {
                let read = PrivateKeyDer::from_pem_file(key);
                let key_der = read.map_err(|error| unread("sslkey", key, "private key", error))?;
                let used = builder.with_client_auth_cert(certificates("sslcert", cert)?, key_der);
                used.map_err(|error| wrong(&format!("sslcert={cert} with sslkey={key}"), error))?
            }
            (Some(_), None) => return Err(wrong("sslcert", "its private key is missing; add sslkey=FILE")),
            (None, Some(_)) => return Err(wrong("sslkey", "its certificate is missing; add sslcert=FILE")),
        };
        if config.get_ssl_negotiation() == SslNegotiation::Direct {
            tls.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(Some(Self { config: tls, mode }))
    }

    /// Whether a connection that failed in this way is tried without TLS: `prefer` does so when TLS fails, and when the server
    /// takes nobody with it (28000: no line of pg_hba.conf).
    pub(super) fn is_dispensable(&self, error: &tokio_postgres::Error) -> bool {
        let refused = error.code().is_some_and(|code| code.code() == "28000");
        self.mode == Mode::Prefer && (is_of_handshake(error) || refused)
    }

    /// What went wrong with TLS, in words that say what to do; nothing for what is about something else.
    pub(super) fn told(&self, error: &tokio_postgres::Error) -> Option<String> {
        let cause = std::error::Error::source(error)?;
        let mode = self.mode.word();
        let Some(error) = cause.downcast_ref::<std::io::Error>().and_then(of_tls) else {
            let refused = is_of_handshake(error) && cause.to_string().contains("does not support TLS");
            return refused.then(|| format!("the server does not offer TLS, which sslmode={mode} asks for"));
        };
        let said = match error {
            // The signature does not fit when an authority there has the name of the one that signed.
            Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
                "its certificate is not signed by an authority in sslrootcert".to_owned()
            }
            Error::InvalidCertificate(CertificateError::NotValidForNameContext { expected, presented }) => {
                // `DnsName("db.internal")`.
                let hosts: Vec<_> =
                    presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name)).collect();
                let names = if hosts.is_empty() { "no host".to_owned() } else { hosts.join(", ") };
                format!(
                    "its certificate is for {names}, and not for `{}`; write the host as the certificate has it (sslmode={mode})",
                    expected.to_str()
                )
            }
            Error::InvalidCertificate(CertificateError::Other(other)) => match other.to_string().as_str() {
                "CaUsedAsEndEntity" => {
                    "its certificate is itself an authority (self-signed); make an authority, and a \
                     certificate of the server that it signed"
                        .to_owned()
                }
                "UnsupportedCertVersion" => {
                    "its certificate is of an old form (X.509 version 1); make one of version 3, \
                     with subjectAltName"
                        .to_owned()
                }
                what => format!("its certificate cannot be used: {what}"),
            },
            other => other.to_string(),
        };
        Some(format!("TLS with the server: {said}"))
    }
}

/// Whether an error came before there was a connection to say anything on.
fn is_of_handshake(error: &tokio_postgres::Error) -> bool {
    error.to_string().starts_with("error performing TLS handshake")
}

fn of_tls(error: &std::io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn wrong(what: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Address(format!("{what}: {why}"))
}

fn unread(name: &str, file: &str, what: &str, error: PemError) -> StoreError {
    match error {
        PemError::Io(error) => StoreError::Address(format!("{name}: cannot read `{file}`: {error}")),
        PemError::NoItemsFound => StoreError::Address(format!(
            "{name}: there is no {what} in `{file}`; it has to be in PEM, and not encrypted"
        )),
        error => StoreError::Address(format!("{name}: `{file}`: {error}")),
    }
}

fn certificates(name: &str, file: &str) -> Result<Vec<CertificateDer<'static>>> {
    let unread = |error| unread(name, file, "certificate", error);
    let read = CertificateDer::pem_file_iter(Path::new(file)).map_err(unread)?;
    let read = read.collect::<std::result::Result<Vec<_>, _>>().map_err(unread)?;
    if read.is_empty() { Err(unread(PemError::NoItemsFound)) } else { Ok(read) }
}

fn roots_in(file: &str) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("sslrootcert", file)? {
        roots.add(certificate).map_err(|error| wrong(&format!("sslrootcert=`{file}`"), error))?;
    }
    Ok(roots)
}

fn roots_of_the_system() -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    match (added, found.errors.first()) {
        (0, Some(error)) => Err(wrong("sslrootcert=system", error)),
        (0, None) => Err(wrong("sslrootcert=system", "the system trusts no authority; name a file")),
        _ => Ok(roots),
    }
}

/// Which servers are trusted.
#[derive(Debug)]
struct Trust {
    /// Signed by whom; none: whoever answers.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Whether the certificate has to name the host.
    name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        let looked = chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match looked {
            // The name is looked at last, when all else is right.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.name => Ok(ServerCertVerified::assertion()),
            looked => looked,
        }
    }

    // That the server has the key of its certificate is looked at also where nobody looks at the certificate: what a
    // password is bound to (SCRAM's channel binding) is the certificate.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
